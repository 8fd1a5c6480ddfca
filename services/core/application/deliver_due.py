"""Bring due dossiers to the portal: claim, send, settle.

No transaction is open while the portal is asked: an open snapshot slows the next claim from 0.3 to 50 ms.
"""

import asyncio
import time
from typing import Final

from services.core.application.delivery_round import Delivered, Delivering, DeliveryRound
from services.core.application.shipment import Shipment
from services.core.domain.delivery import Operation, ParkCause
from services.core.domain.pace import UNLIMITED, Leave
from services.core.persistence.deliveries import Claim, DeliveryRepository
from services.core.persistence.shipments import Unreadable, load_bodies, load_entries
from services.core.telemetry import crash_points

__all__ = ["Delivered", "Delivering", "deliver_due"]

_PUSHES: Final = (Operation.CREATE, Operation.UPDATE, Operation.PROGRESS)


async def deliver_due(delivering: Delivering, leave: Leave = UNLIMITED) -> Delivered:
    """Claim what fills a round (for a probe one dossier), bring it as far as it gets, settle.

    A cancelled round gives its rows back: as *unknown* where a request may be on its way, as *due* otherwise.
    One that fails in another way leaves them to the lease, which turns them *unknown* when it runs out.
    """
    with delivering.pacing.round(leave):
        leased_at = time.monotonic()
        size = delivering.pacing.claim_size(
            leave, per_call=delivering.dossiers_per_call, at_most=delivering.dossiers_per_claim
        )
        claims, shipments = await _claim(delivering, leave, size)
        work = DeliveryRound(delivering, shipments, leave, leased_at=leased_at)
        work.result.claimed, work.result.wanted = len(claims), size
        if __debug__ and claims:
            crash_points.pass_by("W1")
        try:
            await _bring(work)
        except asyncio.CancelledError:
            await work.give_back()
            raise
        await delivering.pacing.report(leave)
    return work.result


async def _bring(work: DeliveryRound) -> None:
    # What is certain travels many to a call, what is unknown is asked about one by one: who is in doubt may
    # wait for the others, not they for it. Suspects last: what the portal stumbles over ends the round.
    for suspects in (False, True):
        if suspects:
            await work.ask()
        for operation in _PUSHES:
            await work.push_all(operation, suspects=suspects)
    await work.settle_all()


async def _claim(delivering: Delivering, leave: Leave, size: int) -> tuple[list[Claim], list[Shipment]]:
    async with delivering.sessions.begin() as session:
        deliveries = DeliveryRepository(session)
        claims = await deliveries.claim(
            size=size,
            owner=delivering.owner,
            lease=delivering.lease,
            chance=delivering.jitter(),
            reach=delivering.pacing.reach(min(size, delivering.dossiers_per_call)),
            first=leave.first,
            retries=leave.retries,
        )
        if not claims:
            return [], []
        ids = [claim.dossier_id for claim in claims]
        bodies = await load_bodies(session, ids)
        entries = await load_entries(session, ids)
        shipments: list[Shipment] = []
        for claim in claims:
            body, history = bodies[claim.dossier_id], entries[claim.dossier_id]
            if isinstance(body, Unreadable):
                await deliveries.park(claim, cause=ParkCause.UNSENDABLE, detail=body.reason)
            elif isinstance(history, Unreadable):
                await deliveries.park(claim, cause=ParkCause.UNSENDABLE, detail=history.reason)
            else:
                shipments.append(Shipment(claim, body, history))
    return claims, shipments
