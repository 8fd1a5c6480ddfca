"""Index 766 of a unit's month, and the dossiers that cost it points."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.access import FigureReader
from services.api.dependencies import Transaction
from services.api.documentation import refusals
from services.api.schemas.index766 import (
    CostlyPage,
    CostlyQuery,
    Form,
    IndexOut,
    IndexQuery,
    costly_page,
    read_place,
    write_csv,
    write_dossiers_csv,
)
from services.core.application.read_index766 import list_costly_dossiers, read_index766
from services.core.domain.indicator import month_of

_CSV = "text/csv; charset=utf-8"
_FORMS = refusals() | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}

router = APIRouter(prefix="/v1/reports/index766", tags=["báo cáo / reports"])


@router.get("", response_model=IndexOut, responses=_FORMS)
async def show_index(
    query: Annotated[IndexQuery, Query()], visit: FigureReader, transaction: Transaction
) -> IndexOut | Response:
    """Estimate a unit's published score of a month: points won, points lost, what is missing for the next."""
    month = query.month_or(month_of(visit.runtime.clock.now()))
    found = await read_index766(transaction, unit=query.unit, month=month, within=visit.caller.unit_path)
    shown = IndexOut.of(found)
    return Response(write_csv(shown), media_type=_CSV) if query.format is Form.CSV else shown


@router.get("/dossiers", response_model=CostlyPage, responses=_FORMS)
async def show_costly(
    query: Annotated[CostlyQuery, Query()], visit: FigureReader, transaction: Transaction
) -> CostlyPage | Response:
    """List the dossiers that cost an indicator points; nothing in it says whose they are."""
    page, place = await list_costly_dossiers(
        transaction,
        unit=query.unit,
        month=query.month_or(month_of(visit.runtime.clock.now())),
        indicator=query.indicator,
        after=read_place(query.cursor),
        limit=query.limit,
        within=visit.caller.unit_path,
    )
    shown = costly_page(page, place)
    if query.format is Form.JSON:
        return shown
    headers = {"X-Next-Cursor": shown.next_cursor} if shown.next_cursor else {}
    return Response(write_dossiers_csv(shown), media_type=_CSV, headers=headers)
