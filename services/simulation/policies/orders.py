"""Who goes first."""

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import inf

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

    def take(self, size: int, now: float) -> Sequence[Row]:  # noqa: ARG002 - others look at the clock
        """Give the rows that have waited longest."""
        return [heappop(self._rows)[2] for _ in range(min(size, len(self._rows)))]


class FlagOrder:
    """Rows sorted by flag; who goes is decided by the domain among those that come into question."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._rows: list[tuple[float, int, Row]] = []
        self._chance = chance

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Row) -> None:
        """Take in a row whose time has come."""
        flag = inf if row.flagged_at is None else row.flagged_at.timestamp()
        insort(self._rows, (flag, row.case.number, row))

    def take(self, size: int, now: float) -> Sequence[Row]:
        """Give a share of those already flagged, then the earliest flags to come, then the rest."""
        if len(self._rows) <= size:
            rows, self._rows = self._rows, []
            return [row for _, _, row in rows]
        first = bisect_right(self._rows, now, key=lambda entry: entry[0])
        share = min(first, int(size * 0.2 + self._chance()))
        savable = min(size - share, len(self._rows) - first)
        share = size - savable
        chosen = self._rows[:share] + self._rows[first : first + savable]
        self._rows = self._rows[share:first] + self._rows[first + savable :]
        return [row for _, _, row in chosen]


class KnowingOrder:
    """Of endings, the earliest flag that can still be met; then what will end soonest; the late ones last."""

    def __init__(self, seconds_needed: Callable[[float], float]) -> None:
        self._endings: list[tuple[float, int, Row]] = []
        self._others: list[tuple[float, int, Row]] = []
        self._late: list[tuple[float, int, Row]] = []
        self._seconds_needed = seconds_needed

    def __len__(self) -> int:
        return len(self._endings) + len(self._others) + len(self._late)

    def add(self, row: Row) -> None:
        """Take in a row whose time has come."""
        finished_at = row.case.finished_at
        if row.flagged_at is None or finished_at is None:
            heappush(self._late, (row.due_since, row.case.number, row))
        elif row.case.ending_seq is not None and row.reported >= row.case.ending_seq:
            heappush(self._endings, (row.flagged_at.timestamp(), row.case.number, row))
        elif finished_at >= row.flagged_at.timestamp():
            heappush(self._late, (row.due_since, row.case.number, row))
        else:
            heappush(self._others, (finished_at, row.case.number, row))

    def take(self, size: int, now: float) -> Sequence[Row]:
        """Give what gains most."""
        soonest = now + self._seconds_needed(now)
        self._sort_out(now, soonest)
        chosen: list[Row] = []
        for rows in (self._endings, self._others, self._late):
            while rows and len(chosen) < size:
                chosen.append(heappop(rows)[2])
        return chosen

    def _sort_out(self, now: float, soonest: float) -> None:
        """Move rows that have ended meanwhile, and those that cannot be met any more."""
        while self._others and self._others[0][0] <= now:
            row = heappop(self._others)[2]
            if row.flagged_at is not None:
                heappush(self._endings, (row.flagged_at.timestamp(), row.case.number, row))
        while self._endings and self._endings[0][0] <= soonest:
            row = heappop(self._endings)[2]
            heappush(self._late, (row.due_since, row.case.number, row))
