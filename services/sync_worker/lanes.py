"""The delivery loop: claims as long as anything is due, otherwise waits for the bell or the next poll."""

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.core.application.deliver_due import Delivered, Delivering, deliver_due
from services.core.domain.pace import Pace, PacePolicy
from services.core.persistence.deliveries import DeliveryRepository
from services.core.telemetry import correlation
from services.sync_worker.instruments import count_claims

log = structlog.get_logger()

#: Pause after a failed database access; each lane waits by itself, so they do not come back together.
DATABASE_PAUSE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between polls, between sweeps for expired leases, and for finishing at a stop."""

    poll: float
    sweep: float
    stop: float


class DeliveryLanes:
    """Runs a fixed number of lanes until told to stop. `bell` is rung when there may be work."""

    def __init__(self, delivering: Delivering, pace: PacePolicy, rhythm: Rhythm) -> None:
        self.bell = asyncio.Event()
        self._delivering = delivering
        self._lanes = pace.lanes
        self._pace = Pace(pace)
        self._rhythm = rhythm
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Claim nothing more; rounds under way may finish."""
        self._stopping.set()
        self.bell.set()

    async def run(self) -> None:
        """Deliver until stopped; rounds that take longer than the stop time give their rows back.

        A lane that breaks down ends all of them, and its error is raised: a process that looks alive and
        delivers nothing is worse than one that is started again.
        """
        lanes = [asyncio.create_task(self._lane()) for _ in range(self._lanes)]
        sweeper = asyncio.create_task(self._sweep())
        stopped = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((*lanes, sweeper, stopped), return_when=asyncio.FIRST_COMPLETED)
        self.stop()
        _, late = await asyncio.wait(lanes, timeout=self._rhythm.stop)
        for task in (*late, sweeper, stopped):
            task.cancel()
        results = await asyncio.gather(*lanes, sweeper, stopped, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result
        log.info("worker.stopped", rounds_cut_short=len(late))

    async def _lane(self) -> None:
        while not self._stopping.is_set():
            # Cleared before the look: a ring that comes while nothing is found must not be lost.
            self.bell.clear()
            if not self._pace.may_start(time.monotonic()):
                await self._rest()
                continue
            size = 1 if self._pace.portal_is_down else self._delivering.dossiers_per_call
            delivered = await self._deliver(size)
            if delivered.claimed < size or self._pace.portal_is_down:
                await self._rest()

    async def _deliver(self, size: int) -> Delivered:
        """Do one round; a failing database costs a pause, not the lane."""
        correlation.begin(None)
        delivered = Delivered()
        try:
            delivered = await deliver_due(self._delivering, size=size)
        except (SQLAlchemyError, OSError) as exc:
            log.warning("delivery.database_unavailable", error=type(exc).__name__)
            await asyncio.sleep(DATABASE_PAUSE_SECONDS * _around_one())
        finally:
            self._note_pace(delivered)
        return delivered

    def _note_pace(self, delivered: Delivered) -> None:
        count_claims(delivered.claimed)
        was_down = self._pace.portal_is_down
        self._pace.ended(time.monotonic(), taken=delivered.taken, turned_away=delivered.turned_away)
        if self._pace.portal_is_down is not was_down:
            log.warning("portal.unreachable" if self._pace.portal_is_down else "portal.back")
            self.bell.set()

    async def _rest(self) -> None:
        """Wait for the bell, at most about as long as from poll to poll."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.bell.wait(), self._rhythm.poll * _around_one())

    async def _sweep(self) -> None:
        """Find leases whose holder has died; their dossiers are asked about next."""
        while True:
            await asyncio.sleep(self._rhythm.sweep * _around_one())
            try:
                async with self._delivering.sessions.begin() as session:
                    expired = await DeliveryRepository(session).expire_leases()
            except (SQLAlchemyError, OSError) as exc:
                log.warning("delivery.sweep_failed", error=type(exc).__name__)
                continue
            if expired:
                log.warning("delivery.leases_expired", dossiers=expired)
                self.bell.set()


def _around_one() -> float:
    return random.uniform(0.8, 1.2)  # noqa: S311 - spreads polls, guards nothing
