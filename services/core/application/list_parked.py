"""List the dossiers that wait for a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.persistence.parked import ParkedDossier, ParkedFilter, ParkedMark, ParkedRepository


@dataclass(frozen=True, slots=True)
class ParkedPage:
    """A page, longest waiting first; `last` is the place to go on after, `None` on the last page."""

    dossiers: Sequence[ParkedDossier]
    last: ParkedMark | None


async def list_parked(
    session: AsyncSession, *, wanted: ParkedFilter, after: ParkedMark | None, limit: int
) -> ParkedPage:
    """Give up to `limit` parked dossiers that follow `after`. What is parked meanwhile comes at the end."""
    page = await ParkedRepository(session).page(wanted, after=after, limit=limit + 1)
    more = len(page) > limit
    return ParkedPage(page[:limit], page[limit - 1].mark if more else None)
