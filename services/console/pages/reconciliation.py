"""What comparisons with the portal's holdings found."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.places import cut, read_number
from services.console.reading import Reading
from services.console.rendering import render
from services.core.persistence.reconciliation_views import ReconciliationViewRepository

router = APIRouter(prefix="/reconciliation")

RUNS_A_PAGE: Final = 20
FINDINGS_A_PAGE: Final = 50


@router.get("")
async def show_runs(request: Request, session: Reading, before: str | None = None) -> Response:
    """List comparisons, the newest first, with what the latest one found."""
    place = read_number(before)
    views = ReconciliationViewRepository(session)
    found = await views.runs(before=place, limit=RUNS_A_PAGE + 1)
    page, last = cut(found, RUNS_A_PAGE)
    return render(
        request,
        "reconciliation.html",
        runs=page,
        counts=await views.counts(page[0].id) if page and place is None else [],
        is_first_page=place is None,
        next_place=last and last.id,
    )


@router.get("/{number}")
async def show_run(request: Request, number: str, session: Reading, after: str | None = None) -> Response:
    """Show a comparison dossier by dossier."""
    run, place = read_number(number) or 0, read_number(after)
    views = ReconciliationViewRepository(session)
    found = await views.findings(run, after=place or 0, limit=FINDINGS_A_PAGE + 1)
    page, last = cut(found, FINDINGS_A_PAGE)
    return render(
        request,
        "reconciliation_run.html",
        run=await views.run(run),
        counts=await views.counts(run),
        findings=page,
        is_first_page=place is None,
        next_place=last and last.id,
    )
