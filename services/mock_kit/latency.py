"""How long every answer takes at least."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from services.mock_kit.moments import HANOI

_Z_95: Final = 1.6449
"""The 95th percentile of the standard normal distribution."""
_DAY_SECONDS: Final = 86_400


class LatencyShape(Protocol):
    def draw_ms(self, draw: random.Random, *, running_seconds: float, moment: datetime) -> float:
        """Give one answer's time; `moment` is by the mock's clock, the other since the shape was set."""


@dataclass(frozen=True, slots=True)
class EvenLatency:
    """Evenly spread between two bounds; equal bounds make it fixed."""

    min_ms: float
    max_ms: float

    def draw_ms(self, draw: random.Random, *, running_seconds: float, moment: datetime) -> float:
        del running_seconds, moment
        return draw.uniform(self.min_ms, self.max_ms)


@dataclass(frozen=True, slots=True)
class LognormalLatency:
    """Half of the answers below the median, one in twenty above the 95th percentile, none above the cap."""

    median_ms: float
    p95_ms: float
    cap_ms: float

    def draw_ms(self, draw: random.Random, *, running_seconds: float, moment: datetime) -> float:
        del running_seconds, moment
        spread = math.log(self.p95_ms / self.median_ms) / _Z_95
        return min(self.cap_ms, draw.lognormvariate(math.log(self.median_ms), spread))


@dataclass(frozen=True, slots=True)
class RampLatency:
    """From one time to another in so many seconds, real time; then it stays."""

    from_ms: float
    to_ms: float
    over_seconds: float

    def draw_ms(self, draw: random.Random, *, running_seconds: float, moment: datetime) -> float:
        del draw, moment
        share = min(1.0, running_seconds / self.over_seconds)
        return self.from_ms + (self.to_ms - self.from_ms) * share


@dataclass(frozen=True, slots=True)
class DailyLatency:
    """By the time of day in Vietnam, straight lines between the points, over midnight too."""

    points: Sequence[tuple[int, float]]
    """Second of the day and milliseconds, in order of the seconds."""

    def draw_ms(self, draw: random.Random, *, running_seconds: float, moment: datetime) -> float:
        del draw, running_seconds
        local = moment.astimezone(HANOI)
        second = local.hour * 3600 + local.minute * 60 + local.second
        (last_at, last_ms), (first_at, first_ms) = self.points[-1], self.points[0]
        around = [(last_at - _DAY_SECONDS, last_ms), *self.points, (first_at + _DAY_SECONDS, first_ms)]
        after = next(index for index, (at, _) in enumerate(around) if at > second)
        (from_at, from_ms), (to_at, to_ms) = around[after - 1], around[after]
        return from_ms + (to_ms - from_ms) * (second - from_at) / (to_at - from_at)


class Latency:
    """The draw is seeded, and begins anew with every setting."""

    def __init__(self, *, seed: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seed = seed
        self._monotonic = monotonic
        self.set(None)

    def set(self, shape: LatencyShape | None) -> None:
        """Let answers take their time in this shape; `None` for no wait at all."""
        self.shape = shape
        self._since = self._monotonic()
        self._random = random.Random(self._seed)  # noqa: S311 - a repeatable run, not cryptography

    def draw_seconds(self, clock: Callable[[], datetime]) -> float:
        if self.shape is None:
            return 0.0
        running = self._monotonic() - self._since
        return self.shape.draw_ms(self._random, running_seconds=running, moment=clock()) / 1000
