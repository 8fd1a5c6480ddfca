"""How much is measured."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Size:
    """Seconds of load, after a warm-up, and rounds for taking in; a divisor for the dossiers to deliver."""

    warm_seconds: float
    seconds: float
    rounds: int
    fewer: int


#: Below four minutes on two cores.
FULL: Final = Size(warm_seconds=2, seconds=5, rounds=2, fewer=1)
#: Enough to see that everything works; the figures are worth little.
QUICK: Final = Size(warm_seconds=0.5, seconds=1, rounds=1, fewer=10)
