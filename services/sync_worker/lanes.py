"""The delivery loop: claims as long as anything is due, otherwise waits for the bell or the next poll.

One lane is reserved for look-ups, so that what is unknown gets an answer however much there is to send.
"""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.core.application.deliver_due import Delivered, Delivering, deliver_due
from services.core.domain.pace import Leave
from services.core.persistence.deliveries import DeliveryRepository
from services.core.telemetry import correlation
from services.sync_worker.instruments import count_claims, tell_pace

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
    """Runs as many lanes as calls may ever be under way. `bell` is rung when there may be work."""

    def __init__(self, delivering: Delivering, rhythm: Rhythm) -> None:
        self.bell = asyncio.Event()
        self._delivering = delivering
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
        number = self._delivering.pacing.limit.ceiling
        lanes = [asyncio.create_task(self._lane(asking=place == number)) for place in range(number + 1)]
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

    async def _lane(self, *, asking: bool) -> None:
        while not self._stopping.is_set():
            correlation.begin(None)
            try:
                await self._deliver(asking=asking)
            except (SQLAlchemyError, OSError) as exc:
                # A failing database costs a pause, not the lane.
                log.warning("delivery.database_unavailable", error=type(exc).__name__)
                await asyncio.sleep(DATABASE_PAUSE_SECONDS * _around_one())

    async def _deliver(self, *, asking: bool) -> None:
        """Do one round, and rest if there is no reason for another at once.

        The bell belongs to lanes that look at everything: others must neither silence it nor wake by it.
        """
        pacing = self._delivering.pacing
        leave = await pacing.leave(asking=asking)
        tell_pace(calls=pacing.limit.calls, retry_tokens=pacing.retry_tokens)
        if leave is None:
            await self._rest(self._stopping)
            return
        bell = self._stopping if asking else self.bell
        if not asking:
            # Cleared before the look: a ring that comes while nothing is found must not be lost.
            self.bell.clear()
        delivered = await deliver_due(self._delivering, leave)
        count_claims(delivered.claimed)
        if not self._goes_on(leave, delivered):
            await self._rest(bell)

    def _goes_on(self, leave: Leave, delivered: Delivered) -> bool:
        if leave.is_probe:
            # A good probe makes room for the next, or for everybody.
            if delivered.taken:
                self.bell.set()
            return bool(delivered.taken)
        full = delivered.claimed >= delivered.wanted
        return full and not (delivered.turned_away and not delivered.taken)

    async def _rest(self, bell: asyncio.Event) -> None:
        """Wait for the bell, at most about as long as from poll to poll."""
        with suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), self._rhythm.poll * _around_one())

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
