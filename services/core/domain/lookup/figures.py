"""Look-ups in figures: as published, and as they should be."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of another; of nothing there is no share."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """Give the share in per cent with two decimals, half up, as figures are published."""
        if self.denominator == 0:
            return None
        exact = Decimal(100 * self.numerator) / Decimal(self.denominator)
        return exact.quantize(_HUNDREDTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class LookUpFigures:
    """Counts of a period, of one unit or procedure; `code` is empty for all together.

    `asked` counts the questions that the database dealt with in the period, all others the dossiers received
    in it.
    """

    code: str
    name: str
    received: int = 0
    needed: int = 0
    asked: int = 0
    reused: int = 0
    matched: int = 0
    mismatched: int = 0
    not_found: int = 0
    refused: int = 0

    @property
    def pending(self) -> int:
        """Count the dossiers whose look-up waits for an answer."""
        return self.needed - self.matched - self.mismatched - self.not_found - self.refused

    @property
    def rate(self) -> Share:
        """Give look-ups per dossier received: the published figure."""
        return Share(self.asked, self.received)

    @property
    def verified(self) -> Share:
        """Give dossiers with a verified applicant out of those that need one: the figure that matters."""
        return Share(self.matched, self.needed)
