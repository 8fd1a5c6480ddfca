"""One dossier: how it got on, what the portal has of it, and what both sides say."""

from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.clocks import clocks_of
from services.console.reading import Reading, RuntimeDep
from services.console.rendering import render
from services.console.standing import difference_of, standing_of
from services.core.application.inspect_dossier import ATTEMPTS_SHOWN, inspect_dossier
from services.core.domain.code import DossierCode

router = APIRouter(prefix="/dossiers")


@router.get("")
async def find_dossier(code: str = "") -> Response:
    """Go from what was typed into the search box to the dossier's page."""
    return RedirectResponse(f"/dossiers/{quote(DossierCode.parse(code).text)}", status_code=303)


@router.get("/{code}")
async def show_dossier(request: Request, code: str, session: Reading, runtime: RuntimeDep) -> Response:
    """Show the timeline, both clocks, the evidence, the attempts and both verdicts."""
    wanted = DossierCode.parse(code).text
    dossier = await inspect_dossier(session, code=wanted, comparison=runtime.comparison)
    return render(
        request,
        "dossier.html",
        dossier=dossier,
        standing=standing_of(dossier.delivery),
        difference=difference_of(dossier.delivery),
        clocks=clocks_of(dossier),
        attempts_shown=ATTEMPTS_SHOWN,
    )
