"""What onboarding figures and lists can be narrowed to."""

from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import Field

from services.api.schemas.onboarding import CodeWord
from services.api.schemas.parts import Body
from services.api.schemas.text import ShortLine
from services.core.domain.figures import Period, PeriodReversed
from services.core.domain.onboarding.attempt import UNENDED, AttemptState
from services.core.domain.onboarding.reason import Reason
from services.core.persistence.onboarding.attempts import AttemptFilter

_DAYS: Final = 30

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
UnitCode = Annotated[
    str | None,
    Field(max_length=100, description="Code of a unit; its subtree and what was merged into it count"),
]


class UnitQuery(Body):
    unit: UnitCode = None


class StandQuery(UnitQuery):
    """As things stand, or stood at the end of the local day `on`."""

    on: Day | None = None


class CoverageQuery(StandQuery):
    step: CodeWord | None = None


class PeriodQuery(UnitQuery):
    """Local days, both included; without them the last thirty."""

    first: Day | None = None
    last: Day | None = None

    def period(self, today: date) -> Period:
        """Fill in what was left out; raises `PeriodReversed`."""
        last = self.last or today
        first = self.first or last - timedelta(days=_DAYS - 1)
        if last < first:
            raise PeriodReversed(pointer="/last")
        return Period(first, last)


class StepPeriodQuery(PeriodQuery):
    step: CodeWord | None = None


class TeamQuery(PeriodQuery):
    team: ShortLine | None = None


class AttemptQuery(UnitQuery):
    """Attempts that wait for somebody: those for which all that is given holds."""

    state: AttemptState | None = None
    team: ShortLine | None = None
    step: CodeWord | None = None
    reason: Reason | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=400, description="`next_cursor` of the page before")] = (
        None
    )

    def to_domain(self, path: str, today: date) -> AttemptFilter:
        """Give the filter over the units under `path`; attempts that have ended are never listed."""
        states = [state for state in UNENDED if self.state in (None, state)]
        return AttemptFilter(path, today, states, self.team, self.step, self.reason)
