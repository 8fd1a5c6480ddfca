"""How many dossiers in pushes the portal took, minute by minute; two days are kept."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Whoever begins a minute clears away what has become too old.
_ADD: Final = text("""
WITH added AS (
    INSERT INTO portal_minutes AS m (minute, taken) VALUES (date_trunc('minute', now()), :taken)
    ON CONFLICT (minute) DO UPDATE SET taken = m.taken + excluded.taken
    RETURNING xmax = 0 AS is_new
)
DELETE FROM portal_minutes
WHERE (SELECT is_new FROM added) AND minute < now() - interval '2 days'
""")


async def note_taken(session: AsyncSession, dossiers: int) -> None:
    """Add dossiers in pushes that were taken to the present minute; none needs no row."""
    if dossiers:
        await session.execute(_ADD, {"taken": dossiers})
