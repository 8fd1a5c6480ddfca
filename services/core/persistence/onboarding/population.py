"""How many are eligible, and what share of them is aimed at: per unit, from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.coverage import PopulationRow
from services.core.persistence.onboarding.scope import SCOPE, scope_values

_SAVE_COUNTS: Final = text("""
INSERT INTO population_counts AS p (unit_id, population, valid_from, number, source)
SELECT r.* FROM jsonb_to_recordset(:rows) AS r(unit_id int, population text, valid_from date, number bigint,
    source text)
ORDER BY unit_id, population, valid_from
ON CONFLICT (unit_id, population, valid_from) DO UPDATE SET number = excluded.number,
    source = excluded.source, recorded_at = now()
WHERE (p.number, p.source) IS DISTINCT FROM (excluded.number, excluded.source)
""").bindparams(bindparam("rows", type_=JSONB))

_SAVE_TARGETS: Final = text("""
INSERT INTO onboarding_targets (unit_id, step, valid_from, share)
SELECT r.* FROM jsonb_to_recordset(:rows) AS r(unit_id int, step text, valid_from date, share numeric)
ORDER BY unit_id, step, valid_from
ON CONFLICT (unit_id, step, valid_from) DO UPDATE SET share = excluded.share
""").bindparams(bindparam("rows", type_=JSONB))

_COUNTS: Final = text(f"""{SCOPE}
SELECT DISTINCT ON (p.unit_id, p.population) p.unit_id, scope.shown_id, p.population, p.number, p.valid_from
FROM scope JOIN population_counts p ON p.unit_id = scope.id WHERE p.valid_from <= :on
ORDER BY p.unit_id, p.population, p.valid_from DESC
""")  # noqa: S608 - joins constants

_TARGETS: Final = text("""
SELECT DISTINCT ON (t.unit_id, t.step) t.unit_id, t.step, t.share
FROM onboarding_targets t WHERE t.valid_from <= :on ORDER BY t.unit_id, t.step, t.valid_from DESC
""")


@dataclass(frozen=True, slots=True)
class PopulationCount:
    """A count to be saved; `source` says who counted."""

    unit_id: int
    population: str
    valid_from: date
    number: int
    source: str


@dataclass(frozen=True, slots=True)
class Target:
    """A target to be saved; `share` is from 0 to 1."""

    unit_id: int
    step: str
    valid_from: date
    share: Decimal


class PopulationRepository:
    """Reads and writes counts and targets; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save_counts(self, counts: Sequence[PopulationCount]) -> None:
        """Save counts; a second one of a unit, population and day takes the place of the first."""
        rows = [
            {
                "unit_id": count.unit_id,
                "population": count.population,
                "valid_from": count.valid_from.isoformat(),
                "number": count.number,
                "source": count.source,
            }
            for count in counts
        ]
        await self._session.execute(_SAVE_COUNTS, {"rows": rows})

    async def save_targets(self, targets: Sequence[Target]) -> None:
        """Save targets in the same manner."""
        rows = [
            {
                "unit_id": target.unit_id,
                "step": target.step,
                "valid_from": target.valid_from.isoformat(),
                "share": str(target.share),
            }
            for target in targets
        ]
        await self._session.execute(_SAVE_TARGETS, {"rows": rows})

    async def counts(self, *, path: str, on: date) -> list[PopulationRow]:
        """Give the counts that hold on a day for the units that have figures under `path`."""
        rows = await self._session.execute(_COUNTS, scope_values(path, on))
        return [
            PopulationRow(row.unit_id, row.shown_id, row.population, row.number, row.valid_from)
            for row in rows
        ]

    async def targets(self, *, on: date) -> dict[tuple[int, str], Decimal]:
        """Give the targets that hold on a day, by unit and step."""
        rows = await self._session.execute(_TARGETS, {"on": on})
        return {(row.unit_id, row.step): row.share for row in rows}
