"""The database's clock in the tester's hand."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, HTTPException
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from services.mock_population.clock import ClockMode, DatabaseClock
from services.mock_population.control.access import DatabaseDep

router = APIRouter(prefix="/_control/clock", tags=["clock"])

_TEN_YEARS_SECONDS: Final = 10 * 366 * 86_400
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


def _usable(moment: datetime) -> datetime:
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("must lie between the years 2000 and 2100")
    return moment


ClockMoment = Annotated[AwareDatetime, AfterValidator(_usable)]


class ClockOut(BaseModel):
    mode: ClockMode
    now: datetime
    offset_seconds: float


class RealClock(BaseModel):
    mode: Literal["real"]


class FrozenClock(BaseModel):
    mode: Literal["frozen"]
    at: ClockMoment


class OffsetClock(BaseModel):
    mode: Literal["offset"]
    seconds: float = Field(ge=-_TEN_YEARS_SECONDS, le=_TEN_YEARS_SECONDS)


class AdvanceClock(BaseModel):
    """Move on from the present reading; a frozen clock stays frozen."""

    mode: Literal["advance"]
    seconds: float = Field(gt=0, le=_TEN_YEARS_SECONDS)


ClockOrder = Annotated[
    RealClock | FrozenClock | OffsetClock | AdvanceClock,
    Body(discriminator="mode", description="New setting"),
]


@router.get("")
async def read_clock(database: DatabaseDep) -> ClockOut:
    return _shown(database.clock)


@router.put("")
async def set_clock(order: ClockOrder, database: DatabaseDep) -> ClockOut:
    """Set the clock that arrival times, timestamps and tokens follow; faults run on real time."""
    clock = database.clock
    match order:
        case RealClock():
            clock.run_real()
        case FrozenClock(at=at):
            clock.freeze(at)
        case OffsetClock(seconds=seconds):
            clock.run_ahead(timedelta(seconds=seconds))
        case AdvanceClock(seconds=seconds):
            step = timedelta(seconds=seconds)
            if clock.now() + step > _LATEST:
                raise HTTPException(422, "the clock stops at the year 2100")
            clock.advance(step)
    return _shown(clock)


def _shown(clock: DatabaseClock) -> ClockOut:
    return ClockOut(mode=clock.mode, now=clock.now(), offset_seconds=clock.offset.total_seconds())
