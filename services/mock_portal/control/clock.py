"""The portal's clock in the tester's hand."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from services.mock_portal.clock import ClockMode, PortalClock
from services.mock_portal.control.access import PortalDep
from services.mock_portal.moments import LATEST, PortalMoment

router = APIRouter(prefix="/_control/clock", tags=["clock"])

_TEN_YEARS_SECONDS: Final = 10 * 366 * 86_400


class ClockOut(BaseModel):
    mode: ClockMode
    now: datetime
    offset_seconds: float


class _Order(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False)


class RealClock(_Order):
    mode: Literal["real"]


class FrozenClock(_Order):
    mode: Literal["frozen"]
    at: PortalMoment


class SetClock(_Order):
    """Run at real speed from this moment on."""

    mode: Literal["set"]
    at: PortalMoment


class OffsetClock(_Order):
    mode: Literal["offset"]
    seconds: float = Field(ge=-_TEN_YEARS_SECONDS, le=_TEN_YEARS_SECONDS)


class AdvanceClock(_Order):
    """Move on from the present reading; a frozen clock stays frozen."""

    mode: Literal["advance"]
    seconds: float = Field(gt=0, le=_TEN_YEARS_SECONDS)


ClockOrder = Annotated[
    RealClock | FrozenClock | SetClock | OffsetClock | AdvanceClock,
    Body(discriminator="mode", description="New setting"),
]


class Idleness(BaseModel):
    """`idle` when nothing is left; `in_flight` wire calls were still held up at the time limit."""

    idle: bool
    taken_back: int
    in_flight: int
    now: datetime


@router.get("")
async def read_clock(portal: PortalDep) -> ClockOut:
    return _shown(portal.clock)


@router.put("")
async def set_clock(order: ClockOrder, portal: PortalDep) -> ClockOut:
    """Set the clock that arrival times, session life and verdicts follow; faults run on real time."""
    clock = portal.clock
    match order:
        case RealClock():
            clock.run_real()
        case FrozenClock(at=at):
            clock.freeze(at)
        case SetClock(at=at):
            clock.run_from(at)
        case OffsetClock(seconds=seconds):
            clock.run_ahead(timedelta(seconds=seconds))
        case AdvanceClock(seconds=seconds):
            _advance(clock, timedelta(seconds=seconds))
    portal.take_back_due()
    return _shown(clock)


@router.post("/idle")
async def process_until_idle(
    portal: PortalDep,
    timeout: Annotated[  # noqa: ASYNC109 - it is the caller's, in the URL
        float, Query(gt=0, le=60, description="Real seconds to wait for wire calls under way")
    ] = 10,
    until: Annotated[
        PortalMoment | None, Query(description="Leave undone what is due later; the clock stops there")
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


def _advance(clock: PortalClock, step: timedelta) -> None:
    if clock.now() + step > LATEST:
        raise HTTPException(422, "the clock stops at the year 2100")
    clock.advance(step)


def _shown(clock: PortalClock) -> ClockOut:
    return ClockOut(mode=clock.mode, now=clock.now(), offset_seconds=clock.offset.total_seconds())
