"""Coverage as a picture: steps as bars with their targets, and units by steps as a map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.console import charts
from services.console.charts import Segment
from services.core.application.read_coverage import CoverageReport
from services.core.domain.onboarding.coverage import Coverage
from services.core.domain.onboarding.step import Step, Steps, funnel_of
from services.core.domain.wording import Bilingual

#: Of the target: from here on a unit is close to it.
_CLOSE: Final = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the asked unit with all below it."""

    name: Bilingual
    row: Coverage
    level: str
    bar: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class MapRow:
    """One unit; a cell for each column of the map, `None` where there is nothing to show."""

    code: str
    name: str
    cells: Sequence[tuple[Coverage, str] | None]


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """Units by the steps of the way."""

    columns: Sequence[Bilingual]
    rows: Sequence[MapRow]


def steps_of(report: CoverageReport, steps: Steps) -> list[StepRow]:
    """Show the totals of steps that anybody has taken or may take."""
    return [
        StepRow(name_of(steps[row.step]), row, level_of(row), _bar(row))
        for row in report.totals
        if row.done or row.eligible
    ]


def map_of(report: CoverageReport, steps: Steps) -> CoverageMap:
    """Show units by the steps of the way from the first to the last, in the order of their codes."""
    way = funnel_of(steps)
    cells: dict[str, dict[str, Coverage]] = {}
    for row in report.units:
        cells.setdefault(row.unit_code, {})[row.step] = row
    rows = [_map_row(found, way) for _, found in sorted(cells.items())]
    return CoverageMap([name_of(steps[code]) for code in way], [row for row in rows if any(row.cells)])


def name_of(step: Step) -> Bilingual:
    """Give the name of a step in both languages."""
    return Bilingual(step.name_vi, step.name_en)


def level_of(row: Coverage) -> str:
    """Rate a share against its target; what has no target or no eligible people is not rated."""
    if row.met is None or row.share is None or row.target is None:
        return "unmeasured"
    if row.met:
        return "good"
    return "watch" if row.share >= _CLOSE * row.target else "act"


def _map_row(found: Mapping[str, Coverage], way: Sequence[str]) -> MapRow:
    any_row = next(iter(found.values()))
    cells = [(found[code], level_of(found[code])) if code in found else None for code in way]
    return MapRow(any_row.unit_code, any_row.unit_name, cells)


def _bar(row: Coverage) -> list[Segment]:
    if row.share is None:
        return []
    filled = charts.bar([(level_of(row), min(float(row.share), 1.0))], of=1.0)
    if row.target is None:
        return filled
    at = min(float(row.target) * charts.WIDTH, charts.WIDTH - 1)
    return [*filled, Segment("mark", round(at, 2), 1.0)]
