"""Ours: the order of the sync worker, by the function of the domain."""

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import inf
from typing import Final

from services.core.domain.delivery import DeliveryState, Operation, next_operation
from services.core.domain.order import Waiting, choose
from services.core.domain.pace import Leave
from services.simulation.row import Row

#: So many more than wanted are looked at, as the worker's claim does.
_WINDOW: Final = 3

#: What a row wants next, whether for the first time, and whether the dossier has ended.
_Kind = tuple[Operation, bool, bool]
_Entry = tuple[float, int, Row, Waiting[int]]


class FlagOrder:
    """Rows by flag, apart by what they want next; the domain chooses among those that come into question."""

    def __init__(self, chance: Callable[[], float], reach: Callable[[int], timedelta]) -> None:
        self._rows: dict[_Kind, list[_Entry]] = {
            (operation, fresh, ended): []
            # By the enumeration: a set's order, and with it who goes first, differs from process to process.
            for operation in Operation
            for fresh in (True, False)
            for ended in (True, False)
        }
        self._chance = chance
        self._reach = reach

    def __len__(self) -> int:
        return sum(map(len, self._rows.values()))

    def add(self, row: Row) -> None:
        """Take in a row whose time has come."""
        flag = inf if row.flagged_at is None else row.flagged_at.timestamp()
        waiting = Waiting(row.case.number, row.case.unit_id, row.flagged_at, averts=row.has_ended)
        insort(self._rows[_kind(row)], (flag, row.case.number, row, waiting))

    def refresh(self, row: Row) -> None:
        """Look again at a row whose dossier has moved on meanwhile."""
        for kind, rows in self._rows.items():
            flag = inf if row.flagged_at is None else row.flagged_at.timestamp()
            place = bisect_right(rows, (flag, row.case.number), key=lambda entry: entry[:2]) - 1
            if place >= 0 and rows[place][2] is row and kind != _kind(row):
                del rows[place]
                self.add(row)
                return

    def wanted(self) -> AbstractSet[Operation]:
        """Name the operations that rows wait for."""
        return {operation for (operation, _, _), rows in self._rows.items() if rows}

    def take(self, size: int, now: float, leave: Leave) -> Sequence[Row]:
        """Take what the domain chooses."""
        kinds = [
            rows
            for (operation, fresh, _), rows in self._rows.items()
            if rows and operation in leave.first and (fresh or leave.retries)
        ]
        if sum(map(len, kinds)) <= size:
            taken = [row for rows in kinds for _, _, row, _ in rows]
            for rows in kinds:
                rows.clear()
            return taken
        reach = self._reach(size)
        found = {
            entry[1]: (entry, rows)
            for rows in kinds
            for entry in _in_question(rows, size, now + reach.total_seconds())
        }
        chosen = choose(
            [entry[3] for entry, _ in found.values()],
            size=size,
            now=datetime.fromtimestamp(now, UTC),
            chance=self._chance(),
            reach=reach,
        )
        taken = []
        for one in chosen:
            entry, rows = found[one.key]
            del rows[bisect_right(rows, entry[:2], key=lambda other: other[:2]) - 1]
            taken.append(entry[2])
        return taken


def _kind(row: Row) -> _Kind:
    fresh = row.attempts == 0
    if row.state is DeliveryState.UNKNOWN:
        return Operation.LOOK_UP, fresh, row.has_ended
    operation = next_operation(row.cursor, row.target)
    assert operation is not None  # noqa: S101 - only open rows stand in line
    return operation, fresh, row.has_ended


def _in_question(rows: Sequence[_Entry], size: int, horizon: float) -> list[_Entry]:
    """Give the most urgent of those that can be saved, of the flagged, and of those that never will be."""
    first = bisect_right(rows, horizon, key=lambda entry: entry[0])
    return [*rows[: min(size, first)], *islice(rows, first, first + _WINDOW * size)]
