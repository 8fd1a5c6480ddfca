"""Virtual time, in seconds since the Unix epoch."""

from collections.abc import Callable
from heapq import heappop, heappush

Action = Callable[[], None]


class Timeline:
    """Runs actions at their moment; those of one moment in the order in which they were set."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._actions: list[tuple[float, int, Action]] = []
        self._set = 0

    def at(self, moment: float, action: Action) -> None:
        """Set an action; one whose moment has passed runs next."""
        self._set += 1
        heappush(self._actions, (max(moment, self.now), self._set, action))

    def run(self, until: float) -> None:
        """Live until nothing is left to do, or to the moment `until`."""
        while self._actions and self._actions[0][0] <= until:
            self.now, _, action = heappop(self._actions)
            action()
