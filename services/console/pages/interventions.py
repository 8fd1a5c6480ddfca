"""Who did what about parked dossiers, and why."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.places import cut, read_id
from services.console.reading import Reading
from services.console.rendering import render
from services.core.persistence.intervention_views import InterventionViewRepository

router = APIRouter(prefix="/interventions")

INTERVENTIONS_A_PAGE: Final = 50
DOSSIERS_SHOWN: Final = 100


@router.get("")
async def show_interventions(request: Request, session: Reading, before: str | None = None) -> Response:
    """List decisions, the newest first."""
    place = read_id(before)
    views = InterventionViewRepository(session)
    found = await views.page(before=place, limit=INTERVENTIONS_A_PAGE + 1)
    page, last = cut(found, INTERVENTIONS_A_PAGE)
    return render(
        request,
        "interventions.html",
        entries=page,
        is_first_page=place is None,
        next_place=last and last.id,
    )


@router.get("/{number}")
async def show_intervention(request: Request, number: UUID, session: Reading) -> Response:
    """Show one decision with the dossiers that it concerned, and how they stand now."""
    views = InterventionViewRepository(session)
    return render(
        request,
        "intervention.html",
        entry=await views.get(number),
        dossiers=await views.dossiers(number, limit=DOSSIERS_SHOWN),
    )
