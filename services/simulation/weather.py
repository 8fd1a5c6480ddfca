"""When the portal is up, and what is wrong with it when it is not."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from random import Random
from typing import Final

from services.simulation.errors import InvalidScenario


class State(StrEnum):
    """How the portal answers in a window of time; outside all windows it is up."""

    UP = "up"
    DOWN = "down"  #: no connection: certainly nothing arrives
    HANG = "hang"  #: takes the call and never answers; nothing is stored
    ERROR = "error"  #: answers at once with a page that says nothing; nothing is stored
    SLOW = "slow"  #: does its work, so slowly that callers may give up before the answer
    BUSY = "busy"  #: asks for patience


#: A call under way is lost when one of these begins.
CUTTING: Final = frozenset({State.DOWN, State.HANG, State.ERROR})
#: No call begun in one of these is done.
REFUSING: Final = CUTTING | {State.BUSY}


@dataclass(frozen=True, slots=True)
class Window:
    """A time in one state, in seconds since the epoch."""

    begins_at: float
    ends_at: float
    state: State


@dataclass(frozen=True, slots=True)
class Climate:
    """Alternating good and bad times, drawn anew for each seed: mean lengths in seconds.

    Lengths follow a gamma distribution; `regularity` is its shape (1: exponential, larger: more even).
    """

    up_seconds: float
    bad_seconds: float
    states: dict[State, float]
    regularity: float = 1.0

    def draw(self, start: float, end: float, chance: Random) -> list[Window]:
        """Draw windows between two moments."""
        windows: list[Window] = []
        states, weights = list(self.states), list(self.states.values())
        moment = start + self._length(self.up_seconds, chance) * chance.random()
        while moment < end:
            ends_at = moment + self._length(self.bad_seconds, chance)
            windows.append(Window(moment, min(ends_at, end), chance.choices(states, weights)[0]))
            moment = ends_at + self._length(self.up_seconds, chance)
        return windows

    def _length(self, mean: float, chance: Random) -> float:
        return chance.gammavariate(self.regularity, mean / self.regularity)


class Forecast:
    """All windows of one run. Raises `InvalidScenario` where two of them overlap."""

    def __init__(self, windows: Iterable[Window]) -> None:
        self.windows: Sequence[Window] = sorted(windows, key=lambda window: window.begins_at)
        for earlier, later in zip(self.windows, self.windows[1:], strict=False):
            if later.begins_at < earlier.ends_at:
                raise InvalidScenario("outages", "các khoảng gián đoạn chồng nhau", "windows overlap")
        self._begins = [window.begins_at for window in self.windows]

    def state(self, moment: float) -> State:
        """Say how the portal answers at a moment."""
        window = self._at(moment)
        return State.UP if window is None else window.state

    def fault_within(self, start: float, end: float, states: AbstractSet[State] = CUTTING) -> Window | None:
        """Give the first window in one of these states that touches the time between two moments."""
        for index in range(max(0, bisect_right(self._begins, start) - 1), len(self.windows)):
            window = self.windows[index]
            if window.begins_at > end:
                return None
            if window.ends_at > start and window.state in states:
                return window
        return None

    def up_from(self, moment: float, seconds: float) -> float:
        """Give the earliest moment, not before `moment`, from which for so many seconds calls are taken."""
        while (window := self.fault_within(moment, moment + seconds, REFUSING)) is not None:
            moment = window.ends_at
        return moment

    def last_end(self) -> float:
        """Give the moment after which the portal stays up."""
        return self.windows[-1].ends_at if self.windows else -inf

    def _at(self, moment: float) -> Window | None:
        index = bisect_right(self._begins, moment) - 1
        if index < 0 or self.windows[index].ends_at <= moment:
            return None
        return self.windows[index]
