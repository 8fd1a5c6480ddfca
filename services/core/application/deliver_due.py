"""Bring due dossiers to the portal: claim, send, settle.

No transaction is open while the portal is asked: an open snapshot slows the next claim from 0.3 to 50 ms.
"""

import asyncio
import time
from typing import Final

from services.core.application.claiming import Wanted
from services.core.application.delivery_round import Delivered, Delivering, DeliveryRound
from services.core.domain.delivery import Operation
from services.core.domain.pace import UNLIMITED, Leave
from services.core.telemetry import crash_points

__all__ = ["Delivered", "Delivering", "deliver_due"]

_PUSHES: Final = (Operation.CREATE, Operation.UPDATE, Operation.PROGRESS)


async def deliver_due(delivering: Delivering, leave: Leave = UNLIMITED) -> Delivered:
    """Claim what fills a round (for a probe one dossier), bring it as far as it gets, settle.

    A cancelled round gives its rows back: as *unknown* where a request may be on its way, as *due* otherwise.
    One that fails in another way leaves them to the lease, which turns them *unknown* when it runs out.
    """
    with delivering.pacing.round(leave):
        work = await _claim(delivering, leave)
        if __debug__ and work.result.claimed:
            crash_points.pass_by("W1")
        try:
            await _bring(work)
        except asyncio.CancelledError:
            await work.give_back()
            raise
        await delivering.pacing.report(leave)
    return work.result


async def _bring(work: DeliveryRound) -> None:
    await work.ask()
    # Suspects last: what the portal stumbles over ends the round.
    for suspects in (False, True):
        for operation in _PUSHES:
            await work.push_all(operation, suspects=suspects)
    await work.settle_all()


async def _claim(delivering: Delivering, leave: Leave) -> DeliveryRound:
    leased_at = time.monotonic()
    size = delivering.pacing.claim_size(
        leave, per_call=delivering.dossiers_per_call, at_most=delivering.dossiers_per_claim
    )
    claiming = asyncio.ensure_future(delivering.claiming.claim(_wanted(delivering, leave, size)))
    try:
        claimed = await asyncio.shield(claiming)
    except asyncio.CancelledError:
        # A claim that others share cannot be called off.
        await asyncio.wait([claiming])
        if claiming.exception() is None:
            shipments = claiming.result().shipments
            await DeliveryRound(delivering, shipments, leave, leased_at=leased_at).give_back()
        raise
    work = DeliveryRound(delivering, claimed.shipments, leave, leased_at=leased_at)
    work.result.claimed, work.result.wanted = claimed.leased, size
    return work


def _wanted(delivering: Delivering, leave: Leave, size: int) -> Wanted:
    return Wanted(
        size=size,
        owner=delivering.owner,
        lease=delivering.lease,
        chance=delivering.jitter(),
        reach=delivering.pacing.reach(min(size, delivering.dossiers_per_call)),
        first=leave.first,
        retries=leave.retries,
    )
