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

READY_SECONDS: Final = 30.0
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
        """Wait until the address answers with success."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.raise_if_ended()
            try:
                if httpx.get(url, timeout=2, trust_env=False).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise ProgramFailed(f"{url} does not answer\n{self.last_lines()}")

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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
