"""Ours: the pace of the sync worker, by the functions of the domain; the gates are kept in memory."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from services.core.domain.delivery import Operation
from services.core.domain.pace import (
    ConcurrencyLimit,
    Gate,
    GatePolicy,
    Leave,
    News,
    OwnPace,
    allowed,
    concerns_gates,
    due_probes,
    heed,
    is_urgent,
    probe_of,
    put_back,
)
from services.simulation.pacing import Heard, NextFlag
from services.simulation.round import WorkerTraits
from services.simulation.timeline import Timeline

#: The next look where nothing says when: the worker's poll.
_POLL_SECONDS: Final = 1.0


class WorkerPacing:
    """Stands where `core.application.pacing` stands: for one process, and without a database.

    A probe is taken only when a dossier waits for it, where the worker would look and give it back.
    """

    def __init__(
        self, policy: GatePolicy, own: OwnPace, *, traits: WorkerTraits, jitter: Callable[[], float]
    ) -> None:
        self._policy = policy
        self._own = own
        self._traits = traits
        self._jitter = jitter
        self._news: list[News] = []
        self._gates = {operation: Gate() for operation in Operation}

    def reach(self, size: int) -> timedelta:
        """Give the time within which a flag cannot be averted any more by a claim of this size."""
        return self._own.reach(min(size, self._traits.dossiers_per_call))

    def leave(self, now: float, wanted: AbstractSet[Operation]) -> Leave | float | None:
        """Give leave for a round or a probe."""
        at = datetime.fromtimestamp(now, UTC)
        due = due_probes(self._gates, at)
        if due & wanted:
            until = at + timedelta(seconds=self._policy.probe_seconds)
            self._gates.update({op: replace(self._gates[op], probe_until=until) for op in due})
            return probe_of(due)
        leave = self._own.leave(self._gates, at, asking=False)
        if leave is not None and leave.first & wanted:
            return leave
        return None if allowed(self._gates, at) & wanted else self._wait(at, wanted)

    def claim_size(self, leave: Leave, now: float) -> int:  # noqa: ARG002 - see Pacing
        """Do as the worker does."""
        return self._own.claim_size(
            leave, per_call=self._traits.dossiers_per_call, at_most=self._traits.dossiers_per_claim
        )

    def begin(self, leave: Leave) -> None:
        """Count a round as under way."""
        self._own.begin(leave)

    def note(self, operation: Operation, heard: Heard, *, dossiers: int, retry: bool, leave: Leave) -> None:
        """Take in a call."""
        news = self._own.note(
            operation,
            heard.answer,
            seconds=heard.seconds,
            dossiers=dossiers,
            retry=retry,
            was_probe=leave.is_probe,
        )
        if concerns_gates(news, self._gates):
            self._news.append(news)

    def end(self, leave: Leave, now: float, next_flag: NextFlag) -> None:
        """Count a round as over, and bring to the gates what its calls mean for them."""
        self._own.end(leave)
        if not self._news and not leave.is_probe:
            return
        news, self._news = self._news, []
        at = datetime.fromtimestamp(now, UTC)
        flag = next_flag(at + self._own.reach(1)) if leave.is_probe else None
        urgent = is_urgent(flag, at, self._policy)
        after = heed(self._gates, news, at, self._policy, jitter=self._jitter, urgent=urgent)
        if leave.is_probe:
            made = any(one.was_probe for one in news)
            after = put_back(after, leave.first, at, self._policy, made=made)
        self._own.heard_of(self._gates, after)
        self._gates = after

    def _wait(self, at: datetime, wanted: AbstractSet[Operation]) -> float:
        """Give the seconds until one of these operations may be let through."""
        moments = [
            moment
            for gate in (self._gates[operation] for operation in wanted)
            for moment in (gate.open_until, gate.held_until, gate.probe_until)
            if moment is not None and moment > at
        ]
        return (min(moments) - at).total_seconds() if moments else _POLL_SECONDS


def worker_pacing(traits: WorkerTraits, timeline: Timeline, jitter: Callable[[], float]) -> WorkerPacing:
    """Build it from the worker's settings, as the worker does."""
    policy = GatePolicy(
        open_seconds=traits.probe_seconds,
        open_cap_seconds=traits.probe_cap_seconds,
        probe_seconds=1.5 * traits.call_seconds,
    )
    own = OwnPace(ConcurrencyLimit(traits.calls_in_flight), lambda: timeline.now)
    return WorkerPacing(policy, own, traits=traits, jitter=jitter)
