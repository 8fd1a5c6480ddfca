"""The rows that wait to be sent, and the moment at which the next of them may."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from heapq import heappop, heappush
from typing import Protocol

from services.core.domain.delivery import DeliveryState, Operation
from services.core.domain.pace import Leave
from services.simulation.row import Row


class Order(Protocol):
    """Rows whose time has come; which of them go first is what policies differ in."""

    def __len__(self) -> int: ...

    def add(self, row: Row) -> None:
        """Take in a row whose time has come."""

    def refresh(self, row: Row) -> None:
        """Look again at a row whose dossier has moved on, if it is here."""

    def wanted(self) -> AbstractSet[Operation]:
        """Name the operations that rows wait for."""

    def take(self, size: int, now: float, leave: Leave) -> Sequence[Row]:
        """Give up to `size` rows that the leave is for, and forget them."""


class Line:
    """Open rows that nobody has in hand: some may be sent now, the others wait for their time."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._sleepers: list[tuple[float, int, Row]] = []

    def add(self, row: Row, now: float) -> None:
        """Take in a row that is due or unknown."""
        if row.next_attempt_at <= now:
            self._order.add(row)
        else:
            heappush(self._sleepers, (row.next_attempt_at, row.case.number, row))

    def refresh(self, row: Row) -> None:
        """Look again at a row whose dossier has moved on."""
        self._order.refresh(row)

    def wanted(self) -> AbstractSet[Operation]:
        """Name the operations that rows wait for."""
        return self._order.wanted()

    def claim(self, size: int, now: float, leave: Leave) -> Sequence[Row]:
        """Lease up to `size` rows whose time has come."""
        rows = self._order.take(size, now, leave)
        for row in rows:
            row.attempts += 1
        return rows

    def is_ready(self, now: float) -> bool:
        """Tell whether anything may be sent now."""
        while self._sleepers and self._sleepers[0][0] <= now:
            self._order.add(heappop(self._sleepers)[2])
        return len(self._order) > 0

    def next_ready(self) -> float | None:
        """Give the moment at which the next sleeping row may be sent."""
        return self._sleepers[0][0] if self._sleepers else None


def wants_line(row: Row) -> bool:
    """Tell whether a row belongs in the line."""
    return row.state in (DeliveryState.DUE, DeliveryState.UNKNOWN)
