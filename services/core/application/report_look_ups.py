"""Report look-ups of a period per unit or procedure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import Grouping, Period
from services.core.domain.lookup import LookUpFigures
from services.core.persistence.look_up_reports import LookUpReportRepository

#: What a line of the report can stand for.
LookUpGrouping = Literal[Grouping.UNIT, Grouping.PROCEDURE]


@dataclass(frozen=True, slots=True)
class LookUpReport:
    """`total` adds the lines up."""

    period: Period
    by: LookUpGrouping
    total: LookUpFigures
    lines: Sequence[LookUpFigures]


async def report_look_ups(
    session: AsyncSession, *, period: Period, within: str, by: LookUpGrouping
) -> LookUpReport:
    """Add up the daily counts of the units under the path `within`."""
    reports = LookUpReportRepository(session)
    read = reports.by_unit if by is Grouping.UNIT else reports.by_procedure
    lines = await read(period, within=within)
    return LookUpReport(period, by, _total(lines), lines)


def _total(lines: Sequence[LookUpFigures]) -> LookUpFigures:
    return LookUpFigures(
        code="",
        name="",
        received=sum(line.received for line in lines),
        needed=sum(line.needed for line in lines),
        asked=sum(line.asked for line in lines),
        reused=sum(line.reused for line in lines),
        matched=sum(line.matched for line in lines),
        mismatched=sum(line.mismatched for line in lines),
        not_found=sum(line.not_found for line in lines),
        refused=sum(line.refused for line in lines),
    )
