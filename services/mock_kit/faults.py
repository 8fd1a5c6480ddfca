"""Ordered misbehaviour: which rule strikes which call, and for how long."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

from services.mock_kit.moments import HANOI

MAX_FAULT_SECONDS: Final = 86_400
SLOW: Final = "slow"
"""The shape that strikes besides others; every mock has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When and how a rule strikes; a mock adds whom. From `manner` on, all concerns some shapes only."""

    shape: StrEnum
    duration_seconds: float
    starts_after_seconds: float = 0.0
    """On real time, as the duration, which begins then."""
    probability: float = 1.0
    seed: int = 0
    first_n: int | None = None
    """Strike this many calls and no more."""
    every_n: int = 1
    """Strike only each so manieth of the calls that the rule covers."""
    clock_from: datetime | None = None
    clock_until: datetime | None = None
    """By the mock's clock: from this moment, and before that one."""
    daily_from: str | None = None
    daily_until: str | None = None
    """`HH:MM` in Vietnam by the mock's clock; may reach over midnight."""
    manner: str = ""
    status: int = 503
    retry_after: str = "1"
    min_delay_ms: int = 0
    max_delay_ms: int = 0

    def covers_moment(self, moment: datetime) -> bool:
        """Whether the mock's clock lies in the rule's window."""
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


RuleT = TypeVar("RuleT", bound=Rule)


@dataclass(slots=True)
class ActiveFault(Generic[RuleT]):
    number: int
    rule: RuleT
    started_at: datetime
    """When it strikes first, which may lie ahead."""
    starts_monotonic: float
    random: random.Random
    outage: bool = False
    covered: int = 0
    """Calls that the rule was made for, struck or not."""
    hits: int = 0
    ended_at: datetime | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the rule is ended before its time, so that nobody hangs on."""

    @property
    def ends_monotonic(self) -> float:
        return self.starts_monotonic + self.rule.duration_seconds

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it may."""
        return self.rule.first_n is not None and self.hits >= self.rule.first_n

    def strikes(self, covers: Callable[[RuleT], bool], moment: datetime) -> bool:
        """Whether this call is hit; counts the hit and draws from the seeded sequence."""
        rule = self.rule
        if self.is_spent:
            return False
        if not covers(rule) or not rule.covers_moment(moment):
            return False
        self.covered += 1
        if self.covered % rule.every_n:
            return False
        if rule.probability < 1 and self.random.random() >= rule.probability:
            return False
        self.hits += 1
        return True

    def delay_seconds(self) -> float:
        return self.random.uniform(self.rule.min_delay_ms, self.rule.max_delay_ms) / 1000


@dataclass(frozen=True, slots=True)
class Strike(Generic[RuleT]):
    """What hits one call: a slow-down, another fault, both or neither."""

    slow: ActiveFault[RuleT] | None = None
    fault: ActiveFault[RuleT] | None = None

    async def slow_down(self, manner: str) -> None:
        """Wait, if a slow-down of this manner hits the call and until it is ended."""
        slow = self.slow
        if slow is None or slow.rule.manner != manner:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(slow.delay_seconds()):
                await slow.over.wait()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FaultBoard(Generic[RuleT]):
    """Rules begin and end on real time, whatever the mock's own clock says."""

    def __init__(
        self, *, monotonic: Callable[[], float] = time.monotonic, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._monotonic = monotonic
        self._now = now
        self._numbers = itertools.count(1)
        self._active: dict[int, ActiveFault[RuleT]] = {}
        self._outages: list[ActiveFault[RuleT]] = []

    def add(self, rule: RuleT, *, outage: bool = False) -> ActiveFault[RuleT]:
        fault = ActiveFault(
            number=next(self._numbers),
            rule=rule,
            started_at=self._now() + timedelta(seconds=rule.starts_after_seconds),
            starts_monotonic=self._monotonic() + rule.starts_after_seconds,
            random=random.Random(rule.seed),  # noqa: S311 - a repeatable run, not cryptography
            outage=outage,
        )
        self._active[fault.number] = fault
        if outage:
            self._outages.append(fault)
        return fault

    def active(self) -> list[ActiveFault[RuleT]]:
        """Every rule that has not ended, those that are yet to begin too."""
        self._expire()
        return list(self._active.values())

    def outages(self) -> list[ActiveFault[RuleT]]:
        """Every outage since the last reset, running ones without an end."""
        self._expire()
        return list(self._outages)

    def seconds_left(self, fault: ActiveFault[RuleT]) -> float:
        return max(0.0, fault.ends_monotonic - self._monotonic())

    def end(self, number: int) -> bool:
        """End one rule early; false when there is none with this number."""
        fault = self._active.pop(number, None)
        if fault is None:
            return False
        # One that never began leaves no negative outage.
        fault.ended_at = max(self._now(), fault.started_at)
        fault.over.set()
        return True

    def end_all(self) -> None:
        for number in list(self._active):
            self.end(number)

    def let_go(self) -> None:
        """Free whoever is held up; the rules stay as they are, to be written down."""
        for fault in self._active.values():
            fault.over.set()

    def clear(self) -> None:
        """End every rule and forget the outages."""
        self.end_all()
        self._outages.clear()

    def strike(self, covers: Callable[[RuleT], bool], clock: Callable[[], datetime]) -> Strike[RuleT]:
        """Pick the oldest slow-down and the oldest other fault that hit a call; `covers` tells whom."""
        if not self._active:
            return Strike()
        self._expire()
        slow = fault = None
        begun, moment = self._monotonic(), clock()
        for candidate in self._active.values():
            if candidate.starts_monotonic > begun:
                continue
            if candidate.rule.shape == SLOW:
                if slow is None and candidate.strikes(covers, moment):
                    slow = candidate
            elif fault is None and candidate.strikes(covers, moment):
                fault = candidate
        return Strike(slow, fault)

    def _expire(self) -> None:
        moment = self._monotonic()
        for fault in [fault for fault in self._active.values() if fault.ends_monotonic <= moment]:
            del self._active[fault.number]
            fault.ended_at = fault.started_at + timedelta(seconds=fault.rule.duration_seconds)
