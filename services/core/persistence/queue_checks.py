"""Rows of the queue that can never move on by themselves, or that do not say what there is to deliver.

None should exist: each stands for a bug, a clock that jumped, or a hand in the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.filing import Origin
from services.core.persistence.delivery_marks import MARKED

_MEND_LEASES: Final = text("""
UPDATE deliveries SET state = 'unknown', next_attempt_at = now(), lease_until = NULL, lease_owner = NULL,
    last_cause = 'lease without an end'
WHERE state = 'leased' AND (lease_until IS NULL OR lease_until > now() + :far)
""")

_MEND_WAITS: Final = text("""
UPDATE deliveries SET next_attempt_at = now()
WHERE state IN ('due', 'unknown') AND next_attempt_at > now() + :far
""")

_COUNT_STARVING: Final = text("""
SELECT count(*) FROM deliveries, (SELECT CAST(:patience AS interval) AS patience) p
WHERE state = 'due' AND next_attempt_at < now() - patience
    AND coalesce(last_attempt_at < now() - patience, true)
    AND EXISTS (SELECT FROM portal_operations WHERE last_success_at > now() - patience / 4)
""")

# The database makes ids that grow with time, so the newest are at the end of the primary key.
_SLICE: Final = text("""
WITH slice AS (
    SELECT id, version, last_seq FROM dossiers
    WHERE id > coalesce(CAST(:after AS uuid), '00000000-0000-0000-0000-000000000000') ORDER BY id LIMIT :size
), newest AS (
    SELECT id, version, last_seq FROM dossiers WHERE id > (SELECT uuidv7(- CAST(:newest AS interval)))
)
SELECT (SELECT id FROM slice ORDER BY id OFFSET :size - 1) AS last, (
    SELECT coalesce(array_agg(d.id), '{}') FROM (TABLE slice UNION TABLE newest) d
    LEFT JOIN deliveries v ON v.dossier_id = d.id
    WHERE v.dossier_id IS NULL OR (v.target_version, v.target_seq) <> (d.version, d.last_seq)
) AS faulty
""")

_LOCK: Final = text("""
SELECT d.id, d.origin, d.due_at, d.version, d.last_seq, v.dossier_id IS NULL AS missing,
    EXISTS (SELECT FROM delivery_attempts a WHERE a.dossier_id = d.id) AS attempted
FROM dossiers d LEFT JOIN deliveries v ON v.dossier_id = d.id
WHERE d.id = ANY(CAST(:ids AS uuid[]))
    AND (v.dossier_id IS NULL OR (v.target_version, v.target_seq) <> (d.version, d.last_seq))
ORDER BY d.id FOR NO KEY UPDATE OF d
""")

_REMARK: Final = text(f"""
WITH changed AS (SELECT id, version, last_seq FROM dossiers WHERE id = :dossier_id) {MARKED}
""")  # noqa: S608 - joins constants

# A row that is gone says nothing of what was sent. Where there were calls the portal is asked first, and the
# body counts as sent, so that a portal that shows no history gets no entry twice.
_INSERT: Final = text("""
INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, acked_version,
    flagged_at, desk_flagged_at, ended_at, ended_seq, reported_at, last_cause)
SELECT id, unit_id, CASE WHEN :attempted THEN 'unknown' ELSE 'due' END, version, last_seq, origin = 'portal',
    CASE WHEN :attempted THEN greatest(1, version - 1) ELSE 0 END, CAST(:flagged_at AS timestamptz),
    CAST(:desk_flagged_at AS timestamptz), CAST(:desk_ended_at AS timestamptz), CAST(:ended_seq AS int),
    CASE WHEN CAST(:ended_seq AS int) IS NOT NULL THEN now() END, 'delivery row was missing'
FROM dossiers WHERE id = :dossier_id
ON CONFLICT (dossier_id) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Slice:
    """Some dossiers in order of their ids; `last` is where the next slice begins, `None` at the end."""

    last: UUID | None
    faulty: list[UUID]


@dataclass(frozen=True, slots=True)
class FaultyDossier:
    """A dossier whose delivery row is missing or behind; `attempted` if there were calls about it."""

    id: UUID
    origin: Origin
    due_at: datetime | None
    missing: bool
    attempted: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """What a delivery row says of the desk's history, see `delivery_marks`."""

    flagged_at: datetime | None
    desk_flagged_at: datetime | None
    desk_ended_at: datetime | None
    ended_seq: int | None


class QueueCheckRepository:
    """Finds and mends; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def mend_leases(self, *, far: timedelta) -> int:
        """Turn leases that no sweep would ever end into *unknown*."""
        return await self._changed(_MEND_LEASES, far=far)

    async def mend_waits(self, *, far: timedelta) -> int:
        """Make rows due now that wait for a moment that no rule would have set."""
        return await self._changed(_MEND_WAITS, far=far)

    async def count_starving(self, *, patience: timedelta) -> int:
        """Count rows that were due all that time and never taken while the portal took others."""
        found: int | None = await self._session.scalar(_COUNT_STARVING, {"patience": patience})
        return found or 0

    async def look_through(self, *, after: UUID | None, size: int, newest: timedelta) -> Slice:
        """Check the next dossiers after an id, and those of the last minutes."""
        parameters = {"after": after, "size": size, "newest": newest}
        row = (await self._session.execute(_SLICE, parameters)).one()
        return Slice(row.last, list(row.faulty))

    async def lock_faulty(self, ids: Sequence[UUID]) -> list[FaultyDossier]:
        """Lock dossiers against the desk; those that are in order by now are left out."""
        rows = await self._session.execute(_LOCK, {"ids": list(ids)})
        return [
            FaultyDossier(row.id, Origin(row.origin), row.due_at, row.missing, row.attempted) for row in rows
        ]

    async def remark(self, dossier_id: UUID, marks: Marks) -> None:
        """Bring a delivery row up to its dossier, as a change by the desk would have."""
        await self._session.execute(_REMARK, {"dossier_id": dossier_id, **_columns(marks)})

    async def insert(self, dossier: FaultyDossier, marks: Marks) -> None:
        """Give a dossier the delivery row that it lacks."""
        await self._session.execute(
            _INSERT, {"dossier_id": dossier.id, "attempted": dossier.attempted, **_columns(marks)}
        )

    async def _changed(self, statement: Any, **parameters: timedelta) -> int:
        result = await self._session.execute(statement, parameters)
        return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _columns(marks: Marks) -> dict[str, Any]:
    return {name: getattr(marks, name) for name in Marks.__slots__}
