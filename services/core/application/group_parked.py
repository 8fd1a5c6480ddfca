"""Group what waits for a person: one cause, one fix."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.persistence.parked import ParkedFilter, ParkedRepository, ParkedSummary


async def group_parked(session: AsyncSession, *, wanted: ParkedFilter, limit: int) -> ParkedSummary:
    """Give the `limit` largest groups, and how many groups and dossiers there are."""
    return await ParkedRepository(session).groups(wanted, limit=limit)
