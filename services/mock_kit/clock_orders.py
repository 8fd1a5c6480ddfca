"""A mock's clock in the tester's hand."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import Body, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from services.mock_kit.clock import ClockMode, MockClock
from services.mock_kit.moments import LATEST, ClockMoment

_TEN_YEARS_SECONDS: Final = 10 * 366 * 86_400


class ClockOut(BaseModel):
    mode: ClockMode
    now: datetime
    offset_seconds: float

    @classmethod
    def of(cls, clock: MockClock) -> "ClockOut":
        return cls(mode=clock.mode, now=clock.now(), offset_seconds=clock.offset.total_seconds())


class _Order(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False)


class RealClock(_Order):
    mode: Literal["real"]

    def set(self, clock: MockClock) -> None:
        clock.run_real()


class FrozenClock(_Order):
    mode: Literal["frozen"]
    at: ClockMoment

    def set(self, clock: MockClock) -> None:
        clock.freeze(self.at)


class SetClock(_Order):
    """Run at real speed from this moment on."""

    mode: Literal["set"]
    at: ClockMoment

    def set(self, clock: MockClock) -> None:
        clock.run_from(self.at)


class OffsetClock(_Order):
    mode: Literal["offset"]
    seconds: float = Field(ge=-_TEN_YEARS_SECONDS, le=_TEN_YEARS_SECONDS)

    def set(self, clock: MockClock) -> None:
        clock.run_ahead(timedelta(seconds=self.seconds))


class AdvanceClock(_Order):
    """Move on from the present reading; a frozen clock stays frozen."""

    mode: Literal["advance"]
    seconds: float = Field(gt=0, le=_TEN_YEARS_SECONDS)

    def set(self, clock: MockClock) -> None:
        step = timedelta(seconds=self.seconds)
        if clock.now() + step > LATEST:
            raise HTTPException(422, "the clock stops at the year 2100")
        clock.advance(step)


ClockOrder = Annotated[
    RealClock | FrozenClock | SetClock | OffsetClock | AdvanceClock,
    Body(discriminator="mode", description="New setting"),
]
