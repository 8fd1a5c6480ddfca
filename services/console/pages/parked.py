"""What waits for a person: grouped by cause, then one by one."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.places import read_place, write_place
from services.console.reading import Reading
from services.console.rendering import render
from services.core.application.group_parked import group_parked
from services.core.application.list_parked import list_parked
from services.core.domain.park_help import help_for
from services.core.domain.park_owner import owner_of
from services.core.persistence.parked import ParkedFilter, ParkedMark

router = APIRouter()

GROUPS_SHOWN: Final = 12
PARKED_A_PAGE: Final = 50


@router.get("/parked")
async def show_parked(request: Request, session: Reading, after: str | None = None) -> Response:
    """List the largest groups, each with its fix; then the dossiers, the longest waiting first."""
    place, everything = read_place(after), ParkedFilter()
    mark = None if place is None else ParkedMark(*place)
    page = await list_parked(session, wanted=everything, after=mark, limit=PARKED_A_PAGE)
    return render(
        request,
        "parked.html",
        summary=await group_parked(session, wanted=everything, limit=GROUPS_SHOWN),
        help_for=help_for,
        owner_of=owner_of,
        dossiers=page.dossiers,
        is_first_page=place is None,
        next_place=page.last and write_place(page.last.due_since, page.last.dossier_id),
    )
