"""The pages of index 766: a unit's month, units side by side, the dossiers that cost points."""

import re
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.failures import NoSuchPlace
from services.console.places import read_unit
from services.console.reading import Reading
from services.console.rendering import render
from services.core.application.read_index766 import (
    IndicatorWithoutDossiers,
    UnknownIndicator,
    list_costly_dossiers,
    rank_units,
    read_index766,
)
from services.core.domain.indicator import INDICATORS, month_of

router = APIRouter(prefix="/index766")

UNITS_SHOWN: Final = 500
DOSSIERS_A_PAGE: Final = 50
_MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_PLACE: Final = re.compile(r"([0-9]{1,9})~([0-9a-f]{32})")


@router.get("")
async def show_index(request: Request, session: Reading, unit: str = "", month: str = "") -> Response:
    """Show what a unit won and lost in a month, and all units by their points."""
    wanted = _month(month)
    found = await read_index766(session, unit=read_unit(unit), month=wanted)
    return render(
        request,
        "index766.html",
        index=found,
        ranked=await rank_units(session, month=wanted, limit=UNITS_SHOWN),
        month=f"{wanted:%Y-%m}",
    )


@router.get("/dossiers")
async def show_costly(
    request: Request,
    session: Reading,
    indicator: str,
    unit: str = "",
    *,
    month: str = "",
    after: str | None = None,
) -> Response:
    """List the dossiers that cost an indicator points."""
    wanted, place = _month(month), _read_place(after)
    try:
        page, next_place = await list_costly_dossiers(
            session,
            unit=read_unit(unit),
            month=wanted,
            indicator=indicator,
            after=place,
            limit=DOSSIERS_A_PAGE,
        )
    except (UnknownIndicator, IndicatorWithoutDossiers) as refusal:
        raise NoSuchPlace from refusal
    return render(
        request,
        "index766_dossiers.html",
        indicator=INDICATORS[indicator],
        unit=unit,
        month=f"{wanted:%Y-%m}",
        dossiers=page,
        is_first_page=place is None,
        next_place=None if next_place is None else f"{next_place[0]}~{next_place[1].hex}",
    )


def _month(text: str) -> date:
    """Read a month, this one if nothing is said; raises `NoSuchPlace`."""
    if not text:
        return month_of(datetime.now(UTC))
    if not _MONTH.fullmatch(text):
        raise NoSuchPlace
    return date.fromisoformat(f"{text}-01")


def _read_place(place: str | None) -> tuple[int, UUID] | None:
    """Read where a page ended; raises `NoSuchPlace`."""
    if place is None:
        return None
    match = _PLACE.fullmatch(place)
    if match is None:
        raise NoSuchPlace
    return int(match[1]), UUID(hex=match[2])
