"""What a call could still avert."""

from datetime import datetime
from heapq import heappop, heappush

from services.simulation.row import Row


class Stakes:
    """Dossiers that have ended in time and are not on the portal, by the moment at which it turns late."""

    def __init__(self) -> None:
        self._flags: list[tuple[datetime, int, Row]] = []

    def add(self, row: Row) -> None:
        """Take in a row of which something was reported."""
        if row.has_ended and row.flagged_at is not None:
            heappush(self._flags, (row.flagged_at, row.case.number, row))

    def earliest(self, after: datetime) -> datetime | None:
        """Give the earliest flag; those before `after` are given up, so it never lies before the last one."""
        while self._flags:
            flag, _, row = self._flags[0]
            if flag > after and row.is_open and row.flagged_at == flag:
                return flag
            heappop(self._flags)
        return None
