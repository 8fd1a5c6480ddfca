"""Show whom a replay or a closing would concern, before it is done."""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.count_parked import count_parked
from services.core.persistence.parked import ParkedFilter


@dataclass(frozen=True, slots=True)
class InterventionPreview:
    """`wanted` means the dossiers that were counted; what is parked later is not among them."""

    wanted: ParkedFilter
    dossiers: int


async def preview_intervention(session: AsyncSession, *, wanted: ParkedFilter) -> InterventionPreview:
    """Count what is meant, and fix it."""
    counted = await count_parked(session, wanted=wanted)
    if wanted.dossier is not None:
        return InterventionPreview(wanted, counted.dossiers)
    until = min(wanted.parked_to or counted.counted_at, counted.counted_at)
    return InterventionPreview(replace(wanted, parked_to=until), counted.dossiers)
