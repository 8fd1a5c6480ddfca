"""Showing whole identity numbers, which officers see masked everywhere else."""

from http import HTTPStatus

from fastapi import APIRouter

from services.api.access import IdentityRevealer
from services.api.dependencies import DossierName, Transaction, reference_of
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute
from services.api.schemas.identity import IdentityOut, RevealIn
from services.core.application.reveal_identity import reveal_identity

router = APIRouter(prefix="/v1/dossiers", tags=["tra cứu / reading"], route_class=StrictRoute)


@router.post("/{dossier}/identity:reveal", responses=refusals(HTTPStatus.NOT_FOUND, *WITH_BODY))
async def reveal(
    dossier: DossierName, wish: RevealIn, visit: IdentityRevealer, transaction: Transaction
) -> IdentityOut:
    """Show the whole identity numbers of a dossier. Who saw them and why is on record before the answer."""
    shown = await reveal_identity(
        transaction, reference=reference_of(dossier), reason=wish.reason, caller=visit.caller
    )
    return IdentityOut(applicant=shown.applicant, agent=shown.agent)
