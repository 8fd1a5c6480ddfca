"""Report look-ups of a period per unit or procedure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.lookup import LookUpFigures
from services.core.persistence.look_up_reports import LookUpReportRepository


class Grouping(StrEnum):
    """What a line of the report stands for."""

    UNIT = "unit"
    PROCEDURE = "procedure"


@dataclass(frozen=True, slots=True)
class LookUpReport:
    """Local days, both included; `total` adds the lines up."""

    first: date
    last: date
    by: Grouping
    total: LookUpFigures
    lines: Sequence[LookUpFigures]


async def report_look_ups(
    session: AsyncSession, *, first: date, last: date, within: str, by: Grouping
) -> LookUpReport:
    """Add up the daily counts of the units under the path `within`."""
    reports = LookUpReportRepository(session)
    read = reports.by_unit if by is Grouping.UNIT else reports.by_procedure
    lines = await read(first, last, within=within)
    return LookUpReport(first, last, by, _total(lines), lines)


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
