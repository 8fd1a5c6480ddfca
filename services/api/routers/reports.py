"""Figures by period, unit and procedure, from counts that are kept as dossiers are written."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.access import FigureReader, PortalReader, Visit
from services.api.dependencies import Transaction
from services.api.documentation import refusals
from services.api.schemas.reports import (
    FigureOut,
    OverdueOut,
    PayoutReportQuery,
    ReportOut,
    ReportQuery,
    ServicesOut,
    UnansweredOut,
)
from services.core.application.list_overdue_acceptance import list_overdue_acceptance
from services.core.application.report_dossiers import report_dossiers
from services.core.application.report_payouts import report_payouts
from services.core.application.report_services import report_services
from services.core.domain.figures import FigureRow, Period, Report

_REFUSALS: Final = refusals(HTTPStatus.NOT_FOUND)

router = APIRouter(prefix="/v1/reports", tags=["báo cáo / reports"])

Wanted = Annotated[ReportQuery, Query()]


@router.get("/filing", responses=_REFUSALS)
async def show_filing(query: Wanted, visit: FigureReader, transaction: Transaction) -> ReportOut:
    """Who filled the forms in: the citizen, the citizen with help, or somebody in their place."""
    return await _of_dossiers(Report.FILING, query, visit, transaction)


@router.get("/channels", responses=_REFUSALS)
async def show_channels(query: Wanted, visit: FigureReader, transaction: Transaction) -> ReportOut:
    """How dossiers came in, and how results went out."""
    return await _of_dossiers(Report.CHANNELS, query, visit, transaction)


@router.get("/digitisation", responses=_REFUSALS)
async def show_digitisation(query: Wanted, visit: FigureReader, transaction: Transaction) -> ReportOut:
    """Papers and results that exist electronically, and papers that were used again."""
    return await _of_dossiers(Report.DIGITISATION, query, visit, transaction)


@router.get("/asked-again", responses=_REFUSALS)
async def show_asked_again(query: Wanted, visit: FigureReader, transaction: Transaction) -> ReportOut:
    """Values and papers that citizens were asked for although the province knew them."""
    return await _of_dossiers(Report.ASKED_AGAIN, query, visit, transaction)


@router.get("/payments", responses=_REFUSALS)
async def show_payments(query: Wanted, visit: FigureReader, transaction: Transaction) -> ReportOut:
    """Fees paid, and paid without cash, by number and in dong."""
    return await _of_dossiers(Report.PAYMENTS, query, visit, transaction)


@router.get("/acceptance", responses=_REFUSALS)
async def show_acceptance(query: Wanted, visit: FigureReader, transaction: Transaction) -> ReportOut:
    """Online filings that were answered within eight working hours, and those that were answered later."""
    return await _of_dossiers(Report.ACCEPTANCE, query, visit, transaction)


@router.get("/acceptance/overdue", responses=_REFUSALS)
async def show_overdue(
    visit: FigureReader,
    transaction: Transaction,
    unit: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> OverdueOut:
    """List online filings that wait beyond their eight working hours, the longest overdue first."""
    now = visit.runtime.clock.now()
    within = await visit.reach(transaction, unit)
    filings, more = await list_overdue_acceptance(transaction, within=within, now=now, limit=limit)
    return OverdueOut(items=[UnansweredOut.of(filing, now) for filing in filings], more=more)


@router.get("/payouts", responses=_REFUSALS)
async def show_payouts(
    query: Annotated[PayoutReportQuery, Query()], visit: FigureReader, transaction: Transaction
) -> ReportOut:
    """Payouts to recipients of social security without cash, by number and in dong."""
    period = query.period(visit.today)
    rows = await report_payouts(
        transaction,
        period=period,
        within=await visit.reach(transaction, query.unit),
        by=query.by,
        programme=query.programme,
    )
    return _report(period, query, rows)


@router.get("/services", responses=refusals())
async def show_services(_visit: PortalReader, transaction: Transaction) -> ServicesOut:
    """Services on the national portal, and full and partial ones among those that are online."""
    return ServicesOut(figures=[FigureOut.of(row) for row in await report_services(transaction)])


async def _of_dossiers(report: Report, query: ReportQuery, visit: Visit, session: AsyncSession) -> ReportOut:
    period = query.period(visit.today)
    within = await visit.reach(session, query.unit)
    rows = await report_dossiers(session, report=report, period=period, within=within, by=query.by)
    return _report(period, query, rows)


def _report(period: Period, query: ReportQuery, rows: list[FigureRow]) -> ReportOut:
    return ReportOut(
        first=period.first, last=period.last, by=query.by, figures=[FigureOut.of(row) for row in rows]
    )
