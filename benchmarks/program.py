"""Programs under measurement, each a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from services.embedded import child

#: On a busy machine a start may take minutes, and that says nothing against the program.
SILENT_SECONDS: Final = 600.0
#: Whoever answers is up; a database that is busy with what was just loaded gives way within this.
UNREADY_SECONDS: Final = 60.0
#: Longer than a service itself waits for a connection and a statement.
_PROBE_SECONDS: Final = 15.0
_PAUSE_SECONDS: Final = 0.05
STOP_SECONDS: Final = 30.0
_LAST_LINES: Final = 15


class ProgramFailed(Exception):
    """A program ended or stayed silent; the text ends with the last lines of its log."""


class Program:
    """A running Python program of ours; it ends when this process does, even by `kill -9`."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.pid = process.pid
        self._process = process
        self._log = log

    def wait_until_ready(self, url: str) -> None:
        """Wait until the address answers with success, as long as the program lives.

        Raises `ProgramFailed` once it has ended, has said for a minute that it is not ready, or has said
        nothing for ten.
        """
        silent_until = time.monotonic() + SILENT_SECONDS
        unready_until: float | None = None
        # One client: to build one takes more processor time than the program has between two probes.
        with httpx.Client(timeout=_PROBE_SECONDS, trust_env=False) as http:
            while True:
                self.raise_if_ended()
                answer = _answer(http, url)
                if answer is not None and answer.is_success:
                    return
                now = time.monotonic()
                if answer is not None:
                    unready_until = unready_until or now + UNREADY_SECONDS
                if now > (unready_until or silent_until):
                    said = "nothing" if answer is None else f"{answer.status_code} {answer.text}"
                    raise ProgramFailed(f"{url} says {said}\n{self.last_lines()}")
                time.sleep(_PAUSE_SECONDS)

    def raise_if_ended(self) -> None:
        if self._process.poll() is not None:
            raise ProgramFailed(f"ended with status {self._process.returncode}\n{self.last_lines()}")

    def last_lines(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-_LAST_LINES:])

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def running(arguments: Sequence[str], *, settings: Mapping[str, str], log: Path) -> Iterator[Program]:
    """Run `python ARGUMENTS` for the length of the block, with `settings` added to the environment."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            tied_to_us(arguments),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings},
        )
    program = Program(process, log)
    try:
        yield program
    finally:
        program.stop()


def tied_to_us(arguments: Sequence[str]) -> list[str]:
    """Give the command line of `python ARGUMENTS` as a process that the kernel stops when we end."""
    launcher = [sys.executable, "-I", "-S", child.__file__, str(os.getpid()), str(int(signal.SIGTERM)), ""]
    return [*launcher, sys.executable, *arguments]


def _answer(http: httpx.Client, url: str) -> httpx.Response | None:
    try:
        return http.get(url)
    except httpx.TransportError:
        return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
