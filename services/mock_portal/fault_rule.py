"""One rule of ordered misbehaviour: what it does, and to which calls."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from services.mock_kit import faults

Names = Callable[[], Iterable[str]]
"""Gives names found in a call; asked only by rules that care."""


class FaultShape(StrEnum):
    DOWN = "down"
    HANG = "hang"
    HTTP_5XX = "http_5xx"
    HTML = "html"
    CUT_BODY = "cut_body"
    ANSWER_LOST = "answer_lost"
    SLOW = "slow"
    DRIP = "drip"
    THROTTLED = "throttled"
    SESSION_EXPIRED = "session_expired"
    LOGIN_REFUSED = "login_refused"
    REFUSED = "refused"
    WRONG_ECHO = "wrong_echo"
    WRONG_TYPES = "wrong_types"
    STORED_TWICE = "stored_twice"
    REFUSED_LATER = "refused_later"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule(faults.Rule):
    """`code`, `message` and `chunk_bytes` mean something to some shapes only."""

    shape: FaultShape
    operation: str | None = None
    """A service name or `login`; `None` strikes every wire call."""
    unit_pattern: str | None = None
    procedure_pattern: str | None = None
    dossier_pattern: str | None = None
    """Shell patterns; a call is struck if any of its procedures, any of its dossiers matches."""
    code: str = ""
    message: str = ""
    chunk_bytes: int = 1


ActiveFault = faults.ActiveFault[FaultRule]
FaultBoard = faults.FaultBoard[FaultRule]


@dataclass(frozen=True, slots=True)
class CallTraits:
    """What rules look at in a call."""

    operation: str
    unit: str = ""
    codes: Names = tuple
    """The dossiers the call is about."""
    procedures: Names = tuple
    """Their procedures, as far as the call or the store names them."""

    def covered_by(self, rule: FaultRule) -> bool:
        if rule.operation is not None and rule.operation != self.operation:
            return False
        if rule.unit_pattern is not None and not fnmatchcase(self.unit, rule.unit_pattern):
            return False
        return _any_matches(rule.procedure_pattern, self.procedures) and _any_matches(
            rule.dossier_pattern, self.codes
        )


def _any_matches(pattern: str | None, names: Names) -> bool:
    return pattern is None or any(fnmatchcase(name, pattern) for name in names())
