"""How far units have got with the steps, against those eligible and the target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.coverage import Coverage, Eligible, eligible_by_unit, together
from services.core.domain.onboarding.step import Step, Steps
from services.core.domain.onboarding.tally import Measure
from services.core.domain.policy import root_of
from services.core.persistence.onboarding.figures import FigureRepository, ShownUnit
from services.core.persistence.onboarding.population import PopulationRepository
from services.core.persistence.onboarding.steps import StepRepository


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """`totals` has the asked unit with all below it, `units` each unit for itself; one row a step."""

    on: date
    totals: Sequence[Coverage]
    units: Sequence[Coverage]


async def read_coverage(
    session: AsyncSession, *, path: str, today: date, on: date | None = None, step: str | None = None
) -> CoverageReport:
    """Count under the unit at `path` as things stand, or as they stood at the end of the day `on`."""
    day = on or today
    figures = FigureRepository(session, path=path, on=day)
    population = PopulationRepository(session)
    steps = await StepRepository(session).load()
    units = await figures.units()
    sums = await figures.sums([Measure.HELD], up_to_day=on is not None)
    board = _Board(
        steps={code: found for code, found in steps.items() if step in (None, code)},
        done={(row.shown_id, row.step): row.value for row in sums},
        eligible=eligible_by_unit(await population.counts(path=path, on=day)),
        targets=await population.targets(on=day),
    )
    root = next(unit for unit in units if unit.path == root_of(path))
    return CoverageReport(day, board.totals(root, units), board.rows(units))


@dataclass(frozen=True, slots=True)
class _Board:
    """What the rows are made of, by unit and step, or by unit and population."""

    steps: Steps
    done: Mapping[tuple[int, str], int]
    eligible: Mapping[tuple[int, str], Eligible]
    targets: Mapping[tuple[int, str], Decimal]

    def rows(self, units: Sequence[ShownUnit]) -> list[Coverage]:
        """Show each unit for itself, where there is anything to show."""
        return [
            self._row(unit, step, self.done.get((unit.id, step.code), 0), eligible)
            for unit in units
            for step in self.steps.values()
            if (eligible := self.eligible.get((unit.id, step.population)))
            or (unit.id, step.code) in self.done
        ]

    def totals(self, root: ShownUnit, units: Sequence[ShownUnit]) -> list[Coverage]:
        """Add up all units for the one that was asked for."""
        return [
            self._row(
                root,
                step,
                sum(self.done.get((unit.id, step.code), 0) for unit in units),
                self._eligible_in_all(root, step, units),
            )
            for step in self.steps.values()
        ]

    def _eligible_in_all(self, root: ShownUnit, step: Step, units: Sequence[ShownUnit]) -> Eligible | None:
        """Give the unit's own count, or the sum of all others; unknown if a unit that counts has none."""
        own = self.eligible.get((root.id, step.population))
        if own is not None:
            return own
        parts = [(unit, self.eligible.get((unit.id, step.population))) for unit in units]
        if any(part is None and self.done.get((unit.id, step.code)) for unit, part in parts):
            return None
        known = [part for _, part in parts if part is not None]
        return together(known) if known else None

    def _row(self, unit: ShownUnit, step: Step, done: int, eligible: Eligible | None) -> Coverage:
        return Coverage(
            unit_code=unit.code,
            unit_name=unit.name,
            step=step.code,
            done=done,
            eligible=None if eligible is None else eligible.number,
            counted_on=None if eligible is None else eligible.counted_on,
            target=self.targets.get((unit.id, step.code), step.target),
        )
