"""The log of portal windows, read with whom they affected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.false_late import OutageKind

# An open window is counted as it stands, a closed one has its figures on it; those of a version that did not
# count have none. Counted are the dossiers of all units, whoever asks (migration 0022).
_ENTRIES: Final = """
SELECT w.id, w.kind, w.reasons, w.last_success_at, w.began_at, w.ended_at,
    extract(epoch FROM w.until - w.began_at)::float8 / 60 AS minutes,
    CASE WHEN w.ended_at IS NULL THEN dossiers_waiting(w.until)
        ELSE w.dossiers_waiting END AS dossiers_waiting,
    CASE WHEN w.ended_at IS NULL THEN dossiers_flagged(w.began_at, w.until)
        ELSE w.dossiers_flagged END AS dossiers_flagged,
    dossiers_excused(w.id) AS dossiers_excused
FROM (SELECT *, coalesce(ended_at, now()) AS until FROM portal_outages) AS w
"""

_PAGE: Final = text(f"""
{_ENTRIES}
WHERE w.id < coalesce(CAST(:before AS int), 2147483647)
    AND (CAST(:kind AS text) IS NULL OR w.kind = CAST(:kind AS text))
    AND w.until >= coalesce(CAST(:since AS timestamptz), '-infinity')
ORDER BY w.id DESC LIMIT :limit
""")

# Counts are of no interest beside one dossier, and cost a look at the queue while a window is open.
_TOUCHING: Final = text("""
SELECT id, kind, reasons, last_success_at, began_at, ended_at FROM portal_outages
WHERE began_at < :until AND coalesce(ended_at, 'infinity') > :since
ORDER BY began_at DESC, id DESC LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which the portal was unreachable or refused service; `reasons` are those of refusals."""

    id: int
    kind: OutageKind
    reasons: Sequence[str]
    last_success_at: datetime | None
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LoggedWindow(Window):
    """A window with its length and whom it affected; counts are `None` where they were not taken.

    - `dossiers_waiting` had something to send when it ended;
    - `dossiers_flagged` of them had ended in time and were flagged within it;
    - `dossiers_excused` became falsely late with it as the proven cause.
    """

    minutes: float
    dossiers_waiting: int | None
    dossiers_flagged: int | None
    dossiers_excused: int


class OutageLog:
    """Reads the log; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self, *, kind: OutageKind | None, since: datetime | None, before: int | None, limit: int
    ) -> list[LoggedWindow]:
        """Give up to `limit` windows older than number `before` that reach into `since`, the newest first."""
        rows = await self._session.execute(
            _PAGE, {"kind": kind and kind.value, "since": since, "before": before, "limit": limit}
        )
        return [LoggedWindow(**_values(row)) for row in rows]

    async def touching(self, since: datetime, until: datetime, *, limit: int) -> list[Window]:
        """Give the latest windows that overlap a span of time, oldest first."""
        rows = await self._session.execute(_TOUCHING, {"since": since, "until": until, "limit": limit})
        return [Window(**_values(row)) for row in reversed(rows.all())]


def _values(row: Row[Any]) -> dict[str, Any]:
    return {**row._mapping, "kind": OutageKind(row.kind)}  # noqa: SLF001 - the documented way to a row's names
