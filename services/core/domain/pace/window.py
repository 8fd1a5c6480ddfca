"""What one process has seen of one portal operation lately."""

from collections import deque
from typing import Final

from services.core.domain.outcome import LookUpOutcome, NotSent, Outcome, Unknown, was_missed

_SECONDS: Final = 30.0
_CALLS: Final = 20
_ENOUGH: Final = 10  #: fewer calls make no ratio
_BAD_SHARE: Final = 0.5
_WORST_SHARE: Final = 0.8  #: trips whatever is usual
_SLOW_SHARE: Final = 0.8
SLOW_SECONDS: Final = 8.0
#: Harm in a row that trips: three calls that did not get through, or five with an answer of no use.
_HARM_IN_A_ROW: Final = 5
#: A run that the usual losses explain no worse than so is no outage.
_CHANCE: Final = 0.01
_SMOOTHING: Final = 0.02  #: some fifty calls tell what is usual


class CallWindow:
    """Sliding window over the last calls; times are of any steady clock, in seconds.

    Calls with batches of fifty are few, so a run of failures counts besides the ratio. A portal that always
    loses a part of its answers would be given up for nothing again and again, so both are held against the
    losses between good answers.
    """

    def __init__(self) -> None:
        self._calls: deque[tuple[float, bool, bool]] = deque(maxlen=_CALLS)
        self._harm_in_a_row = 0
        self._run = 0
        self._usual_loss = 0.0

    def add(self, outcome: Outcome | LookUpOutcome, now: float, *, seconds: float) -> bool:
        """Take in a call that took `seconds`; say whether calls of this operation should stop.

        Refusals, logins and requests for patience come from a portal that works.
        """
        bad = was_missed(outcome)
        self._calls.append((now, bad, seconds >= SLOW_SECONDS))
        if bad:
            self._run += 1
            self._harm_in_a_row += _harm(outcome)
        else:
            self._end_run()
        while self._calls and self._calls[0][0] < now - _SECONDS:
            self._calls.popleft()
        if self._is_a_long_run() or self._too_many_bad_or_slow():
            self.clear()
            return True
        return False

    def clear(self) -> None:
        """Forget: what comes after an opening is judged afresh. What is usual was learned in better times."""
        self._calls.clear()
        self._harm_in_a_row = self._run = 0

    def _end_run(self) -> None:
        """Take the run, and the good answer that ends it, into what is usual."""
        for bad in (*[1.0] * self._run, 0.0):
            self._usual_loss += _SMOOTHING * (bad - self._usual_loss)
        self._harm_in_a_row = self._run = 0

    def _is_a_long_run(self) -> bool:
        return self._harm_in_a_row >= _HARM_IN_A_ROW and self._usual_loss**self._run <= _CHANCE

    def _too_many_bad_or_slow(self) -> bool:
        calls = len(self._calls)
        if calls < _ENOUGH:
            return False
        bad = sum(bad for _, bad, _ in self._calls)
        slow = sum(slow for _, _, slow in self._calls)
        unusual = min(_WORST_SHARE, max(_BAD_SHARE, 2 * self._usual_loss))
        return bad >= unusual * calls or slow >= _SLOW_SHARE * calls


def _harm(outcome: Outcome | LookUpOutcome) -> int:
    """Weigh a call that did not get through, or was not answered in time, twice an answer of no use."""
    return 2 if isinstance(outcome, NotSent) or (isinstance(outcome, Unknown) and outcome.lingering) else 1
