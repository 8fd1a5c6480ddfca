"""The pages. Each is read in one transaction and rendered; none changes anything."""

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from services.console.concerns import answer_of, concerns_of, level_of_cause
from services.console.failures import DatabaseAway
from services.console.figures import figures_of
from services.console.places import read_mark, read_number, write_mark
from services.console.reading import Reading, Runtime, RuntimeDep, reading
from services.console.rendering import render
from services.console.standing import difference_of, standing_of
from services.core.application.group_parked import group_parked
from services.core.application.inspect_dossier import ATTEMPTS_SHOWN, inspect_dossier
from services.core.application.list_parked import list_parked
from services.core.domain.code import DossierCode
from services.core.domain.park_help import help_for
from services.core.persistence.console_views import ConsoleViewRepository, OutageRecord
from services.core.persistence.measurements import take_snapshot
from services.core.persistence.parked import ParkedFilter

router = APIRouter()

LATEST_OUTAGES: Final = 5
OUTAGES_A_PAGE: Final = 50
GROUPS_SHOWN: Final = 12
PARKED_A_PAGE: Final = 50


@router.get("/")
async def show_overview(runtime: RuntimeDep) -> Response:
    """Tell whether anybody is going to be late because of us, and what to do about it."""
    snapshot = await take_snapshot(
        runtime.sessions, with_units=False, statement_seconds=runtime.statement_seconds
    )
    if snapshot.taken_at is None:
        raise DatabaseAway
    figures = figures_of(snapshot, taken_at=snapshot.taken_at)
    outages = await _latest_outages(runtime) if figures.outages is not None else None
    return render(
        "overview.html",
        figures=figures,
        answer=answer_of(figures),
        concerns=concerns_of(figures),
        level_of_cause=level_of_cause,
        outages=outages,
    )


@router.get("/parked")
async def show_parked(session: Reading, after: str | None = None) -> Response:
    """List what waits for a person: grouped by cause, then one by one, the longest waiting first."""
    mark, everything = read_mark(after), ParkedFilter()
    page = await list_parked(session, wanted=everything, after=mark, limit=PARKED_A_PAGE)
    return render(
        "parked.html",
        summary=await group_parked(session, wanted=everything, limit=GROUPS_SHOWN),
        help_for=help_for,
        dossiers=page.dossiers,
        is_first_page=mark is None,
        next_place=None if page.last is None else write_mark(page.last),
    )


@router.get("/outages")
async def show_outages(session: Reading, before: str | None = None) -> Response:
    """List the portal's outages, the newest first."""
    number = read_number(before)
    page = await ConsoleViewRepository(session).outages(before=number, limit=OUTAGES_A_PAGE + 1)
    outages, more = page[:OUTAGES_A_PAGE], len(page) > OUTAGES_A_PAGE
    return render(
        "outages.html",
        outages=outages,
        is_first_page=number is None,
        next_place=outages[-1].id if more else None,
    )


@router.get("/dossiers")
async def find_dossier(code: str = "") -> Response:
    """Go from what was typed into the search box to the dossier's page."""
    return RedirectResponse(f"/dossiers/{quote(DossierCode.parse(code).text)}", status_code=303)


@router.get("/dossiers/{code}")
async def show_dossier(code: str, session: Reading, runtime: RuntimeDep) -> Response:
    """Show how a dossier got on, what the portal has of it, and what both sides say."""
    wanted = DossierCode.parse(code).text
    dossier = await inspect_dossier(session, code=wanted, comparison=runtime.comparison)
    return render(
        "dossier.html",
        dossier=dossier,
        standing=standing_of(dossier.delivery),
        difference=difference_of(dossier.delivery),
        attempts_shown=ATTEMPTS_SHOWN,
    )


async def _latest_outages(runtime: Runtime) -> list[OutageRecord]:
    async with reading(runtime.sessions) as session:
        return await ConsoleViewRepository(session).outages(before=None, limit=LATEST_OUTAGES)
