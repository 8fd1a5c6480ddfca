"""The portal's clock in the tester's hand."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.mock_kit.clock_orders import ClockOrder, ClockOut
from services.mock_kit.moments import ClockMoment
from services.mock_portal.control.access import PortalDep

router = APIRouter(prefix="/_control/clock", tags=["clock"])


class Idleness(BaseModel):
    """`idle` when nothing is left; `in_flight` wire calls were still held up at the time limit."""

    idle: bool
    taken_back: int
    in_flight: int
    now: datetime


@router.get("")
async def read_clock(portal: PortalDep) -> ClockOut:
    return ClockOut.of(portal.clock)


@router.put("")
async def set_clock(order: ClockOrder, portal: PortalDep) -> ClockOut:
    """Set the clock that arrival times, session life and verdicts follow; faults run on real time."""
    order.set(portal.clock)
    portal.take_back_due()
    return ClockOut.of(portal.clock)


@router.post("/idle")
async def process_until_idle(
    portal: PortalDep,
    timeout: Annotated[  # noqa: ASYNC109 - it is the caller's, in the URL
        float, Query(gt=0, le=60, description="Real seconds to wait for wire calls under way")
    ] = 10,
    until: Annotated[
        ClockMoment | None, Query(description="Leave undone what is due later; the clock stops there")
    ] = None,
) -> Idleness:
    """Let calls under way end, then move the clock on to all that the portal has put off."""
    limit, taken_back = time.monotonic() + timeout, 0
    while True:
        left = max(0.001, limit - time.monotonic())
        quiet = await portal.changes.wait_until(lambda: portal.in_flight == 0, timeout_seconds=left)
        due_at = portal.withdrawals.next_due_at
        if due_at is None or (until is not None and due_at > until):
            break
        if (wait := due_at - portal.clock.now()) > timedelta():
            portal.clock.advance(wait)
        taken_back += portal.take_back_due()
        await asyncio.sleep(0)
    idle = quiet and due_at is None
    return Idleness(idle=idle, taken_back=taken_back, in_flight=portal.in_flight, now=portal.clock.now())
