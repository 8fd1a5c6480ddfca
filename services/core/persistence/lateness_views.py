"""Whose time runs out: how much work is left how long before the portal's flag, and who is falsely late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.false_late import UNSEEN_AT_MOST, FalseLateCause, cause_by_state
from services.core.persistence.measurements.statements import (
    IS_AT_RISK,
    IS_FALSELY_LATE,
    OUTAGE_TIMELINE,
    PORTAL_WAS_DOWN,
)

#: The list of states tells the planner that the partial index will do.
_TIME_LEFT: Final = text("""
SELECT width_bucket(extract(epoch FROM flagged_at - now())::float8, CAST(:edges AS float8[])) AS slot,
    ended_at IS NOT NULL AS ended, count(*) AS number
FROM deliveries WHERE state <> 'synced' AND state <> 'closed' AND flagged_at IS NOT NULL
GROUP BY 1, 2
""")

_LATE: Final = text(f"""
{OUTAGE_TIMELINE}, by_state AS (
    SELECT * FROM unnest(CAST(:states AS text[]), CAST(:park_causes AS text[]), CAST(:causes AS text[]))
        AS c (state, park_cause, cause)
), late AS (
    SELECT dossier_id, unit_id, flagged_at, ended_at, reported_at, state,
        CASE WHEN reported_at >= flagged_at THEN 'sent_after_due' WHEN {PORTAL_WAS_DOWN} THEN 'portal_down'
        ELSE (SELECT cause FROM by_state c
              WHERE c.state = v.state AND c.park_cause IS NOT DISTINCT FROM v.park_cause) END AS cause
    FROM deliveries v, timeline WHERE {IS_FALSELY_LATE}
        AND (CAST(:at AS timestamptz) IS NULL OR (flagged_at, dossier_id) < (:at, CAST(:after AS uuid)))
)
SELECT d.id, d.code, u.name AS unit_name, late.state, late.flagged_at, late.ended_at, late.reported_at,
    late.cause
FROM late JOIN dossiers d ON d.id = late.dossier_id JOIN units u ON u.id = late.unit_id
WHERE CAST(:cause AS text) IS NULL OR late.cause = CAST(:cause AS text)
ORDER BY late.flagged_at DESC, late.dossier_id DESC LIMIT :limit
""").bindparams(unseen=UNSEEN_AT_MOST)  # noqa: S608 - joins constants

_AT_RISK: Final = text(f"""
WITH risky AS (
    SELECT dossier_id, unit_id, state, flagged_at, ended_at, reported_at FROM deliveries WHERE {IS_AT_RISK}
        AND (CAST(:at AS timestamptz) IS NULL OR (flagged_at, dossier_id) > (:at, CAST(:after AS uuid)))
    ORDER BY flagged_at, dossier_id LIMIT :limit
)
SELECT d.id, d.code, u.name AS unit_name, r.state, r.flagged_at, r.ended_at, r.reported_at, NULL AS cause
FROM risky r JOIN dossiers d ON d.id = r.dossier_id JOIN units u ON u.id = r.unit_id
ORDER BY r.flagged_at, r.dossier_id
""")  # noqa: S608 - joins constants

#: What `cause_by_state` says, as a table for the database.
_BY_STATE: Final = [
    (state, cause, cause_by_state(state, cause)) for state in DeliveryState for cause in (None, *ParkCause)
]
_CAUSES: Final[Mapping[str, Sequence[str | None]]] = {
    "states": [state.value for state, _, _ in _BY_STATE],
    "park_causes": [park_cause and park_cause.value for _, park_cause, _ in _BY_STATE],
    "causes": [cause.value for _, _, cause in _BY_STATE],
}


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Dossiers with open work between two edges; `ended` ones are finished at the desk."""

    slot: int
    ended: bool
    number: int


@dataclass(frozen=True, slots=True)
class LateMark:
    """The place in a list after which it goes on."""

    flagged_at: datetime
    dossier_id: UUID


@dataclass(frozen=True, slots=True)
class LateDossier:
    """A dossier that ended on time and is, or soon will be, late on the portal; `cause` once it is."""

    mark: LateMark
    code: str
    unit_name: str
    state: DeliveryState
    ended_at: datetime
    reported_at: datetime | None
    cause: FalseLateCause | None


class LatenessViewRepository:
    """Reads open work only, over all units; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def time_left(self, edges_seconds: Sequence[float]) -> list[TimeLeft]:
        """Count open work by the time that is left; slot 0 is below the first edge, and so on."""
        rows = await self._session.execute(_TIME_LEFT, {"edges": list(edges_seconds)})
        return [TimeLeft(row.slot, row.ended, row.number) for row in rows]

    async def falsely_late(
        self, *, cause: FalseLateCause | None, after: LateMark | None, limit: int
    ) -> list[LateDossier]:
        """Give up to `limit` of those that are falsely late now, the latest flag first."""
        values = {**_place(after), **_CAUSES, "cause": cause and cause.value, "limit": limit}
        return [_dossier(row) for row in await self._session.execute(_LATE, values)]

    async def at_risk(self, *, after: LateMark | None, limit: int) -> list[LateDossier]:
        """Give up to `limit` of those that will be within a day, the earliest flag first."""
        rows = await self._session.execute(_AT_RISK, {**_place(after), "limit": limit})
        return [_dossier(row) for row in rows]


def _place(after: LateMark | None) -> dict[str, object]:
    return {"at": after and after.flagged_at, "after": after and after.dossier_id}


def _dossier(row: Any) -> LateDossier:
    return LateDossier(
        mark=LateMark(row.flagged_at, row.id),
        code=row.code,
        unit_name=row.unit_name,
        state=DeliveryState(row.state),
        ended_at=row.ended_at,
        reported_at=row.reported_at,
        cause=None if row.cause is None else FalseLateCause(row.cause),
    )
