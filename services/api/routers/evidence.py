"""Evidence: the proof of one dossier, and the log of the portal's outages."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from services.api.access import DeliveryReader, PortalReader
from services.api.dependencies import DossierName, Transaction, reference_of
from services.api.documentation import refusals
from services.api.proof_page import POLICY, render
from services.api.schemas.outages import OutageOut, OutagePage, OutageQuery, read_place, write_place
from services.api.schemas.proof import ProofOut
from services.core.application.list_outages import list_outages
from services.core.application.prove_delivery import prove_delivery
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action

_REFUSALS = refusals(HTTPStatus.NOT_FOUND)

router = APIRouter(prefix="/v1", tags=["bằng chứng / evidence"])


@router.get("/dossiers/{dossier}/proof", responses=_REFUSALS)
async def show_proof(dossier: DossierName, visit: DeliveryReader, transaction: Transaction) -> ProofOut:
    """Show what was done when, what the portal answered, and who was late; not a word on the applicant."""
    proof = await prove_delivery(
        transaction, reference=reference_of(dossier), caller=visit.caller, comparison=visit.runtime.comparison
    )
    act = Act(Action.DOSSIER_PROVE, (str(proof.dossier.id),))
    await record(transaction, actor=actor_of(visit.caller), act=act)
    return ProofOut.of(proof, now=visit.runtime.clock.now())


@router.get("/dossiers/{dossier}/proof.html", responses=_REFUSALS, response_class=HTMLResponse)
async def show_proof_page(
    dossier: DossierName, visit: DeliveryReader, transaction: Transaction
) -> HTMLResponse:
    """Show the proof as a page to print on A4, Vietnamese first."""
    shown = await show_proof(dossier, visit, transaction)
    return HTMLResponse(render(shown), headers={"Content-Security-Policy": POLICY})


@router.get("/outages", responses=refusals())
async def show_outages(
    query: Annotated[OutageQuery, Query()], _visit: PortalReader, transaction: Transaction
) -> OutagePage:
    """List when the portal was unreachable or refused service, newest first, and whom that affected."""
    page, last = await list_outages(
        transaction, kind=query.kind, since=query.since, before=read_place(query.cursor), limit=query.limit
    )
    return OutagePage(items=[OutageOut.of(window) for window in page], next_cursor=write_place(last))
