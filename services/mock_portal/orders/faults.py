"""Fault rules as they are ordered: one model per shape."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from services.mock_kit import fault_orders
from services.mock_kit.fault_orders import MAX_LATER_SECONDS, Pattern
from services.mock_portal.fault_rule import FaultRule, FaultShape
from services.mock_portal.ledger import LOGIN
from services.mock_portal.operations import OPERATIONS
from services.mock_portal.spoiled_answers import WRONG_TYPES


def _known_operation(name: str) -> str:
    if name not in OPERATIONS:
        raise ValueError(f"must be one of {', '.join(sorted(OPERATIONS))}")
    return name


class FaultOrder(fault_orders.FaultOrder):
    """Which calls are struck, and until when. Every rule ends by itself, on real time."""

    operation: Annotated[str, AfterValidator(_known_operation)] | None = Field(
        default=None, description="Service name or `login`; every wire call by default"
    )
    unit_pattern: Pattern | None = Field(default=None, description="Shell pattern for `madonvi`")
    procedure_pattern: Pattern | None = Field(
        default=None,
        description="Shell pattern; procedures of progress and look-ups are those of the stored dossier",
    )
    dossier_pattern: Pattern | None = Field(
        default=None, description="Shell pattern; a call with any matching dossier is struck"
    )

    def rule(self) -> FaultRule:
        return FaultRule(**self.model_dump())


class DownOrder(FaultOrder, fault_orders.Down):
    """No answer: the connection is reset or closed. Nothing is stored."""

    shape: Literal[FaultShape.DOWN]


class HangOrder(FaultOrder):
    """Silence until the client leaves or the rule ends. Nothing is stored."""

    shape: Literal[FaultShape.HANG]


class Http5xxOrder(FaultOrder, fault_orders.Http5xx):
    """A bare error status. Nothing is stored."""

    shape: Literal[FaultShape.HTTP_5XX]


class HtmlOrder(FaultOrder, fault_orders.Html):
    """A maintenance page where JSON is due, by default under status 200. Nothing is stored."""

    shape: Literal[FaultShape.HTML]


class CutBodyOrder(FaultOrder, fault_orders.CutBody):
    """Stored, but the answer ends in the middle."""

    shape: Literal[FaultShape.CUT_BODY]


class AnswerLostOrder(FaultOrder, fault_orders.AnswerLost):
    """Stored, but the client never learns: no answer, a gateway's 504 page, or silence."""

    shape: Literal[FaultShape.ANSWER_LOST]


class SlowOrder(FaultOrder, fault_orders.Slow):
    """A delay before the answer, or before the call is even looked at; other faults still apply."""

    shape: Literal[FaultShape.SLOW]


class DripOrder(FaultOrder, fault_orders.Delay):
    """Stored; the answer's head comes at once, its body in parts with a delay before each, to the end."""

    shape: Literal[FaultShape.DRIP]
    chunk_bytes: int = Field(default=1, ge=1, le=65_536)


class ThrottledOrder(FaultOrder, fault_orders.Throttled):
    """429 with any Retry-After, sensible or not. Nothing is stored.

    As `http_date` the text is a number of seconds, sent as the date so far from now.
    """

    shape: Literal[FaultShape.THROTTLED]


class SessionExpiredOrder(FaultOrder):
    """The session of the call ends, and the call is refused for it."""

    shape: Literal[FaultShape.SESSION_EXPIRED]


class LoginRefusedOrder(FaultOrder):
    """Log-ins are refused whatever they send; other calls are let alone."""

    shape: Literal[FaultShape.LOGIN_REFUSED]
    operation: Literal["login"] = LOGIN
    code: str = Field(default="-1", min_length=1, max_length=20)
    message: str = Field(default="Tên đăng nhập hoặc mật khẩu không đúng", max_length=500)


class RefusedOrder(FaultOrder):
    """A refusal in the portal's own form, under HTTP 200. Nothing is stored."""

    shape: Literal[FaultShape.REFUSED]
    code: str = Field(default="-1", min_length=1, max_length=20, pattern=r"^[!-~]*[!-/1-~][!-~]*$")
    message: str = Field(default="Hệ thống đang bận, vui lòng thử lại sau", max_length=500)


class WrongEchoOrder(FaultOrder):
    """Stored, but the answer speaks of another dossier."""

    shape: Literal[FaultShape.WRONG_ECHO]


class WrongTypesOrder(FaultOrder):
    """Stored, but the answer's fields are of another type or name than agreed."""

    shape: Literal[FaultShape.WRONG_TYPES]
    manner: str = Field(default="any", json_schema_extra={"enum": ["any", *WRONG_TYPES]})

    @model_validator(mode="after")
    def _known_manner(self) -> Self:
        if self.manner != "any" and self.manner not in WRONG_TYPES:
            raise ValueError(f"manner must be any or one of {', '.join(WRONG_TYPES)}")
        return self


class StoredTwiceOrder(FaultOrder):
    """Everything in the call is stored two times over, as by a gateway that repeats calls by itself."""

    shape: Literal[FaultShape.STORED_TWICE]


class RefusedLaterOrder(FaultOrder):
    """Accepted and stored, and taken back after so long by the portal's clock, without a word."""

    shape: Literal[FaultShape.REFUSED_LATER]
    after_seconds: float = Field(gt=0, le=MAX_LATER_SECONDS)

    def rule(self) -> FaultRule:
        delay_ms = round(self.after_seconds * 1000)
        fields = self.model_dump(exclude={"after_seconds"})
        return FaultRule(**fields, min_delay_ms=delay_ms, max_delay_ms=delay_ms)


AnyFaultOrder = Annotated[
    DownOrder
    | HangOrder
    | Http5xxOrder
    | HtmlOrder
    | CutBodyOrder
    | AnswerLostOrder
    | SlowOrder
    | DripOrder
    | ThrottledOrder
    | SessionExpiredOrder
    | LoginRefusedOrder
    | RefusedOrder
    | WrongEchoOrder
    | WrongTypesOrder
    | StoredTwiceOrder
    | RefusedLaterOrder,
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
        FaultShape.DRIP: DripOrder,
        FaultShape.THROTTLED: ThrottledOrder,
        FaultShape.SESSION_EXPIRED: SessionExpiredOrder,
        FaultShape.LOGIN_REFUSED: LoginRefusedOrder,
        FaultShape.REFUSED: RefusedOrder,
        FaultShape.WRONG_ECHO: WrongEchoOrder,
        FaultShape.WRONG_TYPES: WrongTypesOrder,
        FaultShape.STORED_TWICE: StoredTwiceOrder,
        FaultShape.REFUSED_LATER: RefusedLaterOrder,
    }
)


def details_of(rule: FaultRule) -> dict[str, Any]:
    """Write a rule down as it could be ordered again."""
    return fault_orders.details_of(rule, ORDER_OF_SHAPE[rule.shape].model_fields)
