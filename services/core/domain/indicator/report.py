"""The index of one unit in one month: each indicator with what it won and lost, groups, and the total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.core.domain.indicator.catalogue import Basis, Group, Indicator
from services.core.domain.indicator.formula import Share, per_cent, rounded


@dataclass(frozen=True, slots=True)
class Scored:
    """An indicator with its counts. `points` of `None` is not 0: there was nothing to score."""

    indicator: Indicator
    share: Share

    @property
    def points(self) -> Decimal | None:
        exact = self.indicator.formula.points(self.share)
        return None if exact is None else rounded(exact)

    @property
    def lost(self) -> Decimal:
        """Give what the unit could still win; all of the maximum where nothing was scored."""
        return self.indicator.formula.maximum - (self.points or Decimal(0))

    @property
    def ratio(self) -> Decimal | None:
        """Give the ratio in per cent."""
        return per_cent(self.share)

    @property
    def missing(self) -> int | None:
        """Tell how many more dossiers or procedures win a further point."""
        return self.indicator.formula.missing(self.share)


@dataclass(frozen=True, slots=True)
class Sum:
    """Points out of a maximum; `ratio` in per cent."""

    points: Decimal
    maximum: int

    @property
    def ratio(self) -> Decimal | None:
        return rounded(100 * Fraction(self.points) / self.maximum) if self.maximum else None


@dataclass(frozen=True, slots=True)
class IndexReport:
    """All indicators of a unit, in the order in which the decision lists them."""

    lines: tuple[Scored, ...]

    @property
    def groups(self) -> dict[Group, Sum]:
        return {
            group: total_of([line for line in self.lines if line.indicator.group is group])
            for group in dict.fromkeys(line.indicator.group for line in self.lines)
        }

    @property
    def total(self) -> Sum:
        """Add up the groups as they are shown."""
        groups = self.groups.values()
        return Sum(sum((one.points for one in groups), Decimal(0)), sum(one.maximum for one in groups))

    @property
    def not_held(self) -> Sum:
        """Add up what was scored without knowing of any case."""
        return total_of([line for line in self.lines if line.indicator.basis is Basis.NOT_HELD])


def score(indicators: Sequence[Indicator], shares: Mapping[str, Share]) -> IndexReport:
    """Score each indicator by the share of its code."""
    return IndexReport(tuple(Scored(one, shares[one.code]) for one in indicators))


def total_of(lines: Sequence[Scored]) -> Sum:
    """Add up points as they are shown: captured totals come out so, and not from exact points."""
    points = sum((line.points or Decimal(0) for line in lines), Decimal(0))
    return Sum(points, sum(line.indicator.formula.maximum for line in lines))
