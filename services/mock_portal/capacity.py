"""How much the portal takes: calls and dossiers per second, and a quota by the calendar."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

_BURST_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityLimits:
    calls_per_second: float | None = None
    dossiers_per_second: float | None = None
    quota_calls: int | None = None
    """So many calls in each window of `quota_seconds` by the portal's clock, counted from 1970."""
    quota_seconds: float = 86_400
    when_full: Literal["refuse", "wait"] = "refuse"
    """A used-up quota refuses in any case."""
    announce: Literal["seconds", "http_date", "none"] = "seconds"


@dataclass(frozen=True, slots=True)
class Admission:
    """Either refused, and how soon to come again, or let in after a wait."""

    refused: bool
    seconds: float = 0.0


_AT_ONCE: Final = Admission(refused=False)


class _Meter:
    """A leaky bucket as a single number: when all that was let in will have been dealt with."""

    def __init__(self, per_second: float | None) -> None:
        self._per_second = per_second
        self._busy_until = 0.0

    def wait_seconds(self, now: float) -> float:
        return max(0.0, self._busy_until - now - _BURST_SECONDS)

    def take(self, amount: int, now: float) -> None:
        if self._per_second is not None:
            self._busy_until = max(self._busy_until, now) + amount / self._per_second


class Capacity:
    """Rates run on real time and forgive a burst of one second; the quota follows the portal's clock."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self.set(None)

    def set(self, limits: CapacityLimits | None) -> None:
        self.limits = limits
        self._calls = _Meter(limits.calls_per_second if limits else None)
        self._dossiers = _Meter(limits.dossiers_per_second if limits else None)
        self._quota_window = 0
        self.quota_used = 0

    def admit(self, dossiers: int, clock: Callable[[], datetime]) -> Admission:
        """Let a call with so many dossiers in, or not; a refused one uses nothing up."""
        limits = self.limits
        if limits is None:
            return _AT_ONCE
        left = self._quota_wait(limits, clock())
        if left is not None:
            return Admission(refused=True, seconds=left)
        now = self._monotonic()
        wait = max(self._calls.wait_seconds(now), self._dossiers.wait_seconds(now))
        if wait > 0 and limits.when_full == "refuse":
            return Admission(refused=True, seconds=wait)
        self._calls.take(1, now)
        self._dossiers.take(dossiers, now)
        self.quota_used += 1
        return Admission(refused=False, seconds=wait)

    def _quota_wait(self, limits: CapacityLimits, moment: datetime) -> float | None:
        """Seconds until the next window when this one is used up."""
        if limits.quota_calls is None:
            return None
        window = math.floor(moment.timestamp() / limits.quota_seconds)
        if window != self._quota_window:
            self._quota_window, self.quota_used = window, 0
        if self.quota_used < limits.quota_calls:
            return None
        return (window + 1) * limits.quota_seconds - moment.timestamp()
