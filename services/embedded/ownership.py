"""Who runs the servers of a folder: two locks that the kernel gives back, however their holders end.

`servers.lock` is inherited by the servers, so it is free only when the owner *and* every server process are
gone; no process id has to be believed. `owner.lock` is not inherited: if it is free while the other is
held, the owner has died and its servers are on their way out.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from services.embedded.folder import ServerFolder


@dataclass(frozen=True, slots=True)
class Ownership:
    servers_fd: int
    owner_fd: int

    def announce(self) -> None:
        """From here on others may trust the state file. Waits for their momentary looks at the lock only."""
        fcntl.flock(self.owner_fd, fcntl.LOCK_EX)

    def release(self) -> None:
        os.close(self.owner_fd)
        os.close(self.servers_fd)


def claim(folder: ServerFolder) -> Ownership | None:
    """Take the folder, not yet announced; `None` while an owner or a server of it is alive."""
    servers_fd = _open(folder.servers_lock)
    if not _try_lock(servers_fd, fcntl.LOCK_EX):
        os.close(servers_fd)
        return None
    return Ownership(servers_fd=servers_fd, owner_fd=_open(folder.owner_lock))


def has_owner(folder: ServerFolder) -> bool:
    """Whether an announced owner is alive."""
    fd = _open(folder.owner_lock)
    try:
        return not _try_lock(fd, fcntl.LOCK_SH)
    finally:
        os.close(fd)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try_lock(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
