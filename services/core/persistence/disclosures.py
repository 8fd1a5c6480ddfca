"""The record of what was shown whole."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_ADD: Final = text("""
INSERT INTO disclosures (dossier_id, client_id, officer_id, reason)
VALUES (:dossier_id, :client_id, :officer_id, :reason)
""")

# Two calls at the same moment must not both be the last one allowed. A statement of its own, because one that
# waits for a lock still counts by what it saw before.
_ONE_AT_A_TIME: Final = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('disclosures ' || CAST(:officer_id AS uuid), 0))"
)

_COUNT: Final = text("""
SELECT shown_to(CAST(:officer_id AS uuid), now() - CAST(:window AS interval))
""")


async def count_disclosures(session: AsyncSession, *, officer_id: UUID, window: timedelta) -> int:
    """Count what an officer was shown lately; other calls of the officer wait meanwhile."""
    await session.execute(_ONE_AT_A_TIME, {"officer_id": officer_id})
    values = {"officer_id": officer_id, "window": window}
    return await session.scalar(_COUNT, values) or 0


async def add_disclosure(
    session: AsyncSession, *, dossier_id: UUID, client_id: UUID, officer_id: UUID | None, reason: str
) -> None:
    """Record a disclosure; it is part of the transaction that reads what is shown."""
    values = {"dossier_id": dossier_id, "client_id": client_id, "officer_id": officer_id, "reason": reason}
    await session.execute(_ADD, values)
