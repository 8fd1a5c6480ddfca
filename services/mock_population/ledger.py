"""Every call that reached the database, in order: who asked what about whom, and what came of it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.mock_population.question import Question

TOKEN: Final = "token"  # noqa: S105 - the name of an operation
UNKNOWN_OPERATION: Final = "unknown"


class Outcome(StrEnum):
    FOUND = "found"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    NOT_PROCESSED = "not_processed"
    """A fault came before the database looked at the call."""
    GRANTED = "granted"
    """A token was given out."""


@dataclass(slots=True)
class Call:
    """One call; `arrived_at` is by the database's clock, `fault` is the shape that struck it."""

    number: int
    arrived_at: datetime
    way: str
    operation: str
    question: Question | None = None
    outcome: Outcome = Outcome.NOT_PROCESSED
    fault: str | None = None
    message: str = ""

    @property
    def result(self) -> str:
        """What the summary counts it as."""
        if self.outcome is Outcome.NOT_PROCESSED and self.fault is not None:
            return self.fault
        return self.outcome.value


class Ledger:
    """Grows with the traffic until it is cleared."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._counts: dict[str, Counter[str]] = {}
        self._struck: Counter[str] = Counter()
        self._request_ids: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self._stopped = False

    def __len__(self) -> int:
        return len(self._calls)

    def open_call(self, way: str, operation: str, *, arrived_at: datetime) -> Call:
        """Begin a call; it counts once it is closed."""
        call = Call(len(self._calls) + 1, arrived_at, way, operation)
        self._calls.append(call)
        return call

    def knows_request(self, request_id: str) -> bool:
        return request_id in self._request_ids

    def close_call(self, call: Call) -> None:
        self._counts.setdefault(call.operation, Counter())[call.result] += 1
        if call.question is not None and call.outcome is not Outcome.NOT_PROCESSED:
            self._request_ids[call.question.request_id] += 1
        if call.fault is not None:
            self._struck[call.fault] += 1
        self._wake()

    @property
    def questions(self) -> int:
        """How many calls could be read and were not struck before that."""
        return self._request_ids.total()

    @property
    def repeated_request_ids(self) -> int:
        return sum(count - 1 for count in self._request_ids.values())

    def page(self, offset: int, limit: int) -> Sequence[Call]:
        return self._calls[offset : offset + limit]

    def call_counts(self) -> dict[str, dict[str, int]]:
        """Count calls by operation and result."""
        return {operation: dict(counts) for operation, counts in sorted(self._counts.items())}

    def struck_counts(self) -> dict[str, int]:
        """Count calls hit by a fault, by its shape, whether they were processed or not."""
        return dict(sorted(self._struck.items()))

    async def wait_until(self, reached: Callable[[], bool], *, timeout_seconds: float) -> bool:
        """Wait for calls until the condition holds; false when the time is up or the server stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                while not reached() and not self._stopped:
                    await self._changed.wait()
        return reached()

    def stop_waits(self) -> None:
        self._stopped = True
        self._wake()

    def clear(self) -> None:
        self._calls.clear()
        self._counts.clear()
        self._struck.clear()
        self._request_ids.clear()
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
