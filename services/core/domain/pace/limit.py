"""How many calls one process may have under way: up by one while all is well, down by a third on distress."""

from dataclasses import dataclass
from typing import Final

_DECREASE: Final = 0.7
_WINDOW_CALLS: Final = 10  #: good calls for one more, once the start is over
_START_CALLS: Final = 5  #: good calls for twice as many, from one on, after a gate has closed
_SMOOTHING: Final = 0.1
_SLOWER: Final = 2.0  #: times the usual length of a call is distress
_RTT_FLOOR_SECONDS: Final = 0.5  #: below it, a portal that takes twice as long is still quick


@dataclass(slots=True)
class ConcurrencyLimit:
    """Additive increase, multiplicative decrease; times of any steady clock, in seconds.

    A window of calls at half the limit or more earns one more; a request for patience, a time-out or a call
    far slower than usual costs a third, at most once per length of a call. `ceiling` is what one weak server
    can be asked for at most.
    """

    ceiling: int
    start: int = 4
    limit: float = 0.0
    usual_seconds: float = 0.0
    _good: int = 0
    _cut_at: float = float("-inf")
    _starting: bool = False

    def __post_init__(self) -> None:
        self.limit = float(min(self.start, self.ceiling))

    @property
    def calls(self) -> int:
        """How many may be under way."""
        return max(1, int(self.limit))

    def succeeded(self, now: float, *, seconds: float, in_flight: int) -> None:
        """Take in a call that was answered after `seconds`, with `in_flight` under way when it began."""
        if self.usual_seconds and seconds > max(_RTT_FLOOR_SECONDS, _SLOWER * self.usual_seconds):
            self.distressed(now, seconds=seconds)
            self._learn(seconds)
            return
        self._learn(seconds)
        self._good += 1
        if self._starting and self._good >= _START_CALLS:
            self._good = 0
            self.limit = min(float(self.ceiling), self.limit * 2)
            self._starting = self.limit < min(self.start, self.ceiling)
        elif not self._starting and self._good >= _WINDOW_CALLS and in_flight * 2 >= self.calls:
            self._good = 0
            self.limit = min(float(self.ceiling), self.limit + 1)

    def distressed(self, now: float, *, seconds: float) -> None:
        """Take in a sign of overload; several within the length of one call are the same sign."""
        self._good = 0
        if now - self._cut_at < max(seconds, self.usual_seconds):
            return
        self._cut_at = now
        self.limit = max(1.0, self.limit * _DECREASE)

    def restart(self) -> None:
        """Begin with one call again: the portal has just come back, and everybody is waiting."""
        self.limit, self._good, self._starting = 1.0, 0, True

    def _learn(self, seconds: float) -> None:
        usual = self.usual_seconds or seconds
        self.usual_seconds = usual + _SMOOTHING * (seconds - usual)
