"""Who knows the forecast, every finish to come, and what became of every call: the best anyone could do.

Of the endings that can still be saved the earliest flag goes first, which for work of one size saves as many
as any plan (Glover's matching in convex bipartite graphs). Time that is left goes into what will end next, so
that its ending needs one call instead of two. Nothing is sent that cannot arrive.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from heapq import heappop, heappush
from typing import Final

from services.core.domain.delivery import Operation, next_operation
from services.core.domain.pace import CALLS, UNLIMITED, Leave
from services.simulation.pacing import Heard, NextFlag
from services.simulation.portal import Portal
from services.simulation.row import Row
from services.simulation.weather import Forecast

#: While the portal is too slow for a single dossier.
_LOOK_AGAIN_SECONDS: Final = 5.0
#: Between a body and its entries.
_MARGIN_SECONDS: Final = 1.0
#: For the last moments before a fault: entries of dossiers whose body is on the portal.
_ONE_CALL: Final = Leave(first=frozenset({Operation.PROGRESS}))

_Entry = tuple[float, int, Row]
_Heap = list[_Entry]


class KnowingOrder:
    """Of endings, the earliest flag that can still be met; then what will end soonest; the late ones last."""

    def __init__(self, portal: Portal) -> None:
        self._endings: _Heap = []
        self._others: _Heap = []
        self._late: _Heap = []
        self._portal = portal

    def __len__(self) -> int:
        return len(self._endings) + len(self._others) + len(self._late)

    def add(self, row: Row) -> None:
        """Take in a row whose time has come."""
        case, finished_at = row.case, row.case.finished_at
        if row.flagged_at is None or finished_at is None or finished_at >= row.flagged_at.timestamp():
            heappush(self._late, (row.due_since, case.number, row))
        elif case.ending_seq is not None and row.reported >= case.ending_seq:
            heappush(self._endings, (row.flagged_at.timestamp(), case.number, row))
        else:
            heappush(self._others, (finished_at, case.number, row))

    def refresh(self, row: Row) -> None:
        """Nothing is news."""

    def wanted(self) -> AbstractSet[Operation]:
        """Name all: what a row wants next makes no difference."""
        return CALLS

    def take(self, size: int, now: float, leave: Leave) -> Sequence[Row]:
        """Give what gains most."""
        self._sort_out(now)
        chosen: list[Row] = []
        passed: list[tuple[_Heap, _Entry]] = []
        for rows in (self._endings, self._others, self._late):
            while rows and len(chosen) < size:
                entry = heappop(rows)
                if next_operation(entry[2].cursor, entry[2].target) in leave.first:
                    chosen.append(entry[2])
                else:
                    passed.append((rows, entry))
        for rows, entry in passed:
            heappush(rows, entry)
        return chosen

    def _sort_out(self, now: float) -> None:
        """Move what has ended meanwhile, and what cannot be saved any more."""
        while self._others and self._others[0][0] <= now:
            row = heappop(self._others)[2]
            if row.flagged_at is not None:
                heappush(self._endings, (row.flagged_at.timestamp(), row.case.number, row))
        while self._endings and self._endings[0][0] <= now + self._seconds(self._endings[0][2], now):
            row = heappop(self._endings)[2]
            heappush(self._late, (row.due_since, row.case.number, row))

    def _seconds(self, row: Row, now: float) -> float:
        calls = 1 if row.cursor.on_portal else 2
        return calls * (self._portal.busy_for(now) + self._portal.seconds_for(1))


class KnowingPacing:
    """Gives leave for what will get through before the next fault: body and entries, or entries alone."""

    def __init__(self, forecast: Forecast, portal: Portal, *, size: int, patience: float) -> None:
        self._forecast = forecast
        self._portal = portal
        self._size = size
        self._patience = patience

    def leave(self, now: float, wanted: AbstractSet[Operation]) -> Leave | float | None:  # noqa: ARG002 - see Pacing
        """Wait for a good time that is long enough for a call."""
        if (wait := self._forecast.up_from(now, self._needed(1, now, calls=1)) - now) > 0:
            return wait
        if self._fits(1, now, calls=2):
            return UNLIMITED
        return _ONE_CALL if self._fits(1, now, calls=1) else _LOOK_AGAIN_SECONDS

    def claim_size(self, leave: Leave, now: float) -> int:
        """Give the largest call that gets through."""
        size, calls = self._size, 1 if leave is _ONE_CALL else 2
        while size > 1 and not self._fits(size, now, calls=calls):
            size //= 2
        return size

    def begin(self, leave: Leave) -> None:
        """Count nothing."""

    def note(self, operation: Operation, heard: Heard, *, dossiers: int, retry: bool, leave: Leave) -> None:
        """Nothing is news."""

    def end(self, leave: Leave, now: float, next_flag: NextFlag) -> None:
        """Count nothing."""

    def _fits(self, dossiers: int, now: float, *, calls: int) -> bool:
        """Say whether a call of this size is answered before a fault, and before the caller gives up."""
        answered_in = self._portal.busy_for(now) + self._portal.seconds_for(dossiers)
        needed = self._needed(dossiers, now, calls=calls)
        return answered_in <= self._patience and self._forecast.up_from(now, needed) <= now

    def _needed(self, dossiers: int, now: float, *, calls: int) -> float:
        """Give the seconds in which so many calls are done, each behind what the portal has in hand."""
        seconds = self._portal.busy_for(now) + self._portal.seconds_for(dossiers)
        return calls * seconds + (_MARGIN_SECONDS if calls > 1 else 0.0)
