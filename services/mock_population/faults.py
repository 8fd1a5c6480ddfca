"""One rule of ordered misbehaviour: what it does, and to which calls."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from services.mock_kit import faults


class FaultShape(StrEnum):
    DOWN = "down"
    HANG = "hang"
    HTTP_5XX = "http_5xx"
    HTML = "html"
    CUT_BODY = "cut_body"
    ANSWER_LOST = "answer_lost"
    SLOW = "slow"
    THROTTLED = "throttled"
    EMPTY_BODY = "empty_body"
    SOAP_FAULT = "soap_fault"
    NOT_FOUND = "not_found"
    WRONG_PERSON = "wrong_person"
    STALE_DATA = "stale_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule(faults.Rule):
    shape: FaultShape
    operation: str | None = None
    """An operation or `token`; `None` strikes every wire call."""
    number_pattern: str | None = None
    """Shell pattern; the call is struck if any number it asks about matches."""


ActiveFault = faults.ActiveFault[FaultRule]
FaultBoard = faults.FaultBoard[FaultRule]


@dataclass(frozen=True, slots=True)
class CallTraits:
    """What rules look at in a call."""

    operation: str
    numbers: Callable[[], Iterable[str]] = tuple
    """Those it asks about; read only by rules that care."""

    def covered_by(self, rule: FaultRule) -> bool:
        if rule.operation is not None and rule.operation != self.operation:
            return False
        pattern = rule.number_pattern
        return pattern is None or any(fnmatchcase(number, pattern) for number in self.numbers())
