"""When work may begin."""

from services.core.domain.delivery import Operation
from services.core.domain.pace import Pace, PacePolicy
from services.simulation.portal import Answer, Portal
from services.simulation.weather import Forecast


class OpenGate:
    """Always; every dossier waits for itself alone."""

    def wait(self, now: float) -> float:  # noqa: ARG002 - see Gate
        """Let everybody in."""
        return 0.0

    def size(self, most: int, now: float) -> int:  # noqa: ARG002 - see Gate
        """Fill every call."""
        return most

    def heard(self, operation: Operation, answer: Answer, now: float) -> None:
        """Learn nothing."""

    def ended(self, now: float, *, taken: int, turned_away: int) -> None:
        """Learn nothing."""


class WorkerGate:
    """The worker's own."""

    def __init__(self, lanes: int) -> None:
        self._policy = PacePolicy(lanes=lanes, probe_seconds=60.0)
        self._pace = Pace(self._policy)

    def wait(self, now: float) -> float:
        """Ask the domain."""
        return 0.0 if self._pace.may_start(now) else self._policy.probe_seconds

    def size(self, most: int, now: float) -> int:  # noqa: ARG002 - see Gate
        """Probe with one."""
        return 1 if self._pace.portal_is_down else most

    def heard(self, operation: Operation, answer: Answer, now: float) -> None:
        """Rounds are enough."""

    def ended(self, now: float, *, taken: int, turned_away: int) -> None:
        """Tell the domain."""
        self._pace.ended(now, taken=taken, turned_away=turned_away)


class KnowingGate:
    """Opens only for what will arrive."""

    def __init__(self, forecast: Forecast, portal: Portal, lanes: int) -> None:
        self._forecast = forecast
        self._portal = portal
        self._lanes = lanes

    def wait(self, now: float) -> float:
        """Wait for the next good time that is long enough for a body and its entries."""
        return self._forecast.up_from(now, self._needed(1)) - now

    def size(self, most: int, now: float) -> int:
        """Take as many as will get through before the next fault."""
        size = most
        while size > 1 and self._forecast.up_from(now, self._needed(size)) > now:
            size //= 2
        return size

    def heard(self, operation: Operation, answer: Answer, now: float) -> None:
        """Nothing is news."""

    def ended(self, now: float, *, taken: int, turned_away: int) -> None:
        """Nothing is news."""

    def _needed(self, dossiers: int) -> float:
        return 2 * self._lanes * self._portal.seconds_for(dossiers)
