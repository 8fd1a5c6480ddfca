"""The record of what was shown whole."""

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_ADD: Final = text("""
INSERT INTO disclosures (dossier_id, client_id, officer_id, reason)
VALUES (:dossier_id, :client_id, :officer_id, :reason)
""")


async def add_disclosure(
    session: AsyncSession, *, dossier_id: UUID, client_id: UUID, officer_id: UUID | None, reason: str
) -> None:
    """Record a disclosure; it is part of the transaction that reads what is shown."""
    values = {"dossier_id": dossier_id, "client_id": client_id, "officer_id": officer_id, "reason": reason}
    await session.execute(_ADD, values)
