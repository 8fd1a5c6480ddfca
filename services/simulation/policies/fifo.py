"""A good generic job queue: unlimited tries with back-off, in the order of arrival."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from heapq import heappop, heappush

from services.core.domain.delivery import Operation, RetryPolicy
from services.core.domain.pace import CALLS, Leave
from services.simulation.row import Row


class ArrivalOrder:
    """First in, first out."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, int, Row]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Row) -> None:
        """Take in a row whose time has come."""
        heappush(self._rows, (row.due_since, row.case.number, row))

    def refresh(self, row: Row) -> None:
        """Who came first has not changed."""

    def wanted(self) -> AbstractSet[Operation]:
        """Name all: what a row wants next makes no difference."""
        return CALLS

    def take(self, size: int, now: float, leave: Leave) -> Sequence[Row]:  # noqa: ARG002 - see Order
        """Give the rows that have waited longest."""
        return [heappop(self._rows)[2] for _ in range(min(size, len(self._rows)))]


@dataclass(frozen=True, slots=True)
class FourthPower(RetryPolicy):
    """`attempt ** 4` seconds, give or take a tenth, as River and Sidekiq wait; for as long as it takes."""

    longest: float = 21_600.0

    def delay(self, attempt: int, jitter: float) -> timedelta:
        """Wait after failed attempt number `attempt` (from 1)."""
        return timedelta(seconds=min(self.longest, attempt**4) * (0.9 + 0.2 * jitter))

    def outage_delay(self, attempt: int, jitter: float) -> timedelta:
        """Wait as after any other failure: a job knows of nothing but itself."""
        return self.delay(attempt, jitter)
