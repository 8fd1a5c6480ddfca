"""Embedded servers in another process, for tests that end that process in unfriendly ways.

Run as a module, this is the process: it starts the servers of a folder, prints their URLs and waits.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from services.embedded import start_servers
from services.embedded.folder import ServerFolder
from services.embedded.ownership import claim, has_owner

ROOT = Path(__file__).parents[2]


class OwnerProcess:
    """A process that owns the servers of `folder`; at the end of the block it and they are gone."""

    def __init__(
        self, folder: Path, *, interpreter: Sequence[str] = (sys.executable,), cwd: Path = ROOT
    ) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [*interpreter, "-m", __name__, str(folder)],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_until_ready(self) -> tuple[str, str]:
        """Give the URLs of PostgreSQL and Valkey."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the owner failed: {self._process.communicate()[1]}")
        database_url, redis_url = json.loads(line)
        return database_url, redis_url

    def server_pids(self) -> list[int]:
        pids: list[int] = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))["pids"]
        return pids

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def press_ctrl_c(self) -> None:
        """Do as a terminal does: signal the whole process group."""
        os.killpg(self._process.pid, signal.SIGINT)

    def wait(self) -> int:
        self._process.communicate(timeout=30)
        return self._process.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        wait_for_orphans(ServerFolder(self.folder))


def wait_for_orphans(folder: ServerFolder) -> None:
    """Wait for servers whose owner died, lest they write while their folder is being deleted."""
    deadline = time.monotonic() + 30
    while not has_owner(folder):
        ownership = claim(folder)
        if ownership:
            ownership.release()
            return
        assert time.monotonic() < deadline, f"servers still run in {folder.root}"
        time.sleep(0.01)


def main() -> None:
    with start_servers(Path(sys.argv[1])) as servers:
        sys.stdout.write(json.dumps([servers.database_url, servers.redis_url]) + "\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
