"""Our services as child processes: started, waited for, killed on purpose, stopped with us."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from services.embedded import child

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 27.0
_LAST_LINES: Final = 15


class ServiceFailed(Exception):
    """A service did not come up; the text says where to look."""


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A command of `lienthong`, its settings, and the address that answers once it works."""

    name: str
    command: tuple[str, ...]
    settings: Mapping[str, str]
    ready_url: str


class ServiceProcess:
    """One service. It ends when this process does, even by `kill -9`."""

    def __init__(self, spec: ServiceSpec, *, log: Path) -> None:
        self.spec = spec
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return at once. Call it from the main thread: the tie to us hangs on the thread."""
        own = [sys.executable, "-m", "services.cli.main", *self.spec.command]
        # The same small program that ties the embedded servers to our life.
        tied = [
            sys.executable,
            "-I",
            "-S",
            child.__file__,
            str(os.getpid()),
            str(int(signal.SIGTERM)),
            "",
            *own,
        ]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                tied,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.spec.settings},
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Wait for the ready address; raises `ServiceFailed` with the end of the log."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running:
                break
            try:
                if httpx.get(self.spec.ready_url, timeout=2, trust_env=False).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-_LAST_LINES:])
        raise ServiceFailed(
            f"{self.spec.name} không khởi động được; xem / did not come up; see {self.log}\n{tail}"
        )

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it as a power cut would, without a chance to tidy up."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Ask it to end; it has the time that it promises to need."""
        if self._process is None or not self.is_running:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def starting_alone() -> Iterator[None]:
    """Keep other stacks of this user waiting: between the choice of a port and its use it is nobody's."""
    with (Path(tempfile.gettempdir()) / f"lienthong-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def free_port(wanted: int) -> int:
    """Give the wanted port of the loopback address, or any free one if somebody else has it."""
    for candidate in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServiceFailed("không còn cổng trống / no free port on 127.0.0.1")
