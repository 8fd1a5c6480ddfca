"""Bring due dossiers to the portal: claim, send, settle.

No transaction is open while the portal is asked: an open snapshot slows the next claim from 0.3 to 50 ms.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.core.application.call import Call
from services.core.application.settle_deliveries import settle_deliveries
from services.core.application.shipment import Shipment
from services.core.domain.delivery import (
    AlreadyExists,
    DeliveryState,
    Failure,
    Found,
    LookUpOutcome,
    NotSent,
    Operation,
    Outcome,
    ParkCause,
    Rejected,
    RetryPolicy,
    ask_again,
    next_step,
)
from services.core.domain.ports import EntriesOf, PortalGateway, Sent
from services.core.domain.verdict import Comparison
from services.core.persistence.deliveries import DeliveryRepository
from services.core.persistence.engine import Sessions
from services.core.persistence.shipments import Unreadable, load_bodies, load_entries

_PUSHES: Final = (Operation.CREATE, Operation.UPDATE, Operation.PROGRESS)


@dataclass(frozen=True, slots=True)
class Delivering:
    """What delivery works with. `jitter` gives uniform numbers in [0, 1)."""

    sessions: Sessions
    portal: PortalGateway
    policy: RetryPolicy
    comparison: Comparison
    owner: str
    lease: timedelta
    dossiers_per_call: int
    entries_per_call: int
    look_ups_at_once: int
    jitter: Callable[[], float]


@dataclass(slots=True)
class Delivered:
    """What one round did; `reached` and `missed` count calls by whether the portal answered."""

    claimed: int = 0
    reached: int = 0
    missed: int = 0


async def deliver_due(delivering: Delivering, *, size: int | None = None) -> Delivered:
    """Claim up to `size` dossiers (by default a full call), bring them as far as they get, settle.

    A cancelled round gives its rows back: as *unknown* where a request may be on its way, as *due* otherwise.
    """
    shipments = await _claim(delivering, size or delivering.dossiers_per_call)
    work = _Round(delivering, shipments)
    if not shipments:
        return work.result
    try:
        await work.ask()
        for operation in _PUSHES:
            await work.push_all(operation)
        await work.settle_all()
    except asyncio.CancelledError:
        await asyncio.shield(_release(delivering, work.shipments))
        raise
    return work.result


async def _claim(delivering: Delivering, size: int) -> list[Shipment]:
    async with delivering.sessions.begin() as session:
        deliveries = DeliveryRepository(session)
        claims = await deliveries.claim(size=size, owner=delivering.owner, lease=delivering.lease)
        if not claims:
            return []
        ids = [claim.dossier_id for claim in claims]
        bodies = await load_bodies(session, ids)
        entries = await load_entries(session, ids)
        shipments: list[Shipment] = []
        for claim in claims:
            body = bodies[claim.dossier_id]
            if isinstance(body, Unreadable):
                await deliveries.park(claim, cause=ParkCause.UNSENDABLE, detail=body.reason)
            else:
                shipments.append(Shipment(claim, body, entries[claim.dossier_id]))
    return shipments


async def _release(delivering: Delivering, shipments: Sequence[Shipment]) -> None:
    async with delivering.sessions.begin() as session:
        deliveries = DeliveryRepository(session)
        for in_flight, state in ((True, DeliveryState.UNKNOWN), (False, DeliveryState.DUE)):
            claims = [s.claim for s in shipments if s.in_flight is in_flight]
            await deliveries.release(claims, state=state, cause="released at stop")


class _Round:
    """One claim on its way: which dossiers are still ours, which calls are not yet on record."""

    def __init__(self, delivering: Delivering, shipments: list[Shipment]) -> None:
        self.shipments = shipments
        self.result = Delivered(claimed=len(shipments))
        self._delivering = delivering
        self._calls: list[Call] = []
        self._renewed_at = time.monotonic()

    async def ask(self) -> None:
        """Look up dossiers whose last outcome is unknown; once a call is missed, the rest waits."""
        group = [s for s in self.shipments if s.claim.ask_first]
        at_once = self._delivering.look_ups_at_once
        for start in range(0, len(group), at_once):
            chunk = group[start : start + at_once]
            if self.result.missed:
                for shipment in chunk:
                    self._ask_again(shipment, NotSent("others got no answer"))
            else:
                await self._renew()
                await asyncio.gather(*(self._look_up(shipment) for shipment in chunk))

    async def push_all(self, operation: Operation) -> None:
        """Send what is next for each dossier, as many in one call as is allowed."""
        for part in self._parts(operation):
            await self._push(operation, part)
            await self._settle(part)

    async def settle_all(self) -> None:
        """Settle what no push has settled."""
        await self._settle([s for s in self.shipments if not s.settled])

    def _parts(self, operation: Operation) -> list[list[Shipment]]:
        """Split by what fits into a call; the entries of one dossier stay together."""
        progress = operation is Operation.PROGRESS
        limit = self._delivering.entries_per_call if progress else self._delivering.dossiers_per_call
        parts: list[list[Shipment]] = []
        room = 0
        for shipment in self.shipments:
            if not shipment.wants(operation):
                continue
            needed = len(shipment.pending_entries) if progress else 1
            if not parts or needed > room:
                parts.append([])
                room = limit
            parts[-1].append(shipment)
            room -= needed
        return parts

    async def _look_up(self, shipment: Shipment) -> None:
        call = Call(Operation.LOOK_UP, [shipment])
        outcome = await self._delivering.portal.look_up(shipment.body.code)
        self._note(call, outcome)
        if isinstance(outcome, Found):
            shipment.take_record(outcome.record)
        else:
            self._ask_again(shipment, outcome)

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
        call = Call(operation, part)
        for shipment in part:
            shipment.in_flight = True
        sent = await self._send(operation, part)
        self._note(call, sent.outcome, sent.digest)
        if isinstance(sent.outcome, Rejected | AlreadyExists) and len(part) > 1:
            half = len(part) // 2
            await self._push(operation, part[:half])
            await self._push(operation, part[half:])
            return
        for shipment in part:
            step = next_step(
                sent.outcome,
                attempt=shipment.claim.attempt,
                policy=self._delivering.policy,
                jitter=self._delivering.jitter(),
            )
            shipment.apply(step, operation)

    async def _send(self, operation: Operation, part: Sequence[Shipment]) -> Sent:
        portal = self._delivering.portal
        if operation is Operation.PROGRESS:
            return await portal.push_entries([EntriesOf(s.body.code, s.pending_entries) for s in part])
        return await portal.push_dossiers([s.body for s in part], create=operation is Operation.CREATE)

    def _note(self, call: Call, outcome: Outcome | LookUpOutcome, digest: bytes = b"") -> None:
        call.end(outcome, digest)
        self._calls.append(call)
        if call.reached:
            self.result.reached += 1
        else:
            self.result.missed += 1

    async def _renew(self) -> None:
        """Prolong the leases in good time: a call may take as long as a third of one."""
        if time.monotonic() - self._renewed_at < self._delivering.lease.total_seconds() / 3:
            return
        async with self._delivering.sessions.begin() as session:
            held = [s.claim for s in self.shipments if not s.settled]
            await DeliveryRepository(session).renew(held, lease=self._delivering.lease)
        self._renewed_at = time.monotonic()

    async def _settle(self, part: Sequence[Shipment]) -> None:
        """Write down what is known; dossiers whose lease was lost are given up."""
        calls, self._calls = self._calls, []
        async with self._delivering.sessions.begin() as session:
            kept = await settle_deliveries(
                session,
                part,
                calls=calls,
                lease=self._delivering.lease,
                comparison=self._delivering.comparison,
            )
        for shipment in part:
            shipment.in_flight = False
            shipment.settled = shipment.dossier_id not in kept
