import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from services.embedded import child
from services.embedded.errors import IdentityRefused, ServerFailed

# Long enough for PostgreSQL to replay a gigabyte of log after a crash on a slow disk.
START_SECONDS = 120.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.01


class Server(Protocol):
    """A program that serves on one port of the loopback address until it is told to stop."""

    @property
    def name(self) -> str: ...

    @property
    def log(self) -> Path: ...

    @property
    def owned_folder(self) -> Path | None:
        """The folder it must own, if it is particular about its user."""

    @property
    def stop_signals(self) -> tuple[signal.Signals, ...]:
        """From the gentlest, which loses nothing, to the last resort."""

    def command(self, port: int) -> list[str]: ...

    def is_ready(self, *, pid: int, port: int) -> bool: ...


class Nursery:
    """Starts child processes that end when we do, even by `kill -9`.

    All are forked by one thread that lives as long as they may, because the kernel sends the death signal
    when the forking *thread* ends, and a caller's thread may be a short one (`asyncio.to_thread`).
    """

    def __init__(self, folder: Path, *, lock_fd: int) -> None:
        self._folder = folder
        self._lock_fd = lock_fd
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedded-servers")

    def start(
        self,
        command: Sequence[str],
        *,
        log: Path,
        death_signal: signal.Signals,
        owned_folder: Path | None = None,
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """Run `command`, its output replacing `log`; the former log stays beside it under `.1`."""
        if log.exists():
            log.replace(log.with_name(f"{log.name}.1"))
        return self._thread.submit(
            self._spawn, command, log=log, death_signal=death_signal, owned_folder=owned_folder, stdin=stdin
        ).result()

    def close(self) -> None:
        """End the thread; the kernel tells children that still run to stop."""
        self._thread.shutdown()

    def _spawn(
        self,
        command: Sequence[str],
        *,
        log: Path,
        death_signal: signal.Signals,
        owned_folder: Path | None,
        stdin: int,
    ) -> subprocess.Popen[bytes]:
        launcher = [sys.executable, "-I", "-S", child.__file__]
        conditions = [str(os.getpid()), str(int(death_signal)), str(owned_folder or "")]
        with log.open("wb") as output:
            return subprocess.Popen(
                [*launcher, *conditions, *command],
                stdin=stdin,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                env=server_environment(),
                pass_fds=(self._lock_fd,),
                # Ctrl-C goes to a terminal's whole process group; the servers have to outlast their users.
                start_new_session=True,
            )


class ServerProcess:
    """One started server."""

    def __init__(self, server: Server, process: subprocess.Popen[bytes], port: int) -> None:
        self._server = server
        self._process = process
        self.port = port

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def raise_if_ended(self) -> None:
        """Raise `ServerFailed` or `IdentityRefused`, with the end of the log, if the server is gone."""
        status = self._process.poll()
        if status == child.EXIT_REFUSED:
            raise IdentityRefused(self._server.log)
        if status is not None:
            raise ServerFailed(self._server.name, self._server.log)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._server.is_ready(pid=self.pid, port=self.port):
            self.raise_if_ended()
            if time.monotonic() > deadline:
                raise ServerFailed(self._server.name, self._server.log)
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Ask ever less gently until the process is gone."""
        for request in self._server.stop_signals:
            self._process.send_signal(request)
            try:
                self._process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            return
        self._process.wait()


def server_environment() -> dict[str, str]:
    """Give them ours, less what would redirect PostgreSQL's programs, with locale and zone fixed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
