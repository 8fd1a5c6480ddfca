"""The times that answers are ordered to take."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from services.mock_kit.fault_orders import MAX_DELAY_MS, TimeOfDay
from services.mock_kit.faults import MAX_FAULT_SECONDS
from services.mock_kit.latency import (
    DailyLatency,
    EvenLatency,
    LatencyShape,
    LognormalLatency,
    RampLatency,
)

Milliseconds = Annotated[float, Field(ge=0, le=MAX_DELAY_MS)]


class _LatencyOrder(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class NoLatency(_LatencyOrder):
    kind: Literal["none"]

    def latency(self) -> None:
        return None


class FixedLatency(_LatencyOrder):
    kind: Literal["fixed"]
    ms: Milliseconds

    def latency(self) -> LatencyShape:
        return EvenLatency(self.ms, self.ms)


class RangeLatency(_LatencyOrder):
    """Drawn evenly between the two."""

    kind: Literal["range"] = "range"
    min_ms: Milliseconds
    max_ms: Milliseconds

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_ms > self.max_ms:
            raise ValueError("min_ms is above max_ms")
        return self

    def latency(self) -> LatencyShape:
        return EvenLatency(self.min_ms, self.max_ms)


class LognormalOrder(_LatencyOrder):
    """A long tail: half below the median, one in twenty above the 95th percentile."""

    kind: Literal["lognormal"]
    median_ms: float = Field(gt=0, le=MAX_DELAY_MS)
    p95_ms: float = Field(gt=0, le=MAX_DELAY_MS)
    cap_ms: float = Field(default=60_000, gt=0, le=MAX_DELAY_MS)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.median_ms <= self.p95_ms <= self.cap_ms:
            raise ValueError("median_ms, p95_ms, cap_ms must ascend")
        return self

    def latency(self) -> LatencyShape:
        return LognormalLatency(self.median_ms, self.p95_ms, self.cap_ms)


class RampOrder(_LatencyOrder):
    """From one time to another in so many seconds from now, real time; then it stays."""

    kind: Literal["ramp"]
    from_ms: Milliseconds
    to_ms: Milliseconds
    over_seconds: float = Field(gt=0, le=MAX_FAULT_SECONDS)

    def latency(self) -> LatencyShape:
        return RampLatency(self.from_ms, self.to_ms, self.over_seconds)


class DailyPoint(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    at: TimeOfDay
    ms: Milliseconds

    @property
    def second(self) -> int:
        hours, minutes = self.at.split(":")
        return int(hours) * 3600 + int(minutes) * 60


class DailyOrder(_LatencyOrder):
    """By the time of day in Vietnam on the portal's clock, straight lines between the points."""

    kind: Literal["daily"]
    points: list[DailyPoint] = Field(min_length=1, max_length=1440)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(later.second <= earlier.second for earlier, later in pairwise(self.points)):
            raise ValueError("the points must ascend in time")
        return self

    def latency(self) -> LatencyShape:
        return DailyLatency([(point.second, point.ms) for point in self.points])


def _kind_of(value: object) -> str:
    """Without a kind it is a range, as it was before there were kinds."""
    kind = value.get("kind", "range") if isinstance(value, dict) else getattr(value, "kind", "range")
    return str(kind)


AnyLatencyOrder = Annotated[
    Annotated[NoLatency, Tag("none")]
    | Annotated[FixedLatency, Tag("fixed")]
    | Annotated[RangeLatency, Tag("range")]
    | Annotated[LognormalOrder, Tag("lognormal")]
    | Annotated[RampOrder, Tag("ramp")]
    | Annotated[DailyOrder, Tag("daily")],
    Discriminator(_kind_of),
]


def written_down(shape: LatencyShape | None) -> AnyLatencyOrder:
    """Give the order that this latency came from."""
    match shape:
        case EvenLatency(min_ms=low, max_ms=high):
            return RangeLatency(min_ms=low, max_ms=high)
        case LognormalLatency():
            return LognormalOrder(
                kind="lognormal", median_ms=shape.median_ms, p95_ms=shape.p95_ms, cap_ms=shape.cap_ms
            )
        case RampLatency():
            return RampOrder(
                kind="ramp", from_ms=shape.from_ms, to_ms=shape.to_ms, over_seconds=shape.over_seconds
            )
        case DailyLatency():
            return DailyOrder(
                kind="daily", points=[DailyPoint(at=_of_day(at), ms=ms) for at, ms in shape.points]
            )
    return NoLatency(kind="none")


def _of_day(second: int) -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}"
