"""Ordered misbehaviour: which rule strikes which call, and for how long."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

MAX_FAULT_SECONDS: Final = 86_400

Subjects = Callable[[], Iterable[str]]
"""Gives the numbers a call asks about; asked only by rules that care."""


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
class FaultRule:
    """`manner`, `status`, `retry_after` and the delays mean something to some shapes only."""

    shape: FaultShape
    duration_seconds: float
    operation: str | None = None
    """An operation or `token`; `None` strikes every wire call."""
    number_pattern: str | None = None
    """Shell pattern; the call is struck if any number it asks about matches."""
    probability: float = 1.0
    seed: int = 0
    first_n: int | None = None
    """Strike this many calls and no more."""
    manner: str = ""
    status: int = 503
    retry_after: str = "1"
    min_delay_ms: int = 0
    max_delay_ms: int = 0

    def covers(self, operation: str, subjects: Subjects) -> bool:
        if self.operation is not None and self.operation != operation:
            return False
        pattern = self.number_pattern
        return pattern is None or any(fnmatchcase(number, pattern) for number in subjects())


@dataclass(slots=True)
class ActiveFault:
    number: int
    rule: FaultRule
    started_at: datetime
    ends_monotonic: float
    random: random.Random
    outage: bool = False
    hits: int = 0
    ended_at: datetime | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the rule is ended before its time, so that nobody hangs on."""

    def strikes(self, operation: str, subjects: Subjects) -> bool:
        """Whether this call is hit; counts the hit and draws from the seeded sequence."""
        rule = self.rule
        if rule.first_n is not None and self.hits >= rule.first_n:
            return False
        if not rule.covers(operation, subjects):
            return False
        if rule.probability < 1 and self.random.random() >= rule.probability:
            return False
        self.hits += 1
        return True

    def delay_seconds(self) -> float:
        return self.random.uniform(self.rule.min_delay_ms, self.rule.max_delay_ms) / 1000


@dataclass(frozen=True, slots=True)
class Strike:
    """What hits one call: a slow-down, another fault, both or neither."""

    slow: ActiveFault | None = None
    fault: ActiveFault | None = None


_NO_STRIKE: Final = Strike()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FaultBoard:
    """Rules run on real time, whatever the database's own clock says."""

    def __init__(
        self, *, monotonic: Callable[[], float] = time.monotonic, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._monotonic = monotonic
        self._now = now
        self._numbers = itertools.count(1)
        self._active: dict[int, ActiveFault] = {}
        self._outages: list[ActiveFault] = []

    def add(self, rule: FaultRule, *, outage: bool = False) -> ActiveFault:
        fault = ActiveFault(
            number=next(self._numbers),
            rule=rule,
            started_at=self._now(),
            ends_monotonic=self._monotonic() + rule.duration_seconds,
            random=random.Random(rule.seed),  # noqa: S311 - a repeatable run, not cryptography
            outage=outage,
        )
        self._active[fault.number] = fault
        if outage:
            self._outages.append(fault)
        return fault

    def active(self) -> list[ActiveFault]:
        self._expire()
        return list(self._active.values())

    def outages(self) -> list[ActiveFault]:
        """Every outage since the last reset, running ones without an end."""
        self._expire()
        return list(self._outages)

    def seconds_left(self, fault: ActiveFault) -> float:
        return max(0.0, fault.ends_monotonic - self._monotonic())

    def end(self, number: int) -> bool:
        """End one rule early; false when there is none with this number."""
        fault = self._active.pop(number, None)
        if fault is None:
            return False
        fault.ended_at = self._now()
        fault.over.set()
        return True

    def end_all(self) -> None:
        for number in list(self._active):
            self.end(number)

    def clear(self) -> None:
        """End every rule and forget the outages."""
        self.end_all()
        self._outages.clear()

    def strike(self, operation: str, subjects: Subjects) -> Strike:
        """Pick the oldest slow-down and the oldest other fault that hit this call."""
        if not self._active:
            return _NO_STRIKE
        self._expire()
        slow = fault = None
        for candidate in self._active.values():
            if candidate.rule.shape is FaultShape.SLOW:
                if slow is None and candidate.strikes(operation, subjects):
                    slow = candidate
            elif fault is None and candidate.strikes(operation, subjects):
                fault = candidate
        return Strike(slow, fault)

    def _expire(self) -> None:
        moment = self._monotonic()
        for fault in [fault for fault in self._active.values() if fault.ends_monotonic <= moment]:
            del self._active[fault.number]
            fault.ended_at = fault.started_at + timedelta(seconds=fault.rule.duration_seconds)
