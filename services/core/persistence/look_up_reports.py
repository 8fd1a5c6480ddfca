"""The daily counts of look-ups, added up; history is never read."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import Period
from services.core.domain.lookup import LookUpFigures
from services.core.persistence.planning import plan_for_values
from services.core.persistence.subtree import UNDER

_COUNTS: Final = (
    "received", "needed", "asked", "reused", "matched", "mismatched", "not_found", "refused",
)  # fmt: skip
_NAMES: Final = ", ".join(_COUNTS)
_SUMS: Final = ", ".join(f"sum({name})::bigint AS {name}" for name in _COUNTS)


def _added_up(key: str) -> str:
    """Add up the days of a period by one column of their key."""
    return f"""
SELECT {key}, {_SUMS} FROM look_up_days
WHERE day BETWEEN :first AND :last AND unit_id = {UNDER} GROUP BY {key}
"""  # noqa: S608 - joins constants


_BY_UNIT: Final = text(f"""
SELECT u.code, u.name, {_NAMES} FROM ({_added_up("unit_id")}) t JOIN units u ON u.id = t.unit_id
ORDER BY u.code
""")  # noqa: S608 - joins constants

# Questions without a dossier belong to no procedure.
_BY_PROCEDURE: Final = text(f"""
SELECT t.procedure_code AS code, coalesce(p.name, '') AS name, {_NAMES}
FROM ({_added_up("procedure_code")}) t LEFT JOIN procedures p ON p.code = t.procedure_code
ORDER BY t.procedure_code
""")  # noqa: S608 - as above

_BY_DAY: Final = text(f"""
SELECT day::text AS code, '' AS name, {_NAMES} FROM ({_added_up("day")}) t ORDER BY day
""")  # noqa: S608 - as above

_WAITING: Final = text("""
SELECT count(*) AS number,
    greatest(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest_seconds
FROM look_ups WHERE state = 'pending'
""")

_WITHOUT_ACCOUNT: Final = text("""
SELECT u.code, u.name, count(*) AS number FROM look_ups l JOIN units u ON u.id = l.unit_id
WHERE l.refusal = 'no_account' GROUP BY u.code, u.name ORDER BY number DESC, u.code LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class WaitingLookUps:
    """Questions that have no answer yet; `oldest_seconds` is `None` if there are none."""

    number: int
    oldest_seconds: float | None


@dataclass(frozen=True, slots=True)
class UnitWithoutAccount:
    """A unit in whose name nobody can ask, and how many questions wait for that."""

    code: str
    name: str
    number: int


class LookUpReportRepository:
    """Adds up counts of a period; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_unit(self, period: Period, *, within: str) -> list[LookUpFigures]:
        """Give a line for each unit under `within` with any count."""
        return await self._figures(_BY_UNIT, period, within)

    async def by_procedure(self, period: Period, *, within: str) -> list[LookUpFigures]:
        """Give a line for each procedure with any count in the subtree."""
        return await self._figures(_BY_PROCEDURE, period, within)

    async def by_day(self, period: Period, *, within: str) -> list[LookUpFigures]:
        """Give a line for each day with any count in the subtree; its code is the day, `2026-11-21`."""
        return await self._figures(_BY_DAY, period, within)

    async def waiting(self) -> WaitingLookUps:
        """Count what waits for an answer, in all units."""
        row = (await self._session.execute(_WAITING)).one()
        return WaitingLookUps(row.number, row.oldest_seconds)

    async def without_account(self, *, limit: int) -> list[UnitWithoutAccount]:
        """Give up to `limit` units that cannot ask, those with the most questions first."""
        rows = await self._session.execute(_WITHOUT_ACCOUNT, {"limit": limit})
        return [UnitWithoutAccount(row.code, row.name, row.number) for row in rows]

    async def _figures(self, statement: TextClause, period: Period, within: str) -> list[LookUpFigures]:
        values = {"first": period.first, "last": period.last, "within": within}
        await plan_for_values(self._session)
        rows = await self._session.execute(statement, values)
        return [LookUpFigures(**row) for row in rows.mappings()]
