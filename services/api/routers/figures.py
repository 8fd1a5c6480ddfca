"""The report of all published figures, as JSON, CSV or a workbook."""

from datetime import date
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
from services.core.domain.deadline import VIETNAM
from services.core.domain.figures import Period
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
    today = visit.runtime.clock.now().astimezone(VIETNAM).date()
    period = _period(query, today)
    path = await visit.reach(transaction, query.unit)
    scope = FigureScope(path=path, period=period, today=today, by=query.by.grouping)
    lines = await report_figures(transaction, scope=scope)
    form = query.format or wanted_format(accept)
    if form is FigureFormat.JSON:
        shown = FiguresOut(
            unit=query.unit,
            **{"from": period.first, "to": period.last},
            figures=[PublishedFigureOut.of(line) for line in lines],
        )
        return Response(shown.model_dump_json(by_alias=True), media_type=MEDIA_TYPES[form])
    name = _FILE.format(first=period.first, last=period.last, suffix=form.value)
    return Response(
        _FILES[form](lines),
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Accept"},
    )


def wanted_format(accept: str | None) -> FigureFormat:
    """Give the first format that the caller names; JSON where none is ours."""
    for choice in (accept or "").split(","):
        media = choice.partition(";")[0].strip().lower()
        for form, ours in MEDIA_TYPES.items():
            if media == ours:
                return form
    return FigureFormat.JSON


def _period(query: FigureQuery, today: date) -> Period:
    last = query.last or today
    return Period(query.first or last.replace(month=1, day=1), last)
