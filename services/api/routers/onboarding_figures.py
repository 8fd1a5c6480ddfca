"""How far onboarding has got, and what waits for somebody."""

from datetime import date
from typing import Annotated, Final, TypedDict

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.access import OnboardingFigureReader, OnboardingFollower, StepReader, Visit
from services.api.dependencies import LanguageDep, Transaction
from services.api.documentation import refusals
from services.api.problems import Language, Said
from services.api.schemas.onboarding_answers import (
    AttemptOut,
    AttemptPageOut,
    CoverageOut,
    CoverageReportOut,
    DayOut,
    DeviceTimeOut,
    FailureOut,
    FailuresOut,
    FunnelOut,
    FunnelRowOut,
    HistoryOut,
    ReportedOut,
    ReportedSumsOut,
    StepOut,
    StepsOut,
    StepTimesOut,
    TeamOut,
    TeamsOut,
    TimesOut,
    read_mark,
    write_mark,
)
from services.api.schemas.onboarding_queries import (
    AttemptQuery,
    CoverageQuery,
    PeriodQuery,
    StandQuery,
    StepPeriodQuery,
    TeamQuery,
)
from services.core.application.list_attempts import list_attempts
from services.core.application.list_steps import list_steps
from services.core.application.read_coverage import read_coverage
from services.core.application.read_onboarding_figures import (
    StepTimes,
    count_helped,
    read_failures,
    read_funnel,
    read_history,
    read_teams,
    read_times,
)
from services.core.application.report_counts import sum_reported
from services.core.domain.figures import Period
from services.core.domain.onboarding.reason import ADVICE, Reason
from services.core.domain.onboarding.tally import Dimension
from services.core.persistence.onboarding.figures import LabelSum

_REFUSALS: Final = refusals()

router = APIRouter(prefix="/v1/onboarding", tags=["công dân số / onboarding"])


@router.get("/steps", responses=_REFUSALS)
async def show_steps(_visit: StepReader, transaction: Transaction) -> StepsOut:
    """Show the catalogue of steps."""
    return StepsOut(items=[StepOut.of(step) for step in await list_steps(transaction)])


@router.get("/attempts", responses=_REFUSALS)
async def show_attempts(
    query: Annotated[AttemptQuery, Query()],
    visit: OnboardingFollower,
    transaction: Transaction,
    language: LanguageDep,
) -> AttemptPageOut:
    """List attempts that wait for somebody, longest untouched first, each with what to try next."""
    wanted = query.to_domain(await visit.reach(transaction, query.unit), visit.today)
    page = await list_attempts(transaction, wanted=wanted, after=read_mark(query.cursor), limit=query.limit)
    items = [AttemptOut.of(listed, language) for listed in page.attempts]
    return AttemptPageOut(items=items, next_cursor=write_mark(page.last))


@router.get("/coverage", responses=_REFUSALS)
async def show_coverage(
    query: Annotated[CoverageQuery, Query()], visit: OnboardingFigureReader, transaction: Transaction
) -> CoverageReportOut:
    """Show who has which step, of those eligible, against the target; per unit and in all."""
    path = await visit.reach(transaction, query.unit)
    report = await read_coverage(transaction, path=path, today=visit.today, on=query.on, step=query.step)
    return CoverageReportOut(
        on=report.on,
        totals=[CoverageOut.model_validate(row) for row in report.totals],
        units=[CoverageOut.model_validate(row) for row in report.units],
    )


@router.get("/funnel", responses=_REFUSALS)
async def show_funnel(
    query: Annotated[StandQuery, Query()], visit: OnboardingFigureReader, transaction: Transaction
) -> FunnelOut:
    """Show how many got from each step of the way to the next."""
    path = await visit.reach(transaction, query.unit)
    rows = await read_funnel(transaction, path=path, today=visit.today, on=query.on)
    return FunnelOut(steps=[FunnelRowOut.model_validate(row) for row in rows])


