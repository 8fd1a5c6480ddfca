"""Who is eligible, what is aimed at, and counts that others report, as they are sent."""

from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StrictInt

from services.api.schemas.onboarding import CodeWord
from services.api.schemas.onboarding_queries import Day
from services.api.schemas.parts import Body
from services.api.schemas.text import ShortLine
from services.core.application.report_counts import SentCount
from services.core.application.save_population import SentPopulation, SentTarget
from services.core.domain.onboarding.reported import ReportedCount, ReportedFigure
from services.core.persistence.onboarding.population import PopulationCount, Target

#: Stands in until the use case has found the unit.
_NO_UNIT: Final = 0

Number = Annotated[StrictInt, Field(ge=0, le=1_000_000_000)]


class PopulationCountIn(Body):
    """How many of a population (`adults_15`, `households`) a unit has from a day on; `source` counted."""

    unit_code: ShortLine
    population: CodeWord
    valid_from: Day
    number: Number
    source: ShortLine

    def to_domain(self) -> SentPopulation:
        """Give the use case's value."""
        count = PopulationCount(_NO_UNIT, self.population, self.valid_from, self.number, self.source)
        return SentPopulation(self.unit_code, count)


class PopulationCountsIn(Body):
    """A count of a unit, population and day takes the place of an earlier one."""

    counts: Annotated[list[PopulationCountIn], Field(min_length=1, max_length=1000)]


class TargetIn(Body):
    """The share from 0 to 1 that a unit is to reach, from a day on, in place of the step's own."""

    unit_code: ShortLine
    step: CodeWord
    valid_from: Day
    share: Annotated[float, Field(ge=0, le=1)]

    def to_domain(self) -> SentTarget:
        """Give the use case's value."""
        share = Decimal(str(self.share)).quantize(Decimal("0.0001"))
        return SentTarget(self.unit_code, Target(_NO_UNIT, self.step, self.valid_from, share))


class TargetsIn(Body):
    targets: Annotated[list[TargetIn], Field(min_length=1, max_length=1000)]


class ReportedCountIn(Body):
    """`part` of `whole` on one day; repeated under the same `id` it counts once."""

    id: UUID
    unit_code: ShortLine
    figure: ReportedFigure
    day: Day
    part: Number
    whole: Number | None = None
    source: ShortLine
    corrects: UUID | None = None

    def to_domain(self) -> SentCount:
        """Give the use case's value."""
        count = ReportedCount(
            self.id, _NO_UNIT, self.figure, self.day, self.part, self.whole, self.source, self.corrects
        )
        return SentCount(self.unit_code, count)


class ReportedCountsIn(Body):
    counts: Annotated[list[ReportedCountIn], Field(min_length=1, max_length=1000)]
