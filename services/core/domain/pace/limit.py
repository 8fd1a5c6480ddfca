"""How much one process may have under way: more while all is well, a third less on distress."""

from dataclasses import dataclass, field
from typing import Final

from services.core.domain.pace.call_time import CallTime

_DECREASE: Final = 0.7
_WINDOW_CALLS: Final = 10  #: good calls for one more, once the start is over
_START_CALLS: Final = 5  #: good calls for twice as many, from one on, after a gate has closed
_START_DOSSIERS: Final = 5  #: in a round; twice as many when so many have got across
_PLENTY: Final = 500  #: no round carries more
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
    call_time: CallTime = field(default_factory=CallTime)
    _good: int = 0
    _cut_at: float = float("-inf")
    _starting: bool = False
    _dossiers: int | None = None
    _across: int = 0

    def __post_init__(self) -> None:
        self.limit = float(min(self.start, self.ceiling))

    @property
    def calls(self) -> int:
        """How many may be under way."""
        return max(1, int(self.limit))

    def dossiers(self, at_most: int) -> int:
        """Say how many dossiers a round may carry: few at first with a portal that has just come back.

        What is most urgent gets across first, and where the portal goes away again few are in doubt.
        """
        return at_most if self._dossiers is None else min(at_most, self._dossiers)

    def succeeded(self, now: float, *, seconds: float, in_flight: int, dossiers: int = 1) -> None:
        """Take in a call that was answered after `seconds`, with `in_flight` under way when it began."""
        usual = self.call_time.expected(dossiers)
        self.call_time.learn(dossiers, seconds)
        if usual and seconds > max(_RTT_FLOOR_SECONDS, _SLOWER * usual):
            self._cut(now, seconds)
            return
        self._fill(dossiers)
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
        self._cut(now, seconds)

    def asked_for_patience(self, now: float, *, seconds: float) -> None:
        """Take in that the portal wants fewer calls: begin with few dossiers when it takes them again."""
        self._cut(now, seconds)
        self._dossiers, self._across = _START_DOSSIERS, 0

    def restart(self) -> None:
        """Begin with one call again: the portal has just come back, and everybody is waiting."""
        self.limit, self._good, self._starting = 1.0, 0, True
        self._dossiers, self._across = _START_DOSSIERS, 0

    def _fill(self, dossiers: int) -> None:
        if self._dossiers is None:
            return
        self._across += dossiers
        if self._across >= self._dossiers:
            self._across = 0
            self._dossiers = self._dossiers * 2 if self._dossiers < _PLENTY else None

    def _cut(self, now: float, seconds: float) -> None:
        self._good = 0
        if now - self._cut_at < max(seconds, self.call_time.usual):
            return
        self._cut_at = now
        self.limit = max(1.0, self.limit * _DECREASE)
