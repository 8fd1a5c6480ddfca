"""Ordered misbehaviour: which rule strikes which call, and for how long."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from services.mock_portal.fault_rule import CallTraits, FaultRule, FaultShape


@dataclass(slots=True)
class ActiveFault:
    number: int
    rule: FaultRule
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

    def strikes(self, traits: CallTraits, moment: datetime) -> bool:
        """Whether this call is hit; counts the hit and draws from the seeded sequence."""
        rule = self.rule
        if self.is_spent:
            return False
        if not rule.covers(traits) or not rule.covers_moment(moment):
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
class Strike:
    """What hits one call: a slow-down, another fault, both or neither."""

    slow: ActiveFault | None = None
    fault: ActiveFault | None = None


_NO_STRIKE: Final = Strike()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FaultBoard:
    """Rules begin and end on real time, whatever the portal's own clock says."""

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
            started_at=self._now() + timedelta(seconds=rule.starts_after_seconds),
            starts_monotonic=self._monotonic() + rule.starts_after_seconds,
            random=random.Random(rule.seed),  # noqa: S311 - a repeatable run, not cryptography
            outage=outage,
        )
        self._active[fault.number] = fault
        if outage:
            self._outages.append(fault)
        return fault

    def active(self) -> list[ActiveFault]:
        """Every rule that has not ended, those that are yet to begin too."""
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

    def strike(self, traits: CallTraits, clock: Callable[[], datetime]) -> Strike:
        """Pick the oldest slow-down and the oldest other fault that hit this call."""
        if not self._active:
            return _NO_STRIKE
        self._expire()
        slow = fault = None
        begun, moment = self._monotonic(), clock()
        for candidate in self._active.values():
            if candidate.starts_monotonic > begun:
                continue
            if candidate.rule.shape is FaultShape.SLOW:
                if slow is None and candidate.strikes(traits, moment):
                    slow = candidate
            elif fault is None and candidate.strikes(traits, moment):
                fault = candidate
        return Strike(slow, fault)

    def _expire(self) -> None:
        moment = self._monotonic()
        for fault in [fault for fault in self._active.values() if fault.ends_monotonic <= moment]:
            del self._active[fault.number]
            fault.ended_at = fault.started_at + timedelta(seconds=fault.rule.duration_seconds)
