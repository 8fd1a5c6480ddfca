"""One answer for all who ask at the same time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Shared(Generic[Value]):
    """Hands out the same value for `seconds`, and takes one at a time however many ask."""

    def __init__(self, take: Callable[[], Awaitable[Value]], *, seconds: float) -> None:
        self._take = take
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._taken: tuple[Value, float] | None = None

    async def get(self) -> Value:
        """Wait for the value under way, or take a new one if the last is too old."""
        async with self._lock:
            if self._taken is not None and time.monotonic() < self._taken[1]:
                return self._taken[0]
            value = await self._take()
            self._taken = (value, time.monotonic() + self._seconds)
            return value
