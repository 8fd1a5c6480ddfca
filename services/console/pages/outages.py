"""The portal's outages: the evidence for dossiers that became falsely late."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.places import read_number
from services.console.reading import Reading
from services.console.rendering import render
from services.core.application.list_outages import list_outages

router = APIRouter()

OUTAGES_A_PAGE: Final = 50


@router.get("/outages")
async def show_outages(request: Request, session: Reading, before: str | None = None) -> Response:
    """List outages and refusals of service, the newest first, with whom they affected."""
    number = read_number(before)
    windows, next_place = await list_outages(session, before=number, limit=OUTAGES_A_PAGE)
    return render(
        request, "outages.html", windows=windows, is_first_page=number is None, next_place=next_place
    )
