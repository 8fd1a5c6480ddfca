"""Dossiers that ended on time and are, or soon will be, late on the portal: one by one, with the cause."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.places import cut, read_place, write_place
from services.console.reading import Reading
from services.console.rendering import render
from services.core.domain.false_late import FalseLateCause
from services.core.persistence.lateness_views import LateMark, LatenessViewRepository

router = APIRouter()

LATE_A_PAGE: Final = 50


@router.get("/late")
async def show_late(
    request: Request,
    session: Reading,
    cause: FalseLateCause | None = None,
    after: str | None = None,
    *,
    soon: bool = False,
) -> Response:
    """List those that are falsely late now, the latest first; or those at risk, the most urgent first."""
    place = read_place(after)
    mark = None if place is None else LateMark(*place)
    views = LatenessViewRepository(session)
    if soon:
        found = await views.at_risk(after=mark, limit=LATE_A_PAGE + 1)
    else:
        found = await views.falsely_late(cause=cause, after=mark, limit=LATE_A_PAGE + 1)
    page, last = cut(found, LATE_A_PAGE)
    return render(
        request,
        "late.html",
        dossiers=page,
        cause=cause,
        soon=soon,
        is_first_page=place is None,
        next_place=last and write_place(last.mark.flagged_at, last.mark.dossier_id),
    )