@router.get("/failures", responses=_REFUSALS)
async def show_failures(
    query: Annotated[StepPeriodQuery, Query()],
    visit: OnboardingFigureReader,
    transaction: Transaction,
    language: LanguageDep,
) -> FailuresOut:
    """Count failures by reason, device, provider and team; each reason with what to try next."""
    asked = await _asked(query, visit, transaction)
    period = asked["period"]
    rows = await read_failures(transaction, **asked, step=query.step)
    items = [_failure(row, language) for row in rows]
    return FailuresOut(first=period.first, last=period.last, items=items)


@router.get("/teams", responses=_REFUSALS)
async def show_teams(
    query: Annotated[TeamQuery, Query()], visit: OnboardingFigureReader, transaction: Transaction
) -> TeamsOut:
    """Show what digital teams did, and how many people were helped."""
    asked = await _asked(query, visit, transaction)
    period = asked["period"]
    rows = await read_teams(transaction, **asked, team=query.team)
    helped = await count_helped(transaction, **asked)
    items = [TeamOut.model_validate(row) for row in rows]
    return TeamsOut(first=period.first, last=period.last, items=items, helped=helped)


@router.get("/times", responses=_REFUSALS)
async def show_times(
    query: Annotated[PeriodQuery, Query()], visit: OnboardingFigureReader, transaction: Transaction
) -> TimesOut:
    """Show how long completed attempts took, per step and device."""
    asked = await _asked(query, visit, transaction)
    period = asked["period"]
    rows = await read_times(transaction, **asked)
    return TimesOut(first=period.first, last=period.last, items=[_times(row) for row in rows])


@router.get("/history", responses=_REFUSALS)
async def show_history(
    query: Annotated[StepPeriodQuery, Query()], visit: OnboardingFigureReader, transaction: Transaction
) -> HistoryOut:
    """Show each day on which something happened, per step."""
    asked = await _asked(query, visit, transaction)
    period = asked["period"]
    rows = await read_history(transaction, **asked, step=query.step)
    items = [DayOut.model_validate(row) for row in rows]
    return HistoryOut(first=period.first, last=period.last, items=items)


@router.get("/counts", responses=_REFUSALS)
async def show_reported(
    query: Annotated[PeriodQuery, Query()], visit: OnboardingFigureReader, transaction: Transaction
) -> ReportedSumsOut:
    """Add up what others reported: documents signed, dossiers handled online, accounts activated."""
    asked = await _asked(query, visit, transaction)
    period = asked["period"]
    rows = await sum_reported(transaction, **asked)
    items = [ReportedOut.model_validate(row) for row in rows]
    return ReportedSumsOut(first=period.first, last=period.last, items=items)


class _Asked(TypedDict):
    """What all figures of a period are asked with."""

    path: str
    today: date
    period: Period


async def _asked(query: PeriodQuery, visit: Visit, session: AsyncSession) -> _Asked:
    today = visit.today
    return {
        "path": await visit.reach(session, query.unit),
        "today": today,
        "period": query.period(today),
    }


def _failure(row: LabelSum, language: Language) -> FailureOut:
    advice = ADVICE[Reason(row.label)] if row.dimension is Dimension.REASON else None
    return FailureOut(
        step=row.step,
        by=row.dimension.value,
        label=row.label,
        failures=row.value,
        meaning=None if advice is None else Said(*advice.meaning).in_(language),
        next=None if advice is None else Said(*advice.next).in_(language),
    )


def _times(row: StepTimes) -> StepTimesOut:
    return StepTimesOut(
        step=row.step,
        attempts=row.attempts,
        mean_seconds=row.seconds / row.attempts,
        buckets=row.buckets,
        by_device={
            device: DeviceTimeOut(attempts=number, mean_seconds=seconds / number)
            for device, (number, seconds) in row.by_device.items()
        },
    )
