"""The orders a tester gives: one model per fault shape, and what becomes of them."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.mock_population.faults import MAX_FAULT_SECONDS, ActiveFault, FaultRule, FaultShape
from services.mock_population.ledger import TOKEN, UNKNOWN_OPERATION
from services.mock_population.question import OPERATIONS

MAX_DELAY_MS: Final = 600_000


_TARGETS: Final = (TOKEN, UNKNOWN_OPERATION, *OPERATIONS)


def _known_operation(name: str) -> str:
    if name not in _TARGETS:
        raise ValueError(f"must be one of {', '.join(_TARGETS)}")
    return name


class FaultOrder(BaseModel):
    """Which calls are struck, and until when. Every rule ends by itself, on real time."""

    model_config = ConfigDict(extra="forbid")

    duration_seconds: float = Field(gt=0, le=MAX_FAULT_SECONDS)
    operation: Annotated[str, AfterValidator(_known_operation)] | None = Field(
        default=None, description="An operation, or `token`; every wire call by default"
    )
    number_pattern: str | None = Field(
        default=None,
        max_length=200,
        description="Shell pattern; a call that asks about a matching number is struck",
    )
    probability: float = Field(default=1.0, gt=0, le=1)
    seed: int = 0
    first_n: int | None = Field(default=None, ge=1, description="Strike so many calls and no more")

    def rule(self) -> FaultRule:
        return FaultRule(**self.model_dump())


class DownOrder(FaultOrder):
    """No answer: the connection is reset or closed."""

    shape: Literal[FaultShape.DOWN]
    manner: Literal["reset", "close"] = "reset"


class HangOrder(FaultOrder):
    """Silence until the client leaves or the rule ends."""

    shape: Literal[FaultShape.HANG]


class Http5xxOrder(FaultOrder):
    """A bare error status."""

    shape: Literal[FaultShape.HTTP_5XX]
    status: int = Field(default=503, ge=500, le=599)


class HtmlOrder(FaultOrder):
    """A maintenance page where XML is due, by default under status 200."""

    shape: Literal[FaultShape.HTML]
    status: Literal[200, 404, 500, 502, 503] = 200


class CutBodyOrder(FaultOrder):
    """The answer ends in the middle."""

    shape: Literal[FaultShape.CUT_BODY]
    manner: Literal["content_length", "chunked", "close_delimited"] = "content_length"


class AnswerLostOrder(FaultOrder):
    """Answered, but the client never learns: no answer, a gateway's 504 page, or silence."""

    shape: Literal[FaultShape.ANSWER_LOST]
    manner: Literal["close", "reset", "gateway_timeout", "hang"] = "close"


class SlowOrder(FaultOrder):
    """A delay before the answer, or before the call is even looked at; other faults still apply."""

    shape: Literal[FaultShape.SLOW]
    manner: Literal["answer", "request"] = "answer"
    min_delay_ms: int = Field(ge=0, le=MAX_DELAY_MS)
    max_delay_ms: int = Field(ge=0, le=MAX_DELAY_MS)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_delay_ms > self.max_delay_ms:
            raise ValueError("min_delay_ms is above max_delay_ms")
        return self


class ThrottledOrder(FaultOrder):
    """429 with any Retry-After, sensible or not."""

    shape: Literal[FaultShape.THROTTLED]
    retry_after: str = Field(default="1", max_length=100, pattern=r"^[\x20-\x7e]*$")


class EmptyBodyOrder(FaultOrder):
    """Status 200 with nothing in it."""

    shape: Literal[FaultShape.EMPTY_BODY]


class SoapFaultOrder(FaultOrder):
    """A SOAP fault of the server under status 500, which names no reason."""

    shape: Literal[FaultShape.SOAP_FAULT]


class NotFoundOrder(FaultOrder):
    """Nobody is found, whoever was asked for."""

    shape: Literal[FaultShape.NOT_FOUND]
    manner: Literal["no_citizen", "nameless_citizen"] = "no_citizen"


class WrongPersonOrder(FaultOrder):
    """Someone else is found, a namesake if there is one; a careful client compares before it believes."""

    shape: Literal[FaultShape.WRONG_PERSON]


class StaleDataOrder(FaultOrder):
    """An older record: before the marriage and, for those who moved, with the three-level address."""

    shape: Literal[FaultShape.STALE_DATA]


AnyFaultOrder = Annotated[
    DownOrder
    | HangOrder
    | Http5xxOrder
    | HtmlOrder
    | CutBodyOrder
    | AnswerLostOrder
    | SlowOrder
    | ThrottledOrder
    | EmptyBodyOrder
    | SoapFaultOrder
    | NotFoundOrder
    | WrongPersonOrder
    | StaleDataOrder,
    Field(discriminator="shape"),
]


class OutageOrder(BaseModel):
    """Everything fails in one way for so long."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["down", "hang", "http_5xx", "html", "cut_body", "answer_lost", "empty_body", "soap_fault"]
    seconds: float = Field(gt=0, le=MAX_FAULT_SECONDS)

    def rule(self) -> FaultRule:
        order = _OUTAGE_ORDERS[self.kind]
        return order.model_validate({"shape": self.kind, "duration_seconds": self.seconds}).rule()


_OUTAGE_ORDERS: Final[Mapping[str, type[FaultOrder]]] = MappingProxyType(
    {
        "down": DownOrder,
        "hang": HangOrder,
        "http_5xx": Http5xxOrder,
        "html": HtmlOrder,
        "cut_body": CutBodyOrder,
        "answer_lost": AnswerLostOrder,
        "empty_body": EmptyBodyOrder,
        "soap_fault": SoapFaultOrder,
    }
)


class FaultOut(BaseModel):
    """`manner`, `status`, `retry_after` and the delays mean something to some shapes only."""

    id: int
    shape: FaultShape
    manner: str
    status: int
    retry_after: str
    min_delay_ms: int
    max_delay_ms: int
    operation: str | None
    number_pattern: str | None
    probability: float
    seed: int
    first_n: int | None
    duration_seconds: float
    seconds_left: float
    hits: int
    started_at: datetime


class OutageOut(BaseModel):
    """`ended_at` is null while it runs, and earlier than planned if it was ended by hand."""

    id: int
    kind: FaultShape
    planned_seconds: float
    started_at: datetime
    ended_at: datetime | None
    calls_struck: int


def fault_out(fault: ActiveFault, *, seconds_left: float) -> FaultOut:
    rule = fault.rule
    return FaultOut(
        id=fault.number,
        shape=rule.shape,
        manner=rule.manner,
        status=rule.status,
        retry_after=rule.retry_after,
        min_delay_ms=rule.min_delay_ms,
        max_delay_ms=rule.max_delay_ms,
        operation=rule.operation,
        number_pattern=rule.number_pattern,
        probability=rule.probability,
        seed=rule.seed,
        first_n=rule.first_n,
        duration_seconds=rule.duration_seconds,
        seconds_left=seconds_left,
        hits=fault.hits,
        started_at=fault.started_at,
    )


def outage_out(fault: ActiveFault) -> OutageOut:
    return OutageOut(
        id=fault.number,
        kind=fault.rule.shape,
        planned_seconds=fault.rule.duration_seconds,
        started_at=fault.started_at,
        ended_at=fault.ended_at,
        calls_struck=fault.hits,
    )
