"""How many calls may be under way: all while the portal answers, one careful probe while it does not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PacePolicy:
    """After `closed_after` rounds in a row without success only one probe every `probe_seconds` is let by."""

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

    def ended(self, now: float, *, taken: int, turned_away: int) -> None:
        """Report a round by its calls; one without a call says nothing about the portal.

        A portal that does not answer, one that wants a login we do not have and one that asks for patience
        are all best left alone.
        """
        self._probing = False
        if turned_away and not taken:
            self._missed_in_a_row += 1
            self._next_probe_at = now + self._policy.probe_seconds
        elif taken:
            self._missed_in_a_row = 0
