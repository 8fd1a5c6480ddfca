"""The daily counts of look-ups, added up; history is never read."""

from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import Period
from services.core.domain.lookup import LookUpFigures

_COUNTS: Final = (
    "received", "needed", "asked", "reused", "matched", "mismatched", "not_found", "refused",
)  # fmt: skip
_SUMS: Final = ", ".join(f"sum(t.{name})::bigint AS {name}" for name in _COUNTS)

_OF_PERIOD: Final = "WHERE t.day BETWEEN :first AND :last AND starts_with(u.path, :within)"

_BY_UNIT: Final = text(f"""
SELECT u.code, u.name, {_SUMS} FROM look_up_days t JOIN units u ON u.id = t.unit_id
{_OF_PERIOD} GROUP BY u.code, u.name ORDER BY u.code
""")  # noqa: S608 - joins constants

# Questions without a dossier belong to no procedure.
_BY_PROCEDURE: Final = text(f"""
SELECT t.procedure_code AS code, coalesce(p.name, '') AS name, {_SUMS}
FROM look_up_days t JOIN units u ON u.id = t.unit_id LEFT JOIN procedures p ON p.code = t.procedure_code
{_OF_PERIOD} GROUP BY t.procedure_code, p.name ORDER BY t.procedure_code
""")  # noqa: S608 - as above


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

    async def _figures(self, statement: TextClause, period: Period, within: str) -> list[LookUpFigures]:
        values = {"first": period.first, "last": period.last, "within": within}
        rows = await self._session.execute(statement, values)
        return [LookUpFigures(**row) for row in rows.mappings()]
