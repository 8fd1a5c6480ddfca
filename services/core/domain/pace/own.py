"""What one worker process watches for itself: how much it has under way, and what it has heard."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.core.domain.delivery import Operation
from services.core.domain.order import claim_size, time_to_save
from services.core.domain.outcome import AuthRefused, LookUpOutcome, Outcome, Throttled, was_missed
from services.core.domain.pace.budget import RetryBudget
from services.core.domain.pace.leave import PUSHES, GatesByOperation, Leave, allowed
from services.core.domain.pace.limit import ConcurrencyLimit
from services.core.domain.pace.news import News
from services.core.domain.pace.window import CallWindow


@dataclass(slots=True)
class OwnPace:
    """Shared by the lanes of one process. `clock` is steady and in seconds.

    The worker keeps the gates in the database and the rehearsal in memory; both ask here for leave and tell
    of every call.
    """

    limit: ConcurrencyLimit
    clock: Callable[[], float]
    budget: RetryBudget = field(default_factory=RetryBudget)
    _rounds: int = 0
    _windows: dict[Operation, CallWindow] = field(
        default_factory=lambda: {operation: CallWindow() for operation in Operation}
    )

    def leave(self, gates: GatesByOperation, now: datetime, *, asking: bool) -> Leave | None:
        """Give leave for an ordinary round, or `None` while enough is under way or nothing may be called."""
        calls = allowed(gates, now)
        if asking:
            first = calls & {Operation.LOOK_UP}
            return Leave(first, calls, asks=True) if first else None
        if not calls or self._rounds >= self.limit.calls:
            return None
        return Leave(calls, calls, retries=self.budget.allows_retry(self.clock()))

    def begin(self, leave: Leave) -> None:
        """Count a round as under way."""
        self._rounds += leave.counts

    def end(self, leave: Leave) -> None:
        """Count a round as over."""
        self._rounds -= leave.counts

    def note(
        self,
        operation: Operation,
        outcome: Outcome | LookUpOutcome,
        *,
        seconds: float,
        dossiers: int,
        retry: bool,
        was_probe: bool,
    ) -> News:
        """Take in a call; `retry` if all of its `dossiers` had been tried before."""
        now = self.clock()
        trips = self._windows[operation].add(outcome, now, seconds=seconds)
        if operation in PUSHES:
            missed = was_missed(outcome)
            self.budget.note(retry=retry, good=not missed, answered=not missed)
            if missed:
                self.limit.distressed(now, seconds=seconds)
            elif isinstance(outcome, Throttled):
                self.limit.asked_for_patience(now, seconds=seconds)
            else:
                in_flight = self._rounds + was_probe
                self.limit.succeeded(now, seconds=seconds, in_flight=in_flight, dossiers=dossiers)
        return News(operation, outcome, trips, was_probe)

    def heard_of(self, before: GatesByOperation, after: GatesByOperation) -> None:
        """Begin slowly with a portal that takes pushes again."""
        if any(before[push].is_open and not after[push].is_open for push in PUSHES):
            self.limit.restart()

    def reach(self, dossiers: int) -> timedelta:
        """Give the time within which a flag cannot be averted any more, by calls that carry so many."""
        return time_to_save(self.limit.call_time.expected(dossiers))

    def claim_size(self, leave: Leave, *, per_call: int, at_most: int) -> int:
        """Say how many dossiers a round may carry at the portal's present speed."""
        if leave.is_probe:
            return 1
        seconds = self.limit.call_time.expected(per_call)
        return self.limit.dossiers(claim_size(per_call=per_call, at_most=at_most, call_seconds=seconds))


def concerns_gates(news: News, gates: GatesByOperation) -> bool:
    """Tell whether a call has to be brought to the gates at all: while all is well, none is."""
    patience = isinstance(news.outcome, Throttled | AuthRefused)
    return news.trips or news.was_probe or patience or any(gate.is_open for gate in gates.values())
