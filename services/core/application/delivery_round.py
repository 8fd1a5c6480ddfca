"""One round of delivery: the calls for one claim, in an order that doubles nothing."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from services.core.application.call import Call
from services.core.application.claiming import Claiming
from services.core.application.pacing import Pacing
from services.core.application.settling import Settling
from services.core.application.shipment import Shipment
from services.core.domain.delivery import Operation, RetryPolicy, Step, ask_again, next_step
from services.core.domain.outcome import (
    AlreadyExists,
    AuthRefused,
    Failure,
    Found,
    LookUpOutcome,
    NotSent,
    Outcome,
    Rejected,
    Throttled,
    Unsendable,
)
from services.core.domain.pace import Leave
from services.core.domain.ports import EntriesOf, PortalGateway, Sent
from services.core.persistence.deliveries import DeliveryRepository
from services.core.persistence.engine import Sessions
from services.core.telemetry import crash_points

log = structlog.get_logger()

#: So many finished dossiers are written down together, and none waits longer for it: a transaction for each
#: costs more than its call.
_SETTLED_TOGETHER: Final = 20
_SETTLED_WITHIN_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Delivering:
    """What delivery works with. `jitter` gives uniform numbers in [0, 1).

    `dossiers_per_claim` is the most for one round, where more than one call is quick.
    """

    sessions: Sessions
    portal: PortalGateway
    pacing: Pacing
    policy: RetryPolicy
    claiming: Claiming
    settling: Settling
    owner: str
    lease: timedelta
    dossiers_per_claim: int
    dossiers_per_call: int
    entries_per_call: int
    look_ups_at_once: int
    jitter: Callable[[], float]


@dataclass(slots=True)
class Delivered:
    """What one round did; `taken` counts calls that the portal dealt with, `turned_away` all others.

    `wanted` is how many it would have claimed had there been enough.
    """

    wanted: int = 0
    claimed: int = 0
    taken: int = 0
    turned_away: int = 0


class DeliveryRound:
    """One claim on its way: which dossiers are still ours, which calls are not yet on record.

    `leased_at` is of the monotonic clock, from before the claim, so that no lease is taken for younger.
    """

    def __init__(
        self, delivering: Delivering, shipments: list[Shipment], leave: Leave, *, leased_at: float
    ) -> None:
        self.shipments = shipments
        self.result = Delivered()
        self._delivering = delivering
        self._leave = leave
        self._calls: list[Call] = []
        #: Why nothing more is sent in this round: the rest would run into the same.
        self._halted: Throttled | AuthRefused | NotSent | None = None
        self._renewed_at = leased_at
        self._settled_at = leased_at

    async def ask(self) -> None:
        """Look up dossiers whose last outcome is unknown."""
        group = [s for s in self.shipments if s.claim.ask_first]
        at_once = self._delivering.look_ups_at_once
        for start in range(0, len(group), at_once):
            await self._renew()
            chunk = [s for s in group[start : start + at_once] if not s.settled]
            if self._halted is not None:
                for shipment in chunk:
                    self._ask_again(shipment, self._halted)
            else:
                calls = await asyncio.gather(*(self._look_up(shipment) for shipment in chunk))
                # In the order in which they began: those without an answer all end last.
                for call, outcome in calls:
                    self._note(call, outcome)

    async def push_all(self, operation: Operation, *, suspects: bool) -> None:
        """Send what is next until nobody wants this operation, as much per call as is allowed.

        A suspect's last call had no outcome; suspects and others never share a call. What may not be called
        now is left for later.
        """
        while self._may_call(operation) and (parts := self._parts(operation, suspects=suspects)):
            for part in parts:
                await self._push(operation, part)
                await self._settle_in_time()

    async def settle_all(self) -> None:
        """Settle what no push has settled."""
        await self._settle([s for s in self.shipments if not s.settled])

    async def _settle_in_time(self) -> None:
        ended = [s for s in self.shipments if not s.settled and s.has_ended]
        waited = time.monotonic() - self._settled_at
        if len(ended) >= _SETTLED_TOGETHER or (ended and waited >= _SETTLED_WITHIN_SECONDS):
            await self._settle(ended)

    async def give_back(self) -> None:
        """Settle what a stop cut short: what is known, and for the rest that it has to be asked about."""
        # The portal may still be at work on a call that we have just dropped.
        pause = timedelta(seconds=self._delivering.policy.linger)
        for shipment in self.shipments:
            shipment.cut_short(pause)
        await self.settle_all()

    def _may_call(self, operation: Operation) -> bool:
        probe_made = self._leave.is_probe and self.result.taken + self.result.turned_away > 0
        return operation in self._leave.calls and not probe_made

    def _parts(self, operation: Operation, *, suspects: bool) -> list[list[Shipment]]:
        """Split by what fits into a call; those that should travel in small company come last."""
        progress = operation is Operation.PROGRESS
        dossiers, entries = self._delivering.dossiers_per_call, self._delivering.entries_per_call
        wanting = [s for s in self.shipments if s.claim.ask_first is suspects and s.wants(operation)]
        parts: list[list[Shipment]] = []
        room = 0
        for shipment in sorted(wanting, key=lambda s: s.company(dossiers), reverse=True):
            needed = len(shipment.next_entries(entries)) if progress else 0
            if not parts or needed > room or len(parts[-1]) >= shipment.company(dossiers):
                parts.append([])
                room = entries
            parts[-1].append(shipment)
            room -= needed
        return parts

    async def _look_up(self, shipment: Shipment) -> tuple[Call, LookUpOutcome]:
        call = Call(Operation.LOOK_UP, [shipment])
        outcome = await self._delivering.portal.look_up(shipment.body.code)
        call.end([shipment], outcome, b"")
        if isinstance(outcome, Found):
            shipment.take_record(outcome.record)
        else:
            self._ask_again(shipment, outcome)
        return call, outcome

    def _ask_again(self, shipment: Shipment, failure: Failure) -> None:
        shipment.stop = ask_again(
            failure,
            attempt=shipment.claim.attempt,
            policy=self._delivering.policy,
            jitter=self._delivering.jitter(),
        )

    async def _push(self, operation: Operation, part: Sequence[Shipment]) -> None:
        """Send one call. A refusal speaks for the whole call, so halve until it speaks of one dossier."""
        await self._renew()
        part = [s for s in part if not s.settled]
        if not part:
            return
        if self._halted is not None:
            self._apply(self._halted, operation, part)
            return
        for shipment in part:
            shipment.load(operation, entries_at_most=self._delivering.entries_per_call)
        call = Call(operation, part)
        sent = await self._send(operation, part)
        part = self._leave_out(operation, part, sent.left_out)
        if not part:
            return
        call.end(part, sent.outcome, sent.digest)
        self._note(call, sent.outcome)
        if len(part) > 1 and _may_be_halved(operation, sent.outcome):
            if __debug__:
                crash_points.pass_by("W9")
            half = len(part) // 2
            await self._push(operation, part[:half])
            await self._push(operation, part[half:])
            return
        self._apply(sent.outcome, operation, part)

    def _leave_out(
        self, operation: Operation, part: Sequence[Shipment], reasons: Mapping[str, str]
    ) -> Sequence[Shipment]:
        """Set aside what could not be sent, and give the dossiers that the call did carry."""
        for shipment in part:
            if (reason := reasons.get(shipment.body.code)) is not None:
                self._apply(Unsendable(reason), operation, [shipment])
        return [shipment for shipment in part if shipment.body.code not in reasons] if reasons else part

    async def _send(self, operation: Operation, part: Sequence[Shipment]) -> Sent:
        portal = self._delivering.portal
        if operation is Operation.PROGRESS:
            return await portal.push_entries([EntriesOf(s.body.code, s.cargo) for s in part])
        return await portal.push_dossiers([s.body for s in part], create=operation is Operation.CREATE)

    def _apply(self, outcome: Outcome, operation: Operation, part: Sequence[Shipment]) -> None:
        for shipment in part:
            shipment.apply(self._step(outcome, shipment, alone=len(part) == 1), operation)

    def _step(self, outcome: Outcome, shipment: Shipment, *, alone: bool) -> Step:
        return next_step(
            outcome,
            alone=alone,
            attempt=shipment.claim.attempt,
            policy=self._delivering.policy,
            jitter=self._delivering.jitter(),
        )

    def _note(self, call: Call, outcome: Outcome | LookUpOutcome) -> None:
        self._calls.append(call)
        self._delivering.pacing.note(
            call.operation,
            outcome,
            seconds=call.ended_at - call.started_at,
            dossiers=call.dossiers,
            retry=call.retries,
            was_probe=self._leave.is_probe,
        )
        if call.taken:
            self.result.taken += 1
            return
        self.result.turned_away += 1
        silent = NotSent("the portal did not answer others")
        self._halted = outcome if isinstance(outcome, Throttled | AuthRefused) else silent

    async def _renew(self) -> None:
        """Prolong the leases in good time, and give up what was lost: a call may take a third of a lease."""
        now = time.monotonic()
        if now - self._renewed_at < self._delivering.lease.total_seconds() / 3:
            return
        held = [s for s in self.shipments if not s.settled]
        async with self._delivering.sessions.begin() as session:
            kept = await DeliveryRepository(session).renew(
                [s.claim for s in held], lease=self._delivering.lease
            )
        self._renewed_at = now
        for shipment in held:
            shipment.settled = shipment.dossier_id not in kept
        if lost := len(held) - len(kept):
            log.warning("delivery.lease_lost", dossiers=lost)

    async def _settle(self, part: Sequence[Shipment]) -> None:
        """Write down how the work on dossiers ended, and all calls since the last time.

        A dossier that goes on from its body to its entries in this round is settled once, after both: if the
        process dies between the two, a look-up tells as much as the record would have.
        """
        calls, self._calls = self._calls, []
        self._settled_at = time.monotonic()
        for shipment in part:
            shipment.settled = True
        if part or calls:
            await _to_the_end(self._delivering.settling.settle(part, calls))


async def _to_the_end(work: Coroutine[None, None, None]) -> None:
    """Let a transaction end before a cancellation goes on: nothing is given back that it has settled."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _may_be_halved(operation: Operation, outcome: Outcome) -> bool:
    """Say whether nothing of a refused call can have been stored twice by sending its halves.

    A repeated body does no harm. Entries do: a portal that keeps what stood before the bad one would get
    them again, so their dossiers are looked up first.
    """
    return operation is not Operation.PROGRESS and isinstance(outcome, Rejected | AlreadyExists)
