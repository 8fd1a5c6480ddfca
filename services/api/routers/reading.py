"""Reading dossiers."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.access import DeliveryReader, DossierReader
from services.api.dependencies import DossierName, LanguageDep, Transaction, reference_of
from services.api.documentation import refusals
from services.api.schemas.answer import tag
from services.api.schemas.delivery import DeliveryOut
from services.api.schemas.dossier import DossierOut
from services.api.schemas.listing import (
    DossierPage,
    DossierQuery,
    ListedDossierOut,
    read_cursor,
    write_cursor,
)
from services.api.schemas.preflight import PreflightOut
from services.api.schemas.timeline import EntryOut, TimelineOut
from services.core.application.read_delivery import read_delivery
from services.core.application.read_dossiers import (
    list_dossiers,
    preflight_dossier,
    read_dossier,
    read_timeline,
)
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action

_REFUSALS = refusals(HTTPStatus.NOT_FOUND)

router = APIRouter(prefix="/v1/dossiers", tags=["tra cứu / reading"])


@router.get("", responses=refusals())
async def show_list(
    query: Annotated[DossierQuery, Query()],
    visit: DossierReader,
    transaction: Transaction,
) -> DossierPage:
    """List dossiers of the caller's units, newest first, a page at a time."""
    path = await visit.reach(transaction, query.unit)
    page, last = await list_dossiers(
        transaction, wanted=query.to_domain(path), after=read_cursor(query.cursor), limit=query.limit
    )
    return DossierPage(items=[ListedDossierOut.of(listed) for listed in page], next_cursor=write_cursor(last))


@router.get("/{dossier}", responses=_REFUSALS)
async def show_dossier(
    dossier: DossierName,
    visit: DossierReader,
    transaction: Transaction,
    response: Response,
    language: LanguageDep,
) -> DossierOut:
    """Show a dossier by its id or its number; `ETag` is for the next change.

    Officers see identity numbers masked; `identity:reveal` shows them whole.
    """
    details = await read_dossier(transaction, reference=reference_of(dossier), caller=visit.caller)
    act = Act(Action.DOSSIER_READ, (str(details.id),))
    await record(transaction, actor=actor_of(visit.caller), act=act)
    response.headers["ETag"] = tag(details.edition)
    return DossierOut.of(details, language, masked=visit.caller.officer is not None)


@router.get("/{dossier}/timeline", responses=_REFUSALS)
async def show_timeline(dossier: DossierName, visit: DossierReader, transaction: Transaction) -> TimelineOut:
    """Show the whole history, and which lines the portal has."""
    dossier_id, lines = await read_timeline(transaction, reference=reference_of(dossier), caller=visit.caller)
    return TimelineOut(id=dossier_id, entries=[EntryOut.of(line) for line in lines])


@router.get("/{dossier}/delivery", responses=_REFUSALS)
async def show_delivery(
    dossier: DossierName,
    visit: DeliveryReader,
    transaction: Transaction,
    language: LanguageDep,
) -> DeliveryOut:
    """Show what the portal has of a dossier, what is missing, and why the two verdicts differ if they do."""
    view = await read_delivery(
        transaction, reference=reference_of(dossier), caller=visit.caller, comparison=visit.runtime.comparison
    )
    return DeliveryOut.of(view, language)


@router.get("/{dossier}/preflight", responses=_REFUSALS)
async def show_preflight(
    dossier: DossierName, visit: DossierReader, transaction: Transaction, language: LanguageDep
) -> PreflightOut:
    """List what the portal would refuse of the dossier as it stands."""
    details, findings = await preflight_dossier(
        transaction, reference=reference_of(dossier), caller=visit.caller
    )
    return PreflightOut.of(details.id, findings, language)
