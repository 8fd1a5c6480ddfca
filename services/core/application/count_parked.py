"""Count what a replay or a closing would concern, before it is done."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.persistence.parked import ParkedCount, ParkedFilter, ParkedRepository


async def count_parked(session: AsyncSession, *, wanted: ParkedFilter) -> ParkedCount:
    """Give the number of dossiers that are meant; its instant as `parked_to` keeps later ones out."""
    return await ParkedRepository(session).count(wanted)
