"""How many calls may be under way: all while the portal answers, one careful probe while it does not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PacePolicy:
    """`closed_after` missed rounds in a row count as an outage; then one probe every `probe_seconds`."""

    lanes: int
    closed_after: int = 2
    probe_seconds: float = 2.0


class Pace:
    """Shared by the delivery lanes of one process. Times are of any steady clock, in seconds."""

    def __init__(self, policy: PacePolicy) -> None:
        self._policy = policy
        self._missed_in_a_row = 0
        self._next_probe_at = 0.0
        self._probing = False

    @property
    def portal_is_down(self) -> bool:
        """Tell whether only probes are let through."""
        return self._missed_in_a_row >= self._policy.closed_after

    def may_start(self, now: float) -> bool:
        """Ask for leave to claim work; during an outage the leave is for one probe."""
        if not self.portal_is_down:
            return True
        if self._probing or now < self._next_probe_at:
            return False
        self._probing = True
        return True

    def ended(self, now: float, *, reached: int, missed: int) -> None:
        """Report a round; rounds without a call say nothing about the portal."""
        self._probing = False
        if missed and not reached:
            self._missed_in_a_row += 1
            self._next_probe_at = now + self._policy.probe_seconds
        elif reached:
            self._missed_in_a_row = 0
