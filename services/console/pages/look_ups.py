"""Look-ups in the population database: the rate as published and as it should be, and what waits."""

from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console import charts
from services.console.reading import Reading
from services.console.rendering import render
from services.core.application.report_look_ups import report_look_ups
from services.core.domain.deadline import VIETNAM
from services.core.domain.figures import Grouping, Period
from services.core.domain.lookup import LookUpFigures
from services.core.persistence.look_up_reports import LookUpReportRepository

router = APIRouter()

DAYS_SHOWN: Final = 30
UNITS_SHOWN: Final = 200


@router.get("/look-ups")
async def show_look_ups(request: Request, session: Reading) -> Response:
    """Show the last thirty days by day and by unit, and who cannot ask."""
    today = datetime.now(UTC).astimezone(VIETNAM).date()
    period = Period(today - timedelta(days=DAYS_SHOWN - 1), today)
    reports = LookUpReportRepository(session)
    by_day = {row.code: row for row in await reports.by_day(period, within="/")}
    days = [period.first + timedelta(days=n) for n in range(DAYS_SHOWN)]
    report = await report_look_ups(session, period=period, within="/", by=Grouping.UNIT)
    return render(
        request,
        "look_ups.html",
        report=report,
        units=sorted(report.lines, key=lambda line: (-line.needed, line.code))[:UNITS_SHOWN],
        columns=charts.columns([_stack(by_day.get(day.isoformat())) for day in days]),
        bars={line.code: charts.bar(_stack(line), of=line.needed) for line in report.lines},
        waiting=await reports.waiting(),
        without_account=await reports.without_account(limit=UNITS_SHOWN),
    )


def _stack(line: LookUpFigures | None) -> list[tuple[str, float]]:
    if line is None:
        return []
    return [
        ("good", line.matched),
        ("watch", line.mismatched + line.not_found),
        ("act", line.refused),
        ("calm", line.pending),
    ]
