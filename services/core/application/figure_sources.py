"""Where the lines of the report come from: a source for each theme, bound to the use case that counts it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.list_steps import list_steps
from services.core.application.read_coverage import read_coverage
from services.core.application.read_onboarding_figures import count_helped
from services.core.application.report_counts import sum_reported
from services.core.application.report_deliveries import report_deliveries
from services.core.application.report_look_ups import report_look_ups
from services.core.application.report_payouts import report_payouts
from services.core.application.report_services import report_services
from services.core.domain.figures import FigureRow, Group, Grouping, Period, Report, figures_of, together
from services.core.domain.onboarding.coverage import Coverage
from services.core.domain.reporting import FIGURES, Figure, FigureLine, figure_of_step
from services.core.persistence.delivery_figures import DeliveryCounts
from services.core.persistence.dossier_counts import CountedGroup, DossierCountRepository

_ALL_TOGETHER: Final = Group()
_PER_CENT: Final = Decimal("0.01")
#: In the order of the report.
_OF_DOSSIERS: Final = (
    Report.CHANNELS,
    Report.FILING,
    Report.ACCEPTANCE,
    Report.DIGITISATION,
    Report.ASKED_AGAIN,
    Report.PAYMENTS,
)
_BY_LEVEL: Final = (Report.CHANNELS, Report.DIGITISATION)


@dataclass(frozen=True, slots=True)
class FigureScope:
    """Whose figures, of which days: the subtree under `path`, as a whole or unit by unit."""

    path: str
    period: Period
    today: date
    by: Grouping = Grouping.TOTAL

    @property
    def last(self) -> date:
        """The last day of which anything is known."""
        return min(self.period.last, self.today)

    def line(self, figure: Figure, group: Group, part: int, whole: int | None) -> FigureLine:
        """Make a line of the period."""
        return FigureLine(figure, group, part, whole, self.period.first, self.period.last)

    def lines(self, rows: Iterable[FigureRow]) -> list[FigureLine]:
        """Make lines of rows of the period."""
        return [self.line(FIGURES[row.figure], row.group, row.numerator, row.denominator) for row in rows]


Source = Callable[[AsyncSession, FigureScope], Awaitable[list[FigureLine]]]


async def deliveries(session: AsyncSession, scope: FigureScope) -> list[FigureLine]:
    """Give dossiers received, synced, and late by either clock."""
    groups = await report_deliveries(session, period=scope.period, within=scope.path, by=scope.by)
    return [line for counts in groups for line in _delivered(scope, counts)]


async def look_ups(session: AsyncSession, scope: FigureScope) -> list[FigureLine]:
    """Give look-ups per dossier received, as published, and applicants verified, as it should be."""
    report = await report_look_ups(session, period=scope.period, within=scope.path, by=Grouping.UNIT)
    figures = [report.total] if scope.by is Grouping.TOTAL else report.lines
    rows = (
        FigureRow(code, Group(counted.code, counted.name), share.numerator, share.denominator)
        for counted in figures
        for code, share in (("look_ups", counted.rate), ("verified", counted.verified))
    )
    return scope.lines(rows)


async def services(session: AsyncSession, scope: FigureScope) -> list[FigureLine]:
    """Give services on the portal and online; the catalogue is one for all units."""
    if scope.by is not Grouping.TOTAL:
        return []
    return [
        FigureLine(FIGURES[row.figure], row.group, row.numerator, row.denominator, None, scope.today)
        for row in await report_services(session)
    ]


async def dossiers(session: AsyncSession, scope: FigureScope) -> list[FigureLine]:
    """Give what is counted of dossiers; online filing and digitisation by level of unit as well.

    A year of counts may have a million rows, so they are gone through once: a unit has one level.
    """
    in_all = scope.by is Grouping.TOTAL
    counts = DossierCountRepository(session, within=scope.path)
    groups = await counts.sums(_OF_DOSSIERS, scope.period, Grouping.LEVEL if in_all else scope.by)
    shown = [CountedGroup(_ALL_TOGETHER, together(one.counts for one in groups))] if in_all else groups
    rows: list[FigureRow] = []
    for report in _OF_DOSSIERS:
        also = groups if in_all and report in _BY_LEVEL else []
        rows += [row for one in (*shown, *also) for row in figures_of(report, one.group, one.counts)]
    filed = [
        scope.line(FIGURES["filed"], row.group, row.denominator, None)
        for row in rows
        if row.figure == "filed_online"
    ]
    return filed + scope.lines(rows)


async def steps(session: AsyncSession, scope: FigureScope) -> list[FigureLine]:
    """Give who has which step at the end of the period, of those who are eligible."""
    on = scope.last if scope.last < scope.today else None
    report = await read_coverage(session, path=scope.path, today=scope.today, on=on)
    figures = {step.code: figure_of_step(step) for step in await list_steps(session)}
    rows = report.totals if scope.by is Grouping.TOTAL else report.units
    return [_covered(figures[row.step], row, scope) for row in rows if row.done or row.eligible is not None]


async def helped(session: AsyncSession, scope: FigureScope) -> list[FigureLine]:
    """Give how many people were helped for the first time."""
    if scope.by is not Grouping.TOTAL:
        return []
    found = await count_helped(session, path=scope.path, today=scope.today, period=scope.period)
    return [scope.line(FIGURES["helped"], _ALL_TOGETHER, found.get("", 0), None)]


async def reported(session: AsyncSession, scope: FigureScope) -> list[FigureLine]:
    """Give the sums of what was reported."""
    if scope.by is not Grouping.TOTAL:
        return []
    sums = await sum_reported(session, path=scope.path, today=scope.today, period=scope.period)
    return [scope.line(FIGURES[one.figure], _ALL_TOGETHER, one.part, one.whole) for one in sums]


async def payouts(session: AsyncSession, scope: FigureScope) -> list[FigureLine]:
    """Give payouts without cash."""
    return scope.lines(await report_payouts(session, period=scope.period, within=scope.path, by=scope.by))


#: In the order of the report.
SOURCES: Final[tuple[Source, ...]] = (
    deliveries,
    look_ups,
    services,
    dossiers,
    steps,
    helped,
    reported,
    payouts,
)


def _delivered(scope: FigureScope, counts: DeliveryCounts) -> list[FigureLine]:
    falsely = counts.falsely_late
    parts: list[tuple[str, int, int | None]] = [
        ("received", counts.received, None),
        ("synced", counts.synced, counts.received),
        ("falsely_late", falsely, counts.received),
        ("really_late", counts.late, counts.late + falsely),
        *((f"falsely_late_{cause}", number, falsely) for cause, number in sorted(counts.causes.items())),
    ]
    return [scope.line(FIGURES[code], counts.group, part, whole) for code, part, whole in parts]


def _covered(figure: Figure, row: Coverage, scope: FigureScope) -> FigureLine:
    group = _ALL_TOGETHER if scope.by is Grouping.TOTAL else Group(row.unit_code, row.unit_name)
    target = None if row.target is None else (100 * row.target).quantize(_PER_CENT)
    return FigureLine(figure, group, row.done, row.eligible, None, scope.last, target)
