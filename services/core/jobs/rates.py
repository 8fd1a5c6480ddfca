"""How often a client may call: shared by all processes through Valkey, and each process's own without it.

The generic cell rate algorithm: one time per client, at which its bucket will be empty again.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from services.core.jobs.broker import broker_at, let_go

log = structlog.get_logger()

_PATIENCE_SECONDS: Final = 0.1
#: After a failure Valkey is left alone this long, so that its outage costs callers nothing.
_SULK_SECONDS: Final = 5.0
#: Without Valkey each process allows this share by itself: several of them together make up the rest.
_ALONE_SHARE: Final = 0.5
#: Clients that a process remembers by itself; beyond that the quiet ones are forgotten.
_MOST_KNOWN: Final = 10_000
_KEY: Final = "lienthong:rate:{}"

# Valkey's own clock, so that the clocks of the processes do not matter. Gives the wait in microseconds.
_SCRIPT: Final = """
local now = redis.call('TIME')
local at = now[1] * 1000000 + now[2]
local gap, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), at)
local wait = empty + gap - burst - at
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.0f', empty + gap), 'PX', math.ceil((empty + gap - at) / 1000) + 1)
return 0
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a second in the long run, and so many at once."""

    per_second: float
    burst: int


class Rates(Protocol):
    """Says how long a client has to wait."""

    async def take(self, client: str) -> float:
        """Count a call; gives 0 if it may go on, or else in how many seconds to come again."""

    async def close(self) -> None:
        """Disconnect."""


class NoRates:
    """Lets everybody call as often as they like."""

    async def take(self, client: str) -> float:  # noqa: ARG002 - the port's signature
        """Let it pass."""
        return 0.0

    async def close(self) -> None:
        """Do nothing."""


class OwnRates:
    """Counts in this process alone."""

    def __init__(self, rate: Rate, *, now: Callable[[], float] = time.monotonic) -> None:
        self._gap, self._burst, self._now = 1 / rate.per_second, rate.burst / rate.per_second, now
        self._empty: dict[str, float] = {}

    async def take(self, client: str) -> float:
        """Count a call of this process."""
        now = self._now()
        empty = max(self._empty.get(client, 0.0), now)
        wait = empty + self._gap - self._burst - now
        if wait > 0:
            return wait
        self._empty[client] = empty + self._gap
        if len(self._empty) > _MOST_KNOWN:
            self._empty = {name: at for name, at in self._empty.items() if at > now}
        return 0.0

    async def close(self) -> None:
        """Do nothing."""


class SharedRates:
    """Counts in Valkey; while that is away, each process counts for itself at half the rate."""

    def __init__(self, rate: Rate, redis_url: str) -> None:
        self._rate = rate
        self._alone = OwnRates(Rate(rate.per_second * _ALONE_SHARE, max(1, round(rate.burst * _ALONE_SHARE))))
        self._broker: ArqRedis = broker_at(redis_url)
        self._script = self._broker.register_script(_SCRIPT)
        self._away_until = 0.0

    async def take(self, client: str) -> float:
        """Count a call, whatever the state of Valkey; never raises."""
        if time.monotonic() < self._away_until:
            return await self._alone.take(client)
        gap = 1_000_000 / self._rate.per_second
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                wait = await self._script(keys=[_KEY.format(client)], args=[gap, gap * self._rate.burst])
        except (RedisError, OSError, TimeoutError) as exc:
            self._away_until = time.monotonic() + _SULK_SECONDS
            log.warning("rates.valkey_away", error=type(exc).__name__)
            return await self._alone.take(client)
        return float(wait) / 1_000_000

    async def close(self) -> None:
        """Disconnect."""
        with suppress(RedisError, OSError):
            await let_go(self._broker)


def create_rates(rate: Rate | None, redis_url: str | None) -> Rates:
    """Choose by whether there is a limit, and a Valkey to share it through."""
    if rate is None:
        return NoRates()
    return OwnRates(rate) if redis_url is None else SharedRates(rate, redis_url)
