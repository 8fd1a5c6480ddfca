"""Published figures, as counted from what was stored."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, PlainSerializer

from services.api.schemas.answer import Answer
from services.api.schemas.instant import Day, Instant
from services.api.schemas.parts import Body
from services.core.domain.figures import FigureRow, Grouping, Period
from services.core.persistence.acceptance import UnansweredFiling


class CountedQuery(Body):
    """Whose counts, and of which days, both included."""

    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None
    unit: Annotated[str | None, Field(max_length=100, description="Code of a unit; its subtree counts")] = (
        None
    )


class ReportQuery(CountedQuery):
    """A period (both days included, by default this month so far), units, and what to break down by."""

    by: Grouping = Grouping.TOTAL

    def period(self, today: date) -> Period:
        """Give the days that are meant; raises `PeriodReversed`."""
        last = self.last or today
        return Period(self.first or last.replace(day=1), last)


class PayoutReportQuery(ReportQuery):
    """The same for one programme, or for all."""

    programme: Annotated[str | None, Field(max_length=255)] = None


#: Two decimals are exact enough for a number of JSON.
Share = Annotated[Decimal, PlainSerializer(float, return_type=float)]


class FigureOut(Answer):
    """One figure of one group. `share` is in per cent, half up, null where there is nothing to share."""

    figure: str
    group: str
    group_name: str
    numerator: int
    denominator: int
    share: Share | None

    @classmethod
    def of(cls, row: FigureRow) -> Self:
        """Show a figure."""
        return cls(
            figure=row.figure,
            group=row.group.key,
            group_name=row.group.name,
            numerator=row.numerator,
            denominator=row.denominator,
            share=row.share,
        )


class ReportOut(Answer):
    """Figures of dossiers filed, or payouts made, from `first` to `last`."""

    first: Day
    last: Day
    by: Grouping
    figures: list[FigureOut]


class ServicesOut(Answer):
    """Figures of the catalogue as it stands."""

    figures: list[FigureOut]


class UnansweredOut(Answer):
    """An online filing beyond its eight working hours; `minutes_overdue` counts every minute since."""

    id: UUID
    code: str
    unit_code: str
    procedure_code: str
    submitted_at: Instant
    acceptance_due_at: Instant
    minutes_overdue: int

    @classmethod
    def of(cls, filing: UnansweredFiling, now: datetime) -> Self:
        """Show a filing as of `now`."""
        return cls(
            id=filing.id,
            code=filing.code,
            unit_code=filing.unit_code,
            procedure_code=filing.procedure_code,
            submitted_at=filing.submitted_at,
            acceptance_due_at=filing.acceptance_due_at,
            minutes_overdue=(now - filing.acceptance_due_at) // timedelta(minutes=1),
        )


class OverdueOut(Answer):
    """The longest overdue first; `more` if the list was cut off."""

    items: list[UnansweredOut]
    more: bool
