"""What follows from an outcome. Pure, so that every turn of it can be tested."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.core.domain.lookup.answer import Outcome, Result, Unavailable, Unknown, result_of


@dataclass(frozen=True, slots=True)
class LookUpPolicy:
    """Times in seconds; pauses double from `base` to `cap`."""

    base: float = 1.0
    cap: float = 900.0


@dataclass(frozen=True, slots=True)
class Settled:
    """The question is answered, or only a person can go on from here."""

    result: Result


@dataclass(frozen=True, slots=True)
class Again:
    """The question goes back into the queue."""

    pause: timedelta


Step = Settled | Again

_MOST_DOUBLINGS: Final = 20


def next_step(outcome: Outcome, *, attempt: int, policy: LookUpPolicy, jitter: float) -> Step:
    """Decide after the `attempt`-th question about the same thing; `jitter` is uniform in [0, 1).

    A failure is never kept as an answer, however long it lasts: only what the database said of the person
    settles a look-up, and what no repetition can mend.
    """
    match outcome:
        case Unavailable(retry_after=wanted):
            return Again(_pause(attempt, policy, jitter, wanted))
        case Unknown():
            return Again(_pause(attempt, policy, jitter, None))
        case _:
            return Settled(result_of(outcome))


def was_missed(outcome: Outcome) -> bool:
    """Tell whether the database gave no answer of use; such calls open the gate."""
    return isinstance(outcome, Unavailable | Unknown)


def _pause(attempt: int, policy: LookUpPolicy, jitter: float, wanted: timedelta | None) -> timedelta:
    seconds = min(policy.cap, policy.base * 2.0 ** min(max(attempt - 1, 0), _MOST_DOUBLINGS))
    spread = timedelta(seconds=seconds * (0.5 + 0.5 * jitter))
    return spread if wanted is None else max(spread, min(wanted, timedelta(seconds=policy.cap)))
