"""Waiting for something to arrive, so that no test needs a sleep."""

import asyncio
from collections.abc import Callable


class Changes:
    """Rung after every change of what the portal holds."""

    def __init__(self) -> None:
        self._changed: asyncio.Event | None = None
        self._stopped = False
        self.waits = 0
        """How many callers of `wait_until` wait at this moment."""

    async def wait_until(self, reached: Callable[[], bool], *, timeout_seconds: float) -> bool:
        """Wait for `reached`, asked again after every change; false when the time is up first."""
        self.waits += 1
        try:
            async with asyncio.timeout(timeout_seconds):
                while not reached():
                    if self._stopped:
                        return False
                    self._changed = self._changed or asyncio.Event()
                    await self._changed.wait()
        except TimeoutError:
            return False
        finally:
            self.waits -= 1
        return True

    def announce(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None

    def stop(self) -> None:
        """Let everybody who waits go at once, for the shutdown."""
        self._stopped = True
        self.announce()
