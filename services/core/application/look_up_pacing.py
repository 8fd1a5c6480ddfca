"""Whether the population database may be asked now. One gate for all workers, and so one probe."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog

from services.core.domain.lookup import Outcome, Unavailable, was_missed
from services.core.domain.pace import Gate, GatePolicy, held, may_call, needs_probe, probed, tripped
from services.core.persistence.engine import Sessions
from services.core.persistence.population_gate import GateAt, load_gate, lock_gate, save_gate

log = structlog.get_logger()

FRESH_SECONDS: Final = 0.5
#: Questions in a row without an answer of use after which all but probes stop.
_MISSED_IN_A_ROW: Final = 3


@dataclass(frozen=True, slots=True)
class LookUpLeave:
    """Permission for one round; a probe is one question."""

    is_probe: bool = False


@dataclass(slots=True)
class LookUpPacing:
    """Shared by the look-up lanes of one process. `jitter` gives uniform numbers in [0, 1)."""

    sessions: Sessions
    policy: GatePolicy
    jitter: Callable[[], float]
    _gate: GateAt | None = None
    _read_at: float = float("-inf")
    _missed_in_a_row: int = 0

    async def leave(self) -> LookUpLeave | None:
        """Ask for leave; `None` while the gate is shut."""
        if self._gate is None or time.monotonic() - self._read_at >= FRESH_SECONDS:
            async with self.sessions.begin() as session:
                self._keep(await load_gate(session))
        assert self._gate is not None  # noqa: S101 - just read
        now = self._gate.now + timedelta(seconds=time.monotonic() - self._read_at)
        if needs_probe(self._gate.gate, now):
            return await self._take_probe()
        return LookUpLeave() if may_call(self._gate.gate, now) else None

    async def report(self, leave: LookUpLeave, outcomes: Sequence[Outcome]) -> None:
        """Bring to the shared gate what a round's answers mean for it."""
        trips = False
        for outcome in outcomes:
            self._missed_in_a_row = self._missed_in_a_row + 1 if was_missed(outcome) else 0
            trips = trips or self._missed_in_a_row >= _MISSED_IN_A_ROW
        patience = [o.retry_after for o in outcomes if isinstance(o, Unavailable) and o.retry_after]
        if not (leave.is_probe or trips or patience):
            return
        async with self.sessions.begin() as session:
            at = await lock_gate(session)
            gate = self._after(at, leave, outcomes, trips=trips)
            if patience:
                gate = held(gate, at.now, self.policy, wanted=max(patience))
            await save_gate(session, gate)
        self._keep(GateAt(at.now, gate))

    def _after(self, at: GateAt, leave: LookUpLeave, outcomes: Sequence[Outcome], *, trips: bool) -> Gate:
        if leave.is_probe and not outcomes:
            # Nothing was there to be asked.
            return replace(at.gate, probe_until=None)
        if leave.is_probe:
            good = not was_missed(outcomes[-1])
            return probed(at.gate, at.now, self.policy, good=good, jitter=self.jitter())
        return tripped(at.gate, at.now, self.policy, jitter=self.jitter()) if trips else at.gate

    async def _take_probe(self) -> LookUpLeave | None:
        async with self.sessions.begin() as session:
            at = await lock_gate(session)
            if not needs_probe(at.gate, at.now):
                self._keep(at)
                return None
            until = at.now + timedelta(seconds=self.policy.probe_seconds)
            taken = replace(at.gate, probe_until=until)
            await save_gate(session, taken)
        self._keep(GateAt(at.now, taken))
        return LookUpLeave(is_probe=True)

    def _keep(self, at: GateAt) -> None:
        was_open = self._gate is not None and self._gate.gate.is_open
        self._gate, self._read_at = at, time.monotonic()
        if at.gate.is_open != was_open:
            log.warning("population.gate_open" if at.gate.is_open else "population.gate_closed")
