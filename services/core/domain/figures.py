"""Published figures: counts of a period, in groups, with the share that one has in the other."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from services.core.domain.errors import DomainError

_HUNDREDTH: Final = Decimal("0.01")


class Grouping(StrEnum):
    """By what a figure is broken down. `level` is that of the unit, `service_level` that of the procedure."""

    TOTAL = "total"
    UNIT = "unit"
    PROCEDURE = "procedure"
    LEVEL = "level"
    SERVICE_LEVEL = "service_level"


class GroupingNotKept(DomainError):
    """The figure is not kept by this; the facts say by what it is."""

    code = "grouping-not-kept"


class PeriodReversed(DomainError):
    """The period ends before it begins."""

    code = "period-reversed"


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Vietnam, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodReversed(pointer="/to")

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.last + timedelta(days=1)

    @property
    def whole_months(self) -> tuple[date, date]:
        """When the first whole month begins and when the last one has ended; both `end` if there is none."""
        begin = self.first if self.first.day == 1 else _next_month(self.first)
        ended = self.end.replace(day=1)
        return (begin, ended) if begin < ended else (self.end, self.end)


def year_so_far(first: date | None, last: date | None, *, today: date) -> Period:
    """Fill in what was left out: the year up to `last`, which is today; raises `PeriodReversed`."""
    end = last or today
    return Period(first or end.replace(month=1, day=1), end)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Group:
    """What the counts of a line are of. `key` is a code or a level, both empty for all together."""

    key: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One published figure of one group."""

    figure: str
    group: Group
    numerator: int
    denominator: int

    @property
    def share(self) -> Decimal | None:
        """Give the percentage; a share of nothing is unknown, not zero."""
        return percentage(self.numerator, self.denominator)


def percentage(numerator: int, denominator: int) -> Decimal | None:
    """Give per cent with two decimals, half up, as the figures are published."""
    if denominator == 0:
        return None
    return (Decimal(100 * numerator) / denominator).quantize(_HUNDREDTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class DossierCounts:
    """What is counted of dossiers, by the Vietnamese day on which they were filed.

    The names are those of the columns of `dossier_days`, `dossier_months` and `dossier_totals`, which the
    database keeps up to date with every change of a dossier.
    """

    dossiers: int = 0
    by_citizen: int = 0
    assisted: int = 0
    on_behalf: int = 0
    filed_at_desk: int = 0
    filed_online: int = 0
    filed_by_post: int = 0
    handed_over: int = 0
    handed_over_by_post: int = 0
    components: int = 0
    digitised_components: int = 0
    reused_components: int = 0
    finished: int = 0
    digitised_results: int = 0
    to_accept: int = 0
    accepted_in_time: int = 0
    accepted_late: int = 0
    known_values: int = 0
    values_asked_again: int = 0
    known_papers: int = 0
    papers_asked_again: int = 0
    fees: int = 0
    paid_fees: int = 0
    fees_paid_without_cash: int = 0
    fees_vnd: int = 0
    paid_vnd: int = 0
    paid_without_cash_vnd: int = 0


def together(counts: Iterable[DossierCounts]) -> DossierCounts:
    """Add groups up that have no dossier in common."""
    return DossierCounts(*(sum(column) for column in zip(*map(astuple, counts), strict=True)))


#: In the order of the columns.
COUNT_NAMES: Final = tuple(field.name for field in fields(DossierCounts))


class Report(StrEnum):
    """A theme on which figures are reported from the counts of dossiers."""

    FILING = "filing"
    CHANNELS = "channels"
    DIGITISATION = "digitisation"
    ASKED_AGAIN = "asked-again"
    PAYMENTS = "payments"
    ACCEPTANCE = "acceptance"

    @property
    def counts(self) -> tuple[str, ...]:
        """Name the counts that its figures are made of."""
        shares = REPORTS[self]
        return tuple(dict.fromkeys(name for share in shares for name in (share.part, share.whole)))


class Share(NamedTuple):
    """A figure by its name: which count is taken of which."""

    figure: str
    part: str
    whole: str


#: The figures of each report; `vnd` ones are sums in dong. Open filings count among those to be answered.
REPORTS: Final[Mapping[Report, tuple[Share, ...]]] = MappingProxyType(
    {
        Report.FILING: (
            Share("self", "by_citizen", "dossiers"),
            Share("assisted", "assisted", "dossiers"),
            Share("on_behalf", "on_behalf", "dossiers"),
        ),
        Report.CHANNELS: (
            Share("filed_online", "filed_online", "dossiers"),
            Share("filed_at_desk", "filed_at_desk", "dossiers"),
            Share("filed_by_post", "filed_by_post", "dossiers"),
            Share("returned_by_post", "handed_over_by_post", "handed_over"),
        ),
        Report.DIGITISATION: (
            Share("digitised_components", "digitised_components", "components"),
            Share("reused_components", "reused_components", "components"),
            Share("digitised_results", "digitised_results", "finished"),
        ),
        Report.ASKED_AGAIN: (
            Share("values_asked_again", "values_asked_again", "known_values"),
            Share("papers_asked_again", "papers_asked_again", "known_papers"),
        ),
        Report.PAYMENTS: (
            Share("paid_fees", "paid_fees", "fees"),
            Share("paid_without_cash", "fees_paid_without_cash", "paid_fees"),
            Share("paid_vnd", "paid_vnd", "fees_vnd"),
            Share("paid_without_cash_vnd", "paid_without_cash_vnd", "paid_vnd"),
        ),
        Report.ACCEPTANCE: (
            Share("accepted_in_time", "accepted_in_time", "to_accept"),
            Share("accepted_late", "accepted_late", "to_accept"),
        ),
    }
)


def figures_of(report: Report, group: Group, counts: DossierCounts) -> list[FigureRow]:
    """Give the figures of a report for one group."""
    return [
        FigureRow(share.figure, group, getattr(counts, share.part), getattr(counts, share.whole))
        for share in REPORTS[report]
    ]
