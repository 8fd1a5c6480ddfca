"""The orders a tester gives: one model per fault shape, and what becomes of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.mock_kit import fault_orders
from services.mock_kit.fault_orders import FaultOut, Pattern, details_of
from services.mock_kit.faults import MAX_FAULT_SECONDS
from services.mock_population.faults import ActiveFault, FaultRule, FaultShape
from services.mock_population.ledger import TOKEN, UNKNOWN_OPERATION
from services.mock_population.question import OPERATIONS

_TARGETS: Final = (TOKEN, UNKNOWN_OPERATION, *OPERATIONS)


def _known_operation(name: str) -> str:
    if name not in _TARGETS:
        raise ValueError(f"must be one of {', '.join(_TARGETS)}")
    return name


class FaultOrder(fault_orders.FaultOrder):
    """Which calls are struck, and until when. Every rule ends by itself, on real time."""

    operation: Annotated[str, AfterValidator(_known_operation)] | None = Field(
        default=None, description="An operation, or `token`; every wire call by default"
    )
    number_pattern: Pattern | None = Field(
        default=None, description="Shell pattern; a call that asks about a matching number is struck"
    )

    def rule(self) -> FaultRule:
        return FaultRule(**self.model_dump())


class DownOrder(FaultOrder, fault_orders.Down):
    """No answer: the connection is reset or closed."""

    shape: Literal[FaultShape.DOWN]


class HangOrder(FaultOrder):
    """Silence until the client leaves or the rule ends."""

    shape: Literal[FaultShape.HANG]


class Http5xxOrder(FaultOrder, fault_orders.Http5xx):
    """A bare error status."""

    shape: Literal[FaultShape.HTTP_5XX]


class HtmlOrder(FaultOrder, fault_orders.Html):
    """A maintenance page where XML is due, by default under status 200."""

    shape: Literal[FaultShape.HTML]


class CutBodyOrder(FaultOrder, fault_orders.CutBody):
    """The answer ends in the middle."""

    shape: Literal[FaultShape.CUT_BODY]


class AnswerLostOrder(FaultOrder, fault_orders.AnswerLost):
    """Answered, but the client never learns: no answer, a gateway's 504 page, or silence."""

    shape: Literal[FaultShape.ANSWER_LOST]


class SlowOrder(FaultOrder, fault_orders.Slow):
    """A delay before the answer, or before the call is even looked at; other faults still apply."""

    shape: Literal[FaultShape.SLOW]


class ThrottledOrder(FaultOrder, fault_orders.Throttled):
    """429 with any Retry-After, sensible or not."""

    shape: Literal[FaultShape.THROTTLED]


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


ORDER_OF_SHAPE: Final[Mapping[FaultShape, type[FaultOrder]]] = MappingProxyType(
    {
        FaultShape.DOWN: DownOrder,
        FaultShape.HANG: HangOrder,
        FaultShape.HTTP_5XX: Http5xxOrder,
        FaultShape.HTML: HtmlOrder,
        FaultShape.CUT_BODY: CutBodyOrder,
        FaultShape.ANSWER_LOST: AnswerLostOrder,
        FaultShape.SLOW: SlowOrder,
        FaultShape.THROTTLED: ThrottledOrder,
        FaultShape.EMPTY_BODY: EmptyBodyOrder,
        FaultShape.SOAP_FAULT: SoapFaultOrder,
        FaultShape.NOT_FOUND: NotFoundOrder,
        FaultShape.WRONG_PERSON: WrongPersonOrder,
        FaultShape.STALE_DATA: StaleDataOrder,
    }
)


class OutageOrder(BaseModel):
    """Everything fails in one way for so long."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["down", "hang", "http_5xx", "html", "cut_body", "answer_lost", "empty_body", "soap_fault"]
    seconds: float = Field(gt=0, le=MAX_FAULT_SECONDS)

    def rule(self) -> FaultRule:
        order = ORDER_OF_SHAPE[FaultShape(self.kind)]
        return order.model_validate({"shape": self.kind, "duration_seconds": self.seconds}).rule()


def fault_out(fault: ActiveFault, *, seconds_left: float) -> FaultOut:
    details = details_of(fault.rule, ORDER_OF_SHAPE[fault.rule.shape].model_fields)
    return fault_orders.fault_out(fault, details, seconds_left=seconds_left)
