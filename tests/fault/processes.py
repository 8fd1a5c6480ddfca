"""Our services as processes that are cheap to start, so that they can be killed hundreds of times.

A fork server has imported all modules once; a start is a fork of it, with settings, log and fate of its own.
"""

import asyncio
import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final

import httpx

from services.mock_portal.settings import PortalSettings

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["services.api.main", "services.sync_worker.main", "services.mock_portal.main", __name__, "pytest"]
)
_PR_SET_PDEATHSIG: Final = 1
READY_SECONDS: Final = 30.0
CRASH_VARIABLE: Final = "LIENTHONG_CRASH_AT"


def serve_api() -> None:
    from services.api.main import run  # noqa: PLC0415 - the fork server has it, the tests need not

    run()


def serve_worker() -> None:
    from services.sync_worker.main import run  # noqa: PLC0415 - as above

    run()


def serve_portal(port: int, settings: PortalSettings) -> None:
    from services.mock_portal.main import run  # noqa: PLC0415 - as above

    run(port=port, settings=settings)


class Service:
    """One service of the system under test."""

    def __init__(
        self,
        name: str,
        target: Callable[..., None],
        *arguments: Any,
        settings: Mapping[str, str],
        log: Path,
        ready_url: str,
    ) -> None:
        self.name = name
        self.log = log
        self.ready_url = ready_url
        self._target = target
        self._arguments = arguments
        self._settings = dict(settings)
        self._process: ForkServerProcess | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        assert self._process.pid is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.exitcode is None

    def start(self, *, crash_at: str | None = None) -> None:
        """Start, and return at once; `crash_at` orders a crash point."""
        settings = self._settings | ({CRASH_VARIABLE: crash_at} if crash_at else {})
        self._process = _FORKS.Process(
            target=_become, args=(self._target, self._arguments, settings, str(self.log)), daemon=True
        )
        self._process.start()

    async def until_ready(self) -> float:
        """Wait until it answers; give the seconds that took."""
        started = time.monotonic()
        async with httpx.AsyncClient(timeout=2, trust_env=False) as http:
            while time.monotonic() < started + READY_SECONDS:
                assert self.is_running, self.tail()
                try:
                    if (await http.get(self.ready_url)).is_success:
                        return time.monotonic() - started
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.02)
        raise AssertionError(f"{self.name} is not ready after {READY_SECONDS} s\n{self.tail()}")

    async def ended(self, *, within: float) -> int | None:
        """Wait for the end of the process; give its exit code, or `None` if it still runs then."""
        deadline = time.monotonic() + within
        while self.is_running and time.monotonic() < deadline:  # noqa: ASYNC110 - another process's end
            await asyncio.sleep(0.01)
        return self._process.exitcode if self._process is not None else None

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def _become(
    target: Callable[..., None], arguments: tuple[Any, ...], settings: dict[str, str], log: str
) -> None:
    # The fork server ends with the tests, also by kill -9; so must what it has forked.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    os.environ.update(settings)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(descriptor, stream.fileno())
    target(*arguments)
