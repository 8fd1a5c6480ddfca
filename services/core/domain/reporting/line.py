"""A line of the report."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.core.domain.figures import Group, percentage
from services.core.domain.reporting.figure import Figure


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure of one group.

    `denominator` is `None` for a plain count, and where the whole is not known. `first` is `None` for a
    figure that shows how things stand on the day `last`. `target` is in per cent.
    """

    figure: Figure
    group: Group
    numerator: int
    denominator: int | None
    first: date | None
    last: date
    target: Decimal | None = None

    @property
    def share(self) -> Decimal | None:
        """Give per cent with two decimals, half up; a share of nothing is unknown, not zero."""
        return None if self.denominator is None else percentage(self.numerator, self.denominator)

    @property
    def met(self) -> bool | None:
        """Tell whether the target is reached, by the exact numbers."""
        if self.target is None or not self.denominator:
            return None
        return 100 * self.numerator >= self.target * self.denominator
