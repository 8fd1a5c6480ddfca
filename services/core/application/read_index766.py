"""Read the live estimate of index 766: a unit, the dossiers that cost it points, units side by side."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.errors import DomainError
from services.core.domain.indicator import INDICATORS, Cost, IndexReport, index_of
from services.core.domain.policy import reach_of
from services.core.persistence.index_views import CostlyDossier, IndexUnit, IndexViewRepository, RankedUnit

#: The paths of all units begin so.
EVERYWHERE: Final = "/"


class UnknownIndicator(DomainError):
    """No indicator of the index has that code."""

    code = "unknown-indicator"


class IndicatorWithoutDossiers(DomainError):
    """The indicator counts procedures or petitions, so no dossier is to blame for its points."""

    code = "indicator-without-dossiers"


@dataclass(frozen=True, slots=True)
class UnitIndex:
    """A unit's month as it stands; `refreshed_at` is `None` while nothing has been counted yet."""

    unit: IndexUnit
    month: date
    refreshed_at: datetime | None
    report: IndexReport


async def read_index766(
    session: AsyncSession, *, unit: str | None, month: date, within: str = EVERYWHERE
) -> UnitIndex:
    """Score a unit, by default the topmost one that the caller sees; raises `UnknownUnit`."""
    views = IndexViewRepository(session)
    found = await views.find_unit(unit, within=within)
    counts = (await views.count([(found.id, month)]))[(found.id, month)]
    report = index_of(counts, await views.catalogue(), is_province=found.is_province)
    return UnitIndex(found, month, await views.refreshed_at(), report)


async def list_costly_dossiers(
    session: AsyncSession,
    *,
    unit: str | None,
    month: date,
    indicator: str,
    after: tuple[int, UUID] | None = None,
    limit: int,
    within: str = EVERYWHERE,
) -> tuple[list[CostlyDossier], tuple[int, UUID] | None]:
    """Give a page of dossiers that cost an indicator points, and where to go on; `None` after the last.

    Raises `UnknownUnit`, `UnknownIndicator` or `IndicatorWithoutDossiers`.
    """
    cost = _cost_of(indicator)
    views = IndexViewRepository(session)
    found = await views.find_unit(unit, within=within)
    page = await views.costly(month, cost, within=reach_of(found.path, within), after=after, limit=limit + 1)
    return page[:limit], page[limit - 1].place if len(page) > limit else None


async def rank_units(
    session: AsyncSession, *, month: date, within: str = EVERYWHERE, limit: int
) -> list[RankedUnit]:
    """Give the units with the most points of a month, best first."""
    return await IndexViewRepository(session).rank(month, within=within, limit=limit)


def _cost_of(code: str) -> Cost:
    if code not in INDICATORS:
        raise UnknownIndicator(pointer="/indicator")
    cost = INDICATORS[code].cost
    if cost is None:
        raise IndicatorWithoutDossiers(pointer="/indicator", indicator=code)
    return cost
