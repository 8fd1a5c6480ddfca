"""What one worker process may ask of the portal now, and what it learns from the answers.

The circuit breakers are shared through the database, so that all workers together send one probe; how many
calls are under way, and how many of them are retries, each process watches for itself.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.core.domain.delivery import Operation
from services.core.domain.order import claim_size, time_to_save
from services.core.domain.outcome import AuthRefused, LookUpOutcome, Outcome, Throttled, was_missed
from services.core.domain.pace import (
    CallWindow,
    ConcurrencyLimit,
    Gate,
    GatePolicy,
    RetryBudget,
    answered,
    held,
    may_call,
    needs_probe,
    probed,
    tripped,
)
from services.core.persistence.engine import Sessions
from services.core.persistence.gates import GateRepository, Gates

log = structlog.get_logger()

#: Another worker's opening is heeded within this time; a probe in any case goes through the database.
FRESH_SECONDS: Final = 0.5
_CALLS: Final = frozenset(Operation) - {Operation.LOGIN}
_PUSHES: Final = (Operation.CREATE, Operation.UPDATE, Operation.PROGRESS)


@dataclass(frozen=True, slots=True)
class Leave:
    """Permission for one round.

    `first` are the operations with which the work on a claimed dossier may begin, `calls` those that the
    round may make at all. A probe is one dossier and one call.
    """

    first: frozenset[Operation] = _CALLS
    calls: frozenset[Operation] = _CALLS
    retries: bool = True
    is_probe: bool = False
    asks: bool = False


UNLIMITED: Final = Leave()


@dataclass(slots=True)
class _News:
    """What a call means for the gates, not yet in the database."""

    operation: Operation
    outcome: Outcome | LookUpOutcome
    trips: bool
    was_probe: bool


@dataclass(slots=True)
class Pacing:
    """Shared by the delivery lanes of one process. `jitter` gives uniform numbers in [0, 1)."""

    sessions: Sessions
    policy: GatePolicy
    limit: ConcurrencyLimit
    jitter: Callable[[], float]
    budget: RetryBudget = field(default_factory=RetryBudget)
    _rounds: int = 0
    _windows: dict[Operation, CallWindow] = field(
        default_factory=lambda: {operation: CallWindow() for operation in Operation}
    )
    _gates: Gates | None = None
    _read_at: float = float("-inf")
    _news: list[_News] = field(default_factory=list)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def leave(self, *, asking: bool = False) -> Leave | None:
        """Ask for leave to claim; `asking` for the lane that is reserved for look-ups.

        `None` while enough is under way, or while nothing may be called.
        """
        gates = await self._fresh()
        now = gates.now + timedelta(seconds=time.monotonic() - self._read_at)
        if any(needs_probe(gate, now) for gate in gates.by_operation.values()) and (
            probe := await self._take_probe()
        ):
            return probe
        allowed = _allowed(gates.by_operation, now)
        if asking:
            first = allowed & {Operation.LOOK_UP}
            return Leave(first, allowed, asks=True) if first else None
        if not allowed or self._rounds >= self.limit.calls:
            return None
        return Leave(allowed, allowed, retries=self.budget.allows_retry(time.monotonic()))

    def note(
        self,
        operation: Operation,
        outcome: Outcome | LookUpOutcome,
        *,
        seconds: float,
        retry: bool,
        was_probe: bool,
    ) -> None:
        """Take in a call; `retry` if all it carried had been tried before."""
        now = time.monotonic()
        trips = self._windows[operation].add(outcome, now, seconds=seconds)
        if operation in _PUSHES:
            self._note_push(outcome, now, seconds=seconds, retry=retry)
        patience = isinstance(outcome, Throttled | AuthRefused)
        if trips or was_probe or patience or self._is_open:
            self._news.append(_News(operation, outcome, trips, was_probe))

    @property
    def reach(self) -> timedelta:
        """Give the time within which a flag cannot be averted any more."""
        return time_to_save(self.limit.usual_seconds)

    def claim_size(self, *, per_call: int, at_most: int) -> int:
        """Say how many dossiers a round may carry at the portal's present speed."""
        return claim_size(per_call=per_call, at_most=at_most, call_seconds=self.limit.usual_seconds)

    @contextmanager
    def round(self, leave: Leave) -> Iterator[None]:
        """Count a round as under way; look-ups have a lane of their own beside the limit."""
        self._rounds += not leave.asks
        try:
            yield
        finally:
            self._rounds -= not leave.asks

    async def report(self, leave: Leave) -> None:
        """Bring to the shared gates what the calls since the last report mean for them."""
        if not self._news and not leave.is_probe:
            return
        news, self._news = self._news, []
        async with self.sessions.begin() as session:
            gates = GateRepository(session)
            before = await gates.lock()
            after = dict(before.by_operation)
            for one in news:
                self._apply(one, after, before.now)
            if leave.is_probe:
                made = any(one.was_probe for one in news)
                _put_back(leave.first, after, before.now, self.policy, made=made)
            await gates.save(before, after)
        self._keep(Gates(before.now, after))

    @property
    def _is_open(self) -> bool:
        return self._gates is not None and any(gate.is_open for gate in self._gates.by_operation.values())

    def _note_push(
        self, outcome: Outcome | LookUpOutcome, now: float, *, seconds: float, retry: bool
    ) -> None:
        missed = was_missed(outcome)
        self.budget.note(retry=retry, good=not missed, answered=not missed)
        if missed or isinstance(outcome, Throttled):
            self.limit.distressed(now, seconds=seconds)
        else:
            self.limit.succeeded(now, seconds=seconds, in_flight=self._rounds)

    def _apply(self, news: _News, gates: dict[Operation, Gate], now: datetime) -> None:
        operation, outcome = news.operation, news.outcome
        gate = gates[operation]
        if isinstance(outcome, AuthRefused):
            gates[Operation.LOGIN] = held(gates[Operation.LOGIN], now, self.policy, wanted=None)
        elif isinstance(outcome, Throttled):
            gate = held(gate, now, self.policy, wanted=outcome.retry_after)
        good = not was_missed(outcome)
        if news.was_probe:
            gate = probed(gate, now, self.policy, good=good, jitter=self.jitter())
        elif news.trips:
            gate = tripped(gate, now, self.policy, jitter=self.jitter())
        gates[operation] = gate
        if not news.was_probe:
            return
        # One probe speaks for all gates that are open.
        for other, its in gates.items():
            if other is not operation and its.is_open:
                gates[other] = answered(its, now) if good else _not_before(its, gate)

    async def _fresh(self) -> Gates:
        async with self._lock:
            if self._gates is None or time.monotonic() - self._read_at >= FRESH_SECONDS:
                async with self.sessions.begin() as session:
                    self._keep(await GateRepository(session).load())
            assert self._gates is not None  # noqa: S101 - just read
            return self._gates

    async def _take_probe(self) -> Leave | None:
        """Take all probes that are due, as one: whatever dossier is found makes the call."""
        async with self.sessions.begin() as session:
            gates = GateRepository(session)
            before = await gates.lock()
            due = {op for op, gate in before.by_operation.items() if needs_probe(gate, before.now)}
            until = before.now + timedelta(seconds=self.policy.probe_seconds)
            taken = {op: replace(before.by_operation[op], probe_until=until) for op in due}
            await gates.save(before, taken)
        self._keep(Gates(before.now, {**before.by_operation, **taken}))
        return Leave(frozenset(due), frozenset(due), is_probe=True) if due else None

    def _keep(self, gates: Gates) -> None:
        """Remember, say what has changed, and begin slowly with a portal that is back."""
        known = self._gates.by_operation if self._gates else {}
        self._gates, self._read_at = gates, time.monotonic()
        for operation, gate in gates.by_operation.items():
            was_open = operation in known and known[operation].is_open
            if gate.is_open and not was_open:
                log.warning("portal.gate_open", operation=operation.value, openings=gate.openings)
            elif was_open and not gate.is_open:
                log.warning("portal.gate_closed", operation=operation.value)
                if operation in _PUSHES:
                    self.limit.restart()


def _allowed(gates: Mapping[Operation, Gate], now: datetime) -> frozenset[Operation]:
    if not may_call(gates[Operation.LOGIN], now):
        return frozenset()
    return frozenset(operation for operation in _CALLS if may_call(gates[operation], now))


def _not_before(gate: Gate, other: Gate) -> Gate:
    """Let an open gate wait as long as one whose probe has just failed."""
    if gate.open_until is None or other.open_until is None or gate.open_until >= other.open_until:
        return gate
    return replace(gate, open_until=other.open_until)


def _put_back(
    probes: frozenset[Operation],
    gates: dict[Operation, Gate],
    now: datetime,
    policy: GatePolicy,
    *,
    made: bool,
) -> None:
    """Give back the probes that were taken and not used: one was `made` for all, or no dossier wanted any."""
    for operation in probes:
        gate = gates[operation]
        if gate.probe_until is None:
            continue
        later = gate.open_until if made else now + timedelta(seconds=policy.open_seconds)
        gates[operation] = replace(gate, probe_until=None, open_until=later)
