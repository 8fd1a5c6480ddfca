"""What the portal takes per minute, from what it has taken of late."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: So many minutes make a pace: shorter ones are chance, longer ones the past.
WINDOW_MINUTES: Final = 10
#: Fewer since the portal came back tell nothing yet.
_FEWEST_MINUTES: Final = 3


@dataclass(frozen=True, slots=True)
class TakenLately:
    """Pushes that the portal has taken in each whole minute of the last day, the latest first.

    `since_return` are the minutes since the portal came back, `waiting` pushes that have waited for more than
    two minutes. `open` while only probes are let through to it.
    """

    minutes: Sequence[int]
    waiting: int
    open: bool
    since_return: float | None = None


def pace_now(lately: TakenLately) -> float | None:
    """Give pushes per minute.

    What the portal took while more was waiting is all that it could. While nothing waits it could take more
    than it is given; then the best of the day is what it has shown that it can. `None` if it never took any.
    """
    if lately.open:
        return 0.0
    best = _best(lately.minutes)
    if best == 0:
        return 0.0 if lately.waiting else None
    length = WINDOW_MINUTES if lately.since_return is None else min(WINDOW_MINUTES, int(lately.since_return))
    if length < _FEWEST_MINUTES:
        return best
    recent = sum(lately.minutes[:length]) / length
    return recent if lately.waiting > recent else best


def _best(minutes: Sequence[int]) -> float:
    """Give the best mean of ten minutes in a row; minutes before the first on record count as none."""
    most = taken = sum(minutes[:WINDOW_MINUTES])
    for minute in range(WINDOW_MINUTES, len(minutes)):
        taken += minutes[minute] - minutes[minute - WINDOW_MINUTES]
        most = max(most, taken)
    return most / WINDOW_MINUTES
