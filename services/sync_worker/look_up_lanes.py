"""The loop of look-ups, beside the delivery: some lanes for everything, one for what a person waits for."""

import asyncio
import random
from contextlib import suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.core.application.look_up_due import LookedUp, LookingUp, look_up_due
from services.core.persistence.look_ups import LookUpRepository
from services.core.telemetry import correlation
from services.sync_worker.lanes import DATABASE_PAUSE_SECONDS, Rhythm

log = structlog.get_logger()


class LookUpLanes:
    """Runs `lanes` lanes, and one more for questions by hand."""

    def __init__(self, looking_up: LookingUp, rhythm: Rhythm, *, lanes: int) -> None:
        self._looking_up = looking_up
        self._rhythm = rhythm
        # One for each lane: nobody silences a ring that another has not heard.
        self._bells = [asyncio.Event() for _ in range(lanes + 1)]

    def set(self) -> None:
        """Ring: there may be work."""
        for bell in self._bells:
            bell.set()

    async def run(self) -> None:
        """Look up until cancelled; rounds under way give back what they got no answer to."""
        async with asyncio.TaskGroup() as group:
            *bells, last = self._bells
            for bell in bells:
                group.create_task(self._lane(bell, by_hand_only=False))
            group.create_task(self._lane(last, by_hand_only=True))
            group.create_task(self._sweep())

    async def _lane(self, bell: asyncio.Event, *, by_hand_only: bool) -> None:
        while True:
            correlation.begin(None)
            try:
                await self._work(bell, by_hand_only=by_hand_only)
            except Exception as exc:  # noqa: BLE001 - a look-up that breaks must not stop all deliveries
                # Its lease runs out, and it is tried again then.
                log.error("look_ups.round_failed", error=type(exc).__name__)  # noqa: TRY400 - a trace may quote
                await asyncio.sleep(DATABASE_PAUSE_SECONDS * _around_one())

    async def _work(self, bell: asyncio.Event, *, by_hand_only: bool) -> None:
        """Do one round, and rest if there is no reason for another at once."""
        # Cleared before the look: a ring that comes while nothing is found must not be lost.
        bell.clear()
        leave = await self._looking_up.pacing.leave()
        done = LookedUp(0, 0)
        if leave is not None:
            done = await look_up_due(self._looking_up, leave, by_hand_only=by_hand_only)
        if not done.settled:
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), self._rhythm.poll * _around_one())

    async def _sweep(self) -> None:
        """Put back what dead workers held."""
        while True:
            await asyncio.sleep(self._rhythm.sweep * _around_one())
            try:
                async with self._looking_up.sessions.begin() as session:
                    expired = await LookUpRepository(session).expire_leases()
            except (SQLAlchemyError, OSError) as exc:
                log.warning("look_ups.sweep_failed", error=type(exc).__name__)
                continue
            if expired:
                log.warning("look_ups.leases_expired", look_ups=expired)
                self.set()


def _around_one() -> float:
    return random.uniform(0.8, 1.2)  # noqa: S311 - spreads polls, guards nothing
