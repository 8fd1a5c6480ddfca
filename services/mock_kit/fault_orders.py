"""Fault rules as they are ordered: when they strike, and what the shapes that every mock has may be told.

A mock's orders are made of a scope of its own over `FaultOrder`, and a shape.
"""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.mock_kit.faults import MAX_FAULT_SECONDS, ActiveFault, Rule

MAX_DELAY_MS: Final = 600_000
MAX_LATER_SECONDS: Final = 30 * 86_400

Pattern = Annotated[str, Field(min_length=1, max_length=200)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class FaultOrder(BaseModel):
    """Which calls are struck, and until when. Every rule ends by itself, on real time."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    duration_seconds: float = Field(gt=0, le=MAX_FAULT_SECONDS)
    starts_after_seconds: float = Field(
        default=0,
        ge=0,
        le=MAX_FAULT_SECONDS,
        description="Real time until it begins; the duration counts from then",
    )
    probability: float = Field(default=1.0, gt=0, le=1)
    seed: int = Field(default=0, ge=0, le=2**63)
    first_n: int | None = Field(default=None, ge=1, description="Strike so many calls and no more")
    every_n: int = Field(default=1, ge=1, description="Strike only each so manieth call that the rule covers")
    clock_from: AwareDatetime | None = Field(default=None, description="By the mock's clock: not before")
    clock_until: AwareDatetime | None = Field(default=None, description="By the mock's clock: only before")
    daily_from: TimeOfDay | None = Field(
        default=None,
        description="HH:MM in Vietnam by the mock's clock, with `daily_until`; may span midnight",
    )
    daily_until: TimeOfDay | None = None

    @model_validator(mode="after")
    def _whole_windows(self) -> Self:
        if (self.daily_from is None) != (self.daily_until is None):
            raise ValueError("daily_from and daily_until go together")
        if self.clock_from and self.clock_until and self.clock_from >= self.clock_until:
            raise ValueError("clock_from is not before clock_until")
        return self


class Down(BaseModel):
    manner: Literal["reset", "close"] = "reset"


class Http5xx(BaseModel):
    status: int = Field(default=503, ge=500, le=599)


class Html(BaseModel):
    status: Literal[200, 404, 500, 502, 503] = 200


class CutBody(BaseModel):
    manner: Literal["content_length", "chunked", "close_delimited"] = "content_length"


class AnswerLost(BaseModel):
    manner: Literal["close", "reset", "gateway_timeout", "hang"] = "close"


class Delay(BaseModel):
    min_delay_ms: int = Field(ge=0, le=MAX_DELAY_MS)
    max_delay_ms: int = Field(ge=0, le=MAX_DELAY_MS)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_delay_ms > self.max_delay_ms:
            raise ValueError("min_delay_ms is above max_delay_ms")
        return self


class Slow(Delay):
    manner: Literal["answer", "request"] = "answer"


class Throttled(BaseModel):
    """As `http_date` the text is a number of seconds, sent as the date so far from now."""

    manner: Literal["text", "http_date"] = "text"
    retry_after: str = Field(default="1", max_length=100, pattern=r"^[\x20-\x7e]*$")

    @model_validator(mode="after")
    def _seconds_of_a_date(self) -> Self:
        if self.manner == "http_date":
            seconds = float(self.retry_after)
            if not abs(seconds) <= MAX_LATER_SECONDS:
                raise ValueError("retry_after is more than 30 days away")
        return self


class FaultOut(BaseModel):
    """`seconds_left` counts to its end, `begun` is false for one that is yet to start."""

    id: int
    shape: str
    details: dict[str, Any]
    """As it was ordered, with the defaults."""
    duration_seconds: float
    seconds_left: float
    begun: bool
    hits: int
    started_at: datetime


class OutageOut(BaseModel):
    """`ended_at` is null while it runs, and earlier than planned if it was ended by hand."""

    id: int
    kind: str
    planned_seconds: float
    started_at: datetime
    ended_at: datetime | None
    calls_struck: int


def details_of(rule: Rule, known: Collection[str]) -> dict[str, Any]:
    """Write a rule down as it could be ordered again; what its shape does not know is left out."""
    written = {field.name: getattr(rule, field.name) for field in fields(rule)}
    written["after_seconds"] = rule.max_delay_ms / 1000
    return {name: written[name] for name in known}


def fault_out(fault: ActiveFault[Any], details: dict[str, Any], *, seconds_left: float) -> FaultOut:
    rule = fault.rule
    return FaultOut(
        id=fault.number,
        shape=rule.shape,
        details=details,
        duration_seconds=rule.duration_seconds,
        seconds_left=seconds_left,
        begun=seconds_left <= rule.duration_seconds,
        hits=fault.hits,
        started_at=fault.started_at,
    )


def outage_out(fault: ActiveFault[Any]) -> OutageOut:
    return OutageOut(
        id=fault.number,
        kind=fault.rule.shape,
        planned_seconds=fault.rule.duration_seconds,
        started_at=fault.started_at,
        ended_at=fault.ended_at,
        calls_struck=fault.hits,
    )
