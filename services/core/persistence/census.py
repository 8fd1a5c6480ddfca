"""Counts over whole tables: for the demo, for tests and for audits, never for a scrape."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_CENSUS: Final = text("""
SELECT
    (SELECT count(*) FROM dossiers) AS dossiers,
    (SELECT count(*) FROM progress_entries) AS progress_entries,
    (SELECT count(*) FROM deliveries WHERE state = 'synced') AS synced,
    (SELECT count(*) FROM deliveries WHERE state = 'parked') AS parked,
    (SELECT count(*) FROM deliveries WHERE desk_flagged_at <= now()) AS late_at_desk,
    (SELECT count(*) FROM deliveries
     WHERE false_late_cause IS NOT NULL OR (
        accepted_at IS NULL AND flagged_at <= now() AND ended_at IS NOT NULL
        AND coalesce(desk_flagged_at > now(), true))) AS false_late,
    (SELECT count(*) FROM delivery_attempts WHERE outcome = 'rejected') AS rejected_attempts,
    (SELECT count(*) FROM look_ups WHERE state = 'settled' AND asked_at IS NOT NULL) AS lookups,
    (SELECT count(*) FROM look_ups WHERE dossier_id IS NOT NULL AND state <> 'void') AS lookups_needed,
    (SELECT count(*) FROM look_ups WHERE dossier_id IS NOT NULL AND state = 'settled' AND result = 'match')
        AS verified
""")

_FALSE_LATE: Final = text("""
SELECT d.code, v.false_late_cause AS cause, d.due_at, v.ended_at, v.accepted_at
FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id
WHERE v.false_late_cause IS NOT NULL ORDER BY d.due_at, d.code
""")


@dataclass(frozen=True, slots=True)
class Census:
    """How many there are of what; `false_late` were shown late for a while although finished on time."""

    dossiers: int
    progress_entries: int
    synced: int
    parked: int
    late_at_desk: int
    false_late: int
    rejected_attempts: int
    lookups: int
    lookups_needed: int
    verified: int


@dataclass(frozen=True, slots=True)
class FalselyLate:
    """A dossier that the portal showed late although it was finished on time."""

    code: str
    cause: str
    due_at: datetime
    ended_at: datetime
    accepted_at: datetime


async def take_census(session: AsyncSession) -> Census:
    """Count everything once, in one snapshot."""
    row = (await session.execute(_CENSUS)).one()
    return Census(**{name: int(getattr(row, name)) for name in Census.__slots__})


async def list_falsely_late(session: AsyncSession) -> Sequence[FalselyLate]:
    """List them in the order in which they fell due."""
    rows = await session.execute(_FALSE_LATE)
    return [FalselyLate(row.code, row.cause, row.due_at, row.ended_at, row.accepted_at) for row in rows]


async def missing_codes(session: AsyncSession, codes: Sequence[str]) -> list[str]:
    """Give those dossier numbers that the database does not hold."""
    rows = await session.scalars(
        text(
            "SELECT code FROM unnest(CAST(:codes AS text[])) AS wanted (code)"
            " WHERE NOT EXISTS (SELECT FROM dossiers d WHERE d.code = wanted.code)"
        ),
        {"codes": list(codes)},
    )
    return list(rows)
