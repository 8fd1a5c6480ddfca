"""What is counted, per unit, day and step, and by what it is kept apart."""

from collections import Counter
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple


class Measure(StrEnum):
    """What a count is of. The first ones are events by outcome."""

    STARTED = "started"
    RESUMED = "resumed"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    COMPLETED = "completed"
    GIVEN_UP = "given_up"
    DEACTIVATED = "deactivated"
    TRIED = "tried"  #: subjects, on the day of their first event at the step
    HELD = "held"  #: subjects who have the step done: +1 when they get it, -1 when they lose it
    REACHED = "reached"  #: the same for the step and all before it on the way
    HELPED = "helped"  #: subjects, on the day when somebody first helped them
    TIMED = "timed"  #: completed attempts whose time is known
    SECONDS = "seconds"  #: their seconds


class Dimension(StrEnum):
    """By what counts of a measure are kept apart; `ALL` has one row with an empty label."""

    ALL = ""
    REASON = "reason"
    DEVICE = "device"
    PROVIDER = "provider"
    TEAM = "team"
    MODE = "mode"
    HELPER = "helper"
    LE = "le"


class TallyKey(NamedTuple):
    unit_id: int
    day: date
    step: str
    measure: Measure
    dimension: Dimension = Dimension.ALL
    label: str = ""


Tally = Counter[TallyKey]

#: Upper bounds of the times of attempts, in seconds; the last bucket is open.
BOUNDS: Final = (60, 300, 600, 1200, 1800, 3600)


def bucket_of(seconds: int) -> str:
    """Name the bucket that a time belongs into."""
    return next((str(bound) for bound in BOUNDS if seconds <= bound), "+Inf")


def difference(new: Tally, old: Tally) -> Tally:
    """Say what has to be added to `old` to make it `new`; keys that stay are left out."""
    changed = Counter(new)
    changed.subtract(old)
    return Counter({key: count for key, count in changed.items() if count})
