"""Counts of dossiers by period and group, from a row per month or day, unit and procedure."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import DossierCounts, Group, Grouping, Period, Report
from services.core.persistence.planning import plan_for_values
from services.core.persistence.subtree import UNDER

#: Dossiers under procedures that are known to end without a paper have no result to digitise.
_OF_PAPERS: Final = {"finished", "digitised_results"}


def _sum(name: str) -> str:
    only = " FILTER (WHERE p.yields_paper IS NOT FALSE)" if name in _OF_PAPERS else ""
    return f"coalesce(sum(n.{name}){only}, 0)::bigint AS {name}"


def sums_of(names: Iterable[str]) -> str:
    """Give the columns that add counts up; wants them as `n` and their procedures as `p`."""
    return ", ".join(_sum(name) for name in names)


_KEYS: Final = {
    Grouping.TOTAL: "''",
    Grouping.UNIT: "u.code",
    Grouping.PROCEDURE: "p.code",
    Grouping.LEVEL: "u.level",
    Grouping.SERVICE_LEVEL: "p.service_level",
}
_NAMES: Final = {Grouping.UNIT: "u.name", Grouping.PROCEDURE: "p.name"}


#: Whole months, and days where the period holds but a part of one: a year of days may have a million rows.
_PARTS: Final = (
    "dossier_months WHERE month >= :begin AND month < :ended",
    "dossier_days WHERE day >= :first AND day < :begin",
    "dossier_days WHERE day >= :ended AND day < :end",
)


@cache
def _statement(names: tuple[str, ...], grouping: Grouping) -> TextClause:
    """Add up what is needed and no more; without groups there is a row even of nothing."""
    columns = ", ".join(("unit_id", "procedure_code", *names))
    parts = " UNION ALL ".join(
        f"SELECT {columns} FROM {part} AND unit_id = {UNDER}"  # noqa: S608 - joins constants of this file
        for part in _PARTS
    )
    return text(f"""
        SELECT {_KEYS[grouping]} AS key, {_NAMES.get(grouping, "''")} AS name,
            {sums_of(names)}
        FROM ({parts}) n JOIN units u ON u.id = n.unit_id JOIN procedures p ON p.code = n.procedure_code
        {"" if grouping is Grouping.TOTAL else "GROUP BY 1, 2 ORDER BY 1"}
    """)  # noqa: S608 - joins constants of this file


@dataclass(frozen=True, slots=True)
class CountedGroup:
    """The counts of one group that the reports need; the others are 0.

    `finished` leaves out what is known to end without a paper.
    """

    group: Group
    counts: DossierCounts


class DossierCountRepository:
    """Reads the counts of the units under `within`; the database keeps them itself."""

    def __init__(self, session: AsyncSession, *, within: str) -> None:
        self._session = session
        self._within = within

    async def sums(self, reports: Iterable[Report], period: Period, grouping: Grouping) -> list[CountedGroup]:
        """Add up once what all these reports need of a period, in the order of the groups' keys."""
        names = tuple(dict.fromkeys(name for report in reports for name in report.counts))
        begin, ended = period.whole_months
        values = {
            "first": period.first,
            "begin": begin,
            "ended": ended,
            "end": period.end,
            "within": self._within,
        }
        await plan_for_values(self._session)
        rows = await self._session.execute(_statement(names, grouping), values)
        return [CountedGroup(Group(row.key, row.name), counts_of(row, names)) for row in rows]


def counts_of(row: Row[Any], names: Iterable[str]) -> DossierCounts:
    """Read sums by their names."""
    return DossierCounts(**{name: getattr(row, name) for name in names})
