"""The report of all published figures, as JSON, CSV or a workbook."""

from asyncio import to_thread
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from services.api.access import FigureReader
from services.api.dependencies import Transaction
from services.api.documentation import refusals
from services.api.figure_files import csv_of, xlsx_of
from services.api.schemas.figures import (
    MEDIA_TYPES,
    FigureFormat,
    FigureQuery,
    FiguresOut,
    PublishedFigureOut,
)
from services.core.application.figure_sources import FigureScope
from services.core.application.report_figures import report_figures
from services.core.domain.figures import Period, year_so_far
from services.core.domain.reporting import FigureLine
from services.core.persistence.one_state import read_one_state

_FILE: Final = "lien-thong-{first:%Y%m%d}-{last:%Y%m%d}.{suffix}"
_FILES: Final = {
    FigureFormat.CSV: csv_of,
    FigureFormat.XLSX: xlsx_of,
}
_CONTENT: Final[dict[str, dict[str, object]]] = {
    media: {} for form, media in MEDIA_TYPES.items() if form in _FILES
}

router = APIRouter(prefix="/v1/reports", tags=["số liệu / figures"])


@router.get(
    "/figures",
    response_model=FiguresOut,
    responses={**refusals(), HTTPStatus.OK.value: {"content": _CONTENT}},
)
async def show_figures(
    query: Annotated[FigureQuery, Query()],
    visit: FigureReader,
    transaction: Transaction,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Report every published figure from what is stored: numerator, denominator and share, computed.

    As JSON, as CSV, or as a workbook (XLSX): by `format`, or by `Accept`.
    """
    await read_one_state(transaction)
    today = visit.today
    period = year_so_far(query.first, query.last, today=today)
    path = await visit.reach(transaction, query.unit)
    scope = FigureScope(path=path, period=period, today=today, by=query.by.grouping)
    lines = await report_figures(transaction, scope=scope)
    # To write a workbook of all communes takes half a second: not with an open snapshot, which makes claims
    # slow, and not where the counters wait for their answers.
    await transaction.rollback()
    form = query.format or wanted_format(accept)
    if form is FigureFormat.JSON:
        shown = await to_thread(_json_of, lines, unit=query.unit, period=period)
        return Response(shown, media_type=MEDIA_TYPES[form])
    name = _FILE.format(first=period.first, last=period.last, suffix=form.value)
    return Response(
        await to_thread(_FILES[form], lines),
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Accept"},
    )


def _json_of(lines: Sequence[FigureLine], *, unit: str | None, period: Period) -> str:
    shown = FiguresOut(
        unit=unit,
        **{"from": period.first, "to": period.last},
        figures=[PublishedFigureOut.of(line) for line in lines],
    )
    return shown.model_dump_json(by_alias=True)


def wanted_format(accept: str | None) -> FigureFormat:
    """Give the first format that the caller names; JSON where none is ours."""
    for choice in (accept or "").split(","):
        media = choice.partition(";")[0].strip().lower()
        for form, ours in MEDIA_TYPES.items():
            if media == ours:
                return form
    return FigureFormat.JSON
