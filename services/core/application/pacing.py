"""What one worker process may ask of the portal now, and what it learns from the answers.

The rules are the domain's (`core.domain.pace`). Here the circuit breakers are shared through the database, so
that all workers together send one probe.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Operation
from services.core.domain.outcome import LookUpOutcome, Outcome
from services.core.domain.pace import (
    ConcurrencyLimit,
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
from services.core.persistence.deliveries import DeliveryRepository
from services.core.persistence.engine import Sessions
from services.core.persistence.gates import GateRepository, Gates

log = structlog.get_logger()

#: Another worker's opening is heeded within this time; a probe in any case goes through the database.
FRESH_SECONDS: Final = 0.5


@dataclass(slots=True)
class Pacing:
    """Shared by the delivery lanes of one process. `jitter` gives uniform numbers in [0, 1)."""

    sessions: Sessions
    policy: GatePolicy
    limit: ConcurrencyLimit
    jitter: Callable[[], float]
    _own: OwnPace = field(init=False)
    _gates: Gates | None = None
    _read_at: float = float("-inf")
    _news: list[News] = field(default_factory=list)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._own = OwnPace(self.limit, time.monotonic)

    @property
    def retry_tokens(self) -> float:
        """Give what is left of the budget for retries."""
        return self._own.budget.tokens

    async def leave(self, *, asking: bool = False) -> Leave | None:
        """Ask for leave to claim; `asking` for the lane that is reserved for look-ups.

        `None` while enough is under way, or while nothing may be called.
        """
        gates = await self._fresh()
        now = gates.now + timedelta(seconds=time.monotonic() - self._read_at)
        if due_probes(gates.by_operation, now) and (probe := await self._take_probe()):
            return probe
        return self._own.leave(gates.by_operation, now, asking=asking)

    async def allows(self, operation: Operation) -> bool:
        """Tell whether an ordinary call may be made beside the rounds."""
        gates = await self._fresh()
        now = gates.now + timedelta(seconds=time.monotonic() - self._read_at)
        return operation in allowed(gates.by_operation, now)

    def note(
        self,
        operation: Operation,
        outcome: Outcome | LookUpOutcome,
        *,
        seconds: float,
        dossiers: int,
        retry: bool,
        was_probe: bool,
    ) -> None:
        """Take in a call; `retry` if all of its `dossiers` had been tried before."""
        news = self._own.note(
            operation, outcome, seconds=seconds, dossiers=dossiers, retry=retry, was_probe=was_probe
        )
        if concerns_gates(news, self._gates.by_operation if self._gates else {}):
            self._news.append(news)

    def reach(self, dossiers: int) -> timedelta:
        """Give the time within which a flag cannot be averted any more, by calls that carry so many."""
        return self._own.reach(dossiers)

    def claim_size(self, leave: Leave, *, per_call: int, at_most: int) -> int:
        """Say how many dossiers a round may carry at the portal's present speed."""
        return self._own.claim_size(leave, per_call=per_call, at_most=at_most)

    @contextmanager
    def round(self, leave: Leave) -> Iterator[None]:
        """Count a round as under way."""
        self._own.begin(leave)
        try:
            yield
        finally:
            self._own.end(leave)

    async def report(self, leave: Leave) -> None:
        """Bring to the shared gates what the calls since the last report mean for them."""
        if not self._news and not leave.is_probe:
            return
        news, self._news = self._news, []
        async with self.sessions.begin() as session:
            gates = GateRepository(session)
            before = await gates.lock()
            flag = await self._next_flag(session) if leave.is_probe else None
            urgent = is_urgent(flag, before.now, self.policy)
            after = heed(
                before.by_operation, news, before.now, self.policy, jitter=self.jitter, urgent=urgent
            )
            if leave.is_probe:
                made = any(one.was_probe for one in news)
                after = put_back(after, leave.first, before.now, self.policy, made=made)
            await gates.save(before, after)
        self._keep(Gates(before.now, after))

    async def _next_flag(self, session: AsyncSession) -> datetime | None:
        return await DeliveryRepository(session).next_flag(reach=self.reach(1))

    async def _fresh(self) -> Gates:
        async with self._lock:
            if self._gates is None or time.monotonic() - self._read_at >= FRESH_SECONDS:
                async with self.sessions.begin() as session:
                    self._keep(await GateRepository(session).load())
            assert self._gates is not None  # noqa: S101 - just read
            return self._gates

    async def _take_probe(self) -> Leave | None:
        """Take all probes that are due, as one."""
        async with self.sessions.begin() as session:
            gates = GateRepository(session)
            before = await gates.lock()
            due = due_probes(before.by_operation, before.now)
            until = before.now + timedelta(seconds=self.policy.probe_seconds)
            taken = {op: replace(before.by_operation[op], probe_until=until) for op in due}
            await gates.save(before, taken)
        self._keep(Gates(before.now, {**before.by_operation, **taken}))
        return probe_of(due) if due else None

    def _keep(self, gates: Gates) -> None:
        """Remember, and say what has changed."""
        before, self._gates, self._read_at = self._gates, gates, time.monotonic()
        known = before.by_operation if before else {}
        for operation, gate in gates.by_operation.items():
            was_open = operation in known and known[operation].is_open
            if gate.is_open and not was_open:
                log.warning("portal.gate_open", operation=operation.value, openings=gate.openings)
            elif was_open and not gate.is_open:
                log.warning("portal.gate_closed", operation=operation.value)
        if before is not None:
            self._own.heard_of(before.by_operation, gates.by_operation)
