"""One snapshot for all who ask at the same time."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from services.core.persistence.measurements import Snapshot


class SharedSnapshot:
    """Hands out the same snapshot for `seconds`, and takes one at a time however many ask."""

    def __init__(self, take: Callable[[], Awaitable[Snapshot]], *, seconds: float) -> None:
        self._take = take
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._snapshot: Snapshot | None = None
        self._until = 0.0

    async def get(self) -> Snapshot:
        """Wait for the snapshot under way, or take one if the last is too old."""
        async with self._lock:
            if self._snapshot is None or time.monotonic() >= self._until:
                self._snapshot = await self._take()
                self._until = time.monotonic() + self._seconds
            return self._snapshot
