"""One rule of ordered misbehaviour: what it does, to which calls, and when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from services.mock_portal.wire_time import HANOI

MAX_FAULT_SECONDS: Final = 86_400

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


@dataclass(frozen=True, slots=True)
class CallTraits:
    """What rules look at in a call."""

    operation: str
    unit: str = ""
    codes: Names = tuple
    """The dossiers the call is about."""
    procedures: Names = tuple
    """Their procedures, as far as the call or the store names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """What stands below `manner`, and itself, means something to some shapes only."""

    shape: FaultShape
    duration_seconds: float
    starts_after_seconds: float = 0.0
    """On real time, as the duration, which begins then."""
    operation: str | None = None
    """A service name or `login`; `None` strikes every wire call."""
    unit_pattern: str | None = None
    procedure_pattern: str | None = None
    dossier_pattern: str | None = None
    """Shell patterns; a call is struck if any of its procedures, any of its dossiers matches."""
    probability: float = 1.0
    seed: int = 0
    first_n: int | None = None
    """Strike this many calls and no more."""
    every_n: int = 1
    """Strike only each so manieth of the calls that the rule covers."""
    clock_from: datetime | None = None
    clock_until: datetime | None = None
    """By the portal's clock: from this moment, and before that one."""
    daily_from: str | None = None
    daily_until: str | None = None
    """`HH:MM` in Vietnam by the portal's clock; may reach over midnight."""
    manner: str = ""
    status: int = 503
    retry_after: str = "1"
    code: str = ""
    message: str = ""
    min_delay_ms: int = 0
    max_delay_ms: int = 0
    chunk_bytes: int = 1

    def covers(self, traits: CallTraits) -> bool:
        if self.operation is not None and self.operation != traits.operation:
            return False
        if self.unit_pattern is not None and not fnmatchcase(traits.unit, self.unit_pattern):
            return False
        return _any_matches(self.procedure_pattern, traits.procedures) and _any_matches(
            self.dossier_pattern, traits.codes
        )

    def covers_moment(self, moment: datetime) -> bool:
        """Whether the portal's clock lies in the rule's window."""
        if self.clock_from is not None and moment < self.clock_from:
            return False
        if self.clock_until is not None and moment >= self.clock_until:
            return False
        if self.daily_from is None or self.daily_until is None:
            return True
        time_of_day = moment.astimezone(HANOI).strftime("%H:%M")
        if self.daily_from <= self.daily_until:
            return self.daily_from <= time_of_day < self.daily_until
        return time_of_day >= self.daily_from or time_of_day < self.daily_until


def _any_matches(pattern: str | None, names: Names) -> bool:
    return pattern is None or any(fnmatchcase(name, pattern) for name in names())
