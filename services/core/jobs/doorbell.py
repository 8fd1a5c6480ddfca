"""Wakes the worker. A ring carries no data, and a lost one costs no more than the worker's poll interval."""

import asyncio
import time
from contextlib import suppress
from typing import Final

import structlog
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from services.core.jobs import names
from services.core.jobs.broker import broker_at, let_go

log = structlog.get_logger()

#: One look at the queue takes all that is due, so more rings than this per second are wasted work.
QUIET_SECONDS: Final = 0.05
#: After a failure the broker is left alone this long, so that an outage costs the desk nothing.
SULK_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 0.5


class SilentDoorbell:
    """For an installation without a broker: the worker finds the work by polling."""

    async def ring(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""


class ArqDoorbell:
    """Enqueues a job without arguments, at most one per `QUIET_SECONDS` and process."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._broker: ArqRedis | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._wanted = False
        self._silent_until = 0.0

    async def ring(self) -> None:
        """Ask for a look at the queue; returns at once and never raises."""
        self._wanted = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring_while_wanted())

    async def close(self) -> None:
        """Let the last ring out and disconnect."""
        if self._ringing is not None:
            await self._ringing
        await self._disconnect()

    async def _ring_while_wanted(self) -> None:
        while self._wanted:
            await asyncio.sleep(QUIET_SECONDS)
            # Reset before the ring goes out, which may be too early for work that the next one stands for.
            self._wanted = False
            if time.monotonic() >= self._silent_until:
                await self._try_to_ring()

    async def _try_to_ring(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._enqueue()
        except (RedisError, OSError, TimeoutError) as exc:
            self._silent_until = time.monotonic() + SULK_SECONDS
            log.warning("doorbell.out_of_order", error=type(exc).__name__)
            with suppress(RedisError, OSError):
                await self._disconnect()

    async def _enqueue(self) -> None:
        if self._broker is None:
            self._broker = broker_at(self._redis_url)
        await self._broker.enqueue_job(names.LOOK_AT_QUEUE)

    async def _disconnect(self) -> None:
        broker, self._broker = self._broker, None
        if broker is not None:
            await let_go(broker)


def create_doorbell(redis_url: str | None) -> ArqDoorbell | SilentDoorbell:
    """Choose by whether there is a broker."""
    return SilentDoorbell() if redis_url is None else ArqDoorbell(redis_url)
