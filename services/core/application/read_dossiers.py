"""Read dossiers: one, a page of a list, a history, what the portal would refuse."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import Caller
from services.core.domain.preflight import Finding, preflight
from services.core.persistence.dossiers import DossierDetails, DossierRepository, Reference
from services.core.persistence.history import HistoryLine, HistoryRepository
from services.core.persistence.listings import DossierFilter, DossierListing, ListedDossier
from services.core.persistence.portal_procedures import PortalProcedureRepository


async def read_dossier(session: AsyncSession, *, reference: Reference, caller: Caller) -> DossierDetails:
    """Give a dossier of the caller's units; raises `DossierNotFound`."""
    return await DossierRepository(session, within=caller.unit_path).get(reference)


async def list_dossiers(
    session: AsyncSession, *, wanted: DossierFilter, after: UUID | None, limit: int
) -> tuple[list[ListedDossier], UUID | None]:
    """Give a page, newest first, and the id to go on after; `None` if this was the last page."""
    page = await DossierListing(session).page(wanted, after=after, limit=limit + 1)
    more = len(page) > limit
    return page[:limit], page[limit - 1].id if more else None


async def read_timeline(
    session: AsyncSession, *, reference: Reference, caller: Caller
) -> tuple[UUID, list[HistoryLine]]:
    """Give the id and the whole history of a dossier; raises `DossierNotFound`."""
    dossier_id = await DossierRepository(session, within=caller.unit_path).get_id(reference)
    return dossier_id, await HistoryRepository(session).list_of(dossier_id)


async def preflight_dossier(
    session: AsyncSession, *, reference: Reference, caller: Caller
) -> tuple[DossierDetails, tuple[Finding, ...]]:
    """Give what the portal would refuse of a dossier as it stands; raises `DossierNotFound`."""
    details = await read_dossier(session, reference=reference, caller=caller)
    history = await HistoryRepository(session).list_of(details.id)
    off_portal = await PortalProcedureRepository(session).is_off_portal(details.body.procedure_code)
    entries = [line.entry for line in history]
    return details, preflight(details.body, entries, procedure_off_portal=off_portal)
