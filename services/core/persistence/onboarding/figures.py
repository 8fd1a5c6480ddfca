"""Figures from the running counts. None of these statements reads an event."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import Period
from services.core.domain.onboarding.stretch import stretches
from services.core.domain.onboarding.tally import Dimension, Measure
from services.core.persistence.onboarding.scope import SCOPE, scope_values

_TOTALS: Final = text(f"""{SCOPE}
SELECT scope.shown_id, t.step, t.measure, sum(t.value)::bigint AS value
FROM scope JOIN onboarding_totals t ON t.unit_id = scope.id
WHERE t.measure = ANY(CAST(:measures AS text[]))
GROUP BY scope.shown_id, t.step, t.measure
""")  # noqa: S608

# Days at the edges of a period come from the counts by day, what lies between from those by spans of days.
# `OFFSET 0` has each unit looked up by itself: the planner would go through all units for the sake of some.
_COUNTED: Final = f"""{SCOPE}, part AS (
    SELECT * FROM unnest(CAST(:spans AS int[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]))
        AS p (span, first, last)
), counted AS (
    SELECT scope.shown_id, t.* FROM scope CROSS JOIN part CROSS JOIN LATERAL (
        SELECT t.step, t.measure, t.dimension, t.label, t.value FROM onboarding_tallies t
        WHERE t.unit_id = scope.id AND t.day BETWEEN part.first AND part.last
            AND t.measure = ANY(CAST(:measures AS text[])) AND t.dimension = ANY(CAST(:dimensions AS text[]))
        OFFSET 0
    ) AS t WHERE part.span = 1
    UNION ALL
    SELECT scope.shown_id, t.* FROM scope CROSS JOIN part CROSS JOIN LATERAL (
        SELECT t.step, t.measure, t.dimension, t.label, t.value FROM onboarding_spans t
        WHERE t.unit_id = scope.id AND t.span = part.span AND t.day BETWEEN part.first AND part.last
            AND t.measure = ANY(CAST(:measures AS text[])) AND t.dimension = ANY(CAST(:dimensions AS text[]))
        OFFSET 0
    ) AS t WHERE part.span > 1
)
"""  # noqa: S608 - joins constants

_SUMS_OF_PERIOD: Final = text(f"""{_COUNTED}
SELECT shown_id, step, measure, sum(value)::bigint AS value FROM counted GROUP BY shown_id, step, measure
""")  # noqa: S608

_BREAKDOWN: Final = text(f"""{_COUNTED}
SELECT step, measure, dimension, label, sum(value)::bigint AS value FROM counted
WHERE (CAST(:step AS text) IS NULL OR step = :step) AND (CAST(:label AS text) IS NULL OR label = :label)
GROUP BY step, measure, dimension, label HAVING sum(value) <> 0
ORDER BY step, measure, dimension, value DESC, label
""").bindparams(bindparam("step", None), bindparam("label", None))  # noqa: S608

_BY_DAY: Final = text(f"""{SCOPE}
SELECT t.day, t.step, t.measure, sum(t.value)::bigint AS value
FROM scope JOIN onboarding_tallies t ON t.unit_id = scope.id
WHERE t.measure = ANY(CAST(:measures AS text[])) AND t.dimension = ''
    AND t.day BETWEEN :first AND :last AND (CAST(:step AS text) IS NULL OR t.step = :step)
GROUP BY t.day, t.step, t.measure HAVING sum(t.value) <> 0 ORDER BY t.day, t.step, t.measure
""")  # noqa: S608

_UNITS: Final = text(f"""{SCOPE}
SELECT DISTINCT u.id, u.code, u.name, u.path FROM scope JOIN units u ON u.id = scope.shown_id ORDER BY u.code
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class ShownUnit:
    id: int
    code: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class UnitSum:
    shown_id: int
    step: str
    measure: Measure
    value: int


@dataclass(frozen=True, slots=True)
class LabelSum:
    step: str
    measure: Measure
    dimension: Dimension
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class DaySum:
    day: date
    step: str
    measure: Measure
    value: int


class FigureRepository:
    """Reads the counts of the subtree under `path` with all that was merged into it by the day `on`."""

    def __init__(self, session: AsyncSession, *, path: str, on: date) -> None:
        self._session = session
        self._on = on
        self._scope = scope_values(path, on)

    async def units(self) -> list[ShownUnit]:
        """Give the units that have figures of their own."""
        rows = await self._session.execute(_UNITS, self._scope)
        return [ShownUnit(row.id, row.code, row.name, row.path) for row in rows]

    async def sums(self, measures: Collection[Measure], *, up_to_day: bool) -> list[UnitSum]:
        """Add up all days, or those up to the day of the scope."""
        values: dict[str, Any] = {"measures": list(measures)}
        statement = _TOTALS
        if up_to_day:
            statement = _SUMS_OF_PERIOD
            values |= {"dimensions": [Dimension.ALL], **_parts(Period(date.min, self._on))}
        rows = await self._session.execute(statement, self._scope | values)
        return [UnitSum(row.shown_id, row.step, Measure(row.measure), row.value) for row in rows]

    async def breakdown(
        self,
        measures: Collection[Measure],
        dimensions: Collection[Dimension],
        *,
        period: Period,
        step: str | None = None,
        label: str | None = None,
    ) -> list[LabelSum]:
        """Add up a period by label, largest first within each step, measure and dimension."""
        values = {"measures": list(measures), "dimensions": list(dimensions), "step": step, "label": label}
        rows = await self._session.execute(_BREAKDOWN, self._scope | values | _parts(period))
        return [
            LabelSum(row.step, Measure(row.measure), Dimension(row.dimension), row.label, row.value)
            for row in rows
        ]

    async def by_day(
        self, measures: Collection[Measure], *, period: Period, step: str | None
    ) -> list[DaySum]:
        """Add up each day of a period."""
        values = {"measures": list(measures), "first": period.first, "last": period.last, "step": step}
        rows = await self._session.execute(_BY_DAY, self._scope | values)
        return [DaySum(row.day, row.step, Measure(row.measure), row.value) for row in rows]


def _parts(period: Period) -> dict[str, Any]:
    cut = stretches(period)
    return {
        "spans": [stretch.span for stretch in cut],
        "firsts": [stretch.first for stretch in cut],
        "lasts": [stretch.last for stretch in cut],
    }
