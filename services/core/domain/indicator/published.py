"""What the portal publishes of a unit's month, beside our own estimate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.core.domain.indicator.catalogue import Group
from services.core.domain.indicator.formula import Share
from services.core.domain.indicator.report import IndexReport

#: Codes of sums, which no indicator has.
TOTAL: Final = "TOTAL"


@dataclass(frozen=True, slots=True)
class Published:
    """What was shown, by code of the indicator; what is not in a mapping was not shown.

    Groups with a tree show counts and one sum, so their indicators have no points. `points` of `None` were
    shown as null.
    """

    shares: Mapping[str, Share]
    points: Mapping[str, Decimal | None]
    groups: Mapping[Group, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.groups.values(), Decimal(0))


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a difference; of a sum there are points only."""

    numerator: int | None
    denominator: int | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two do not agree: an indicator by its code, a group by its report, or `TOTAL`."""

    code: str
    ours: Side
    theirs: Side


def differences(report: IndexReport, published: Published) -> list[Difference]:
    """Compare what both show, to the last decimal: indicators first, then groups, then the total."""
    found = [*_of_indicators(report, published), *_of_groups(report, published)]
    if report.total.points != published.total:
        found.append(_of_sums(TOTAL, report.total.points, published.total))
    return found


def _of_indicators(report: IndexReport, published: Published) -> Iterator[Difference]:
    for line in report.lines:
        code = line.indicator.code
        theirs = published.shares.get(code)
        if theirs is None:
            continue
        points = published.points.get(code, line.points)
        ours = Side(line.share.numerator, line.share.denominator, line.points)
        portals = Side(theirs.numerator, theirs.denominator, points)
        if ours != portals:
            yield Difference(code, ours, portals)


def _of_groups(report: IndexReport, published: Published) -> Iterator[Difference]:
    for group, ours in report.groups.items():
        theirs = published.groups.get(group)
        if theirs is not None and theirs != ours.points:
            yield _of_sums(group.value, ours.points, theirs)


def _of_sums(code: str, ours: Decimal, theirs: Decimal) -> Difference:
    return Difference(code, Side(None, None, ours), Side(None, None, theirs))
