"""Points of one indicator of index 766 (portal-interface 6.4).

Reckoned in fractions and rounded once, half up, to the two decimals that the portal shows.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

_CENTS: Final = 100
_WHOLE: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of another. Both are `None` where the portal shows a ratio (0 to 1) and no counts."""

    numerator: int | None
    denominator: int | None
    given: Fraction | None = None

    @property
    def ratio(self) -> Fraction | None:
        """Divide; a share of nothing is unknown, not zero."""
        if self.numerator is None or self.denominator is None:
            return self.given
        return Fraction(self.numerator, self.denominator) if self.denominator else None


@dataclass(frozen=True, slots=True)
class Formula:
    """Points grow with the ratio and are full at `target`; `when_none` is scored without a denominator.

    `when_none` of `None` scores nothing, which a total counts as 0 while the maximum stays in it. With a
    maximum of 0 an indicator is shown and never scored.
    """

    maximum: int
    target: Fraction = _WHOLE
    when_none: int | None = None

    def points(self, share: Share) -> Fraction | None:
        """Score without rounding."""
        ratio = share.ratio
        if not self.maximum:
            return None
        if ratio is None:
            return None if self.when_none is None else Fraction(self.when_none)
        return min(Fraction(self.maximum), self.maximum * ratio / self.target)

    def missing(self, share: Share) -> int | None:
        """Tell how many more in the numerator win a further point, or what is left to the maximum.

        `None` where counting cannot help: nothing to count, no counts, or full already.
        """
        points = self.points(share)
        if points is None or share.numerator is None or not share.denominator or points >= self.maximum:
            return None
        goal = min(points + 1, Fraction(self.maximum))
        needed = ceil(goal * self.target * share.denominator / self.maximum)
        return needed - share.numerator


def rounded(number: Fraction) -> Decimal:
    """Round half up to two decimals."""
    return Decimal(floor(number * _CENTS + Fraction(1, 2))) / _CENTS


def per_cent(share: Share) -> Decimal | None:
    """Show a ratio as the portal does."""
    return None if share.ratio is None else rounded(100 * share.ratio)
