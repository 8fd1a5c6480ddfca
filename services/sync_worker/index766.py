"""Keeping the estimate of index 766 up to date, once a minute in one of the workers."""

import asyncio
import random
import time
from typing import Final

import structlog

from services.core.application.refresh_index766 import refresh_index766
from services.core.persistence.engine import Sessions

log = structlog.get_logger()

#: Times the length of a piece of work until the next: an open snapshot makes claims slow, and dossiers are
#: read in delivery's processor time.
_RESTS: Final = 9.0


class IndexUpkeep:
    """Refreshes until cancelled; of several workers one at a time does it, the others pass."""

    def __init__(self, sessions: Sessions, *, seconds: float) -> None:
        self._sessions = sessions
        self._seconds = seconds

    async def run(self) -> None:
        """Refresh again and again; a failure is told, and the delivery goes on."""
        while True:
            try:
                await self._refresh()
            except Exception as exc:  # noqa: BLE001 - an estimate must not stop all deliveries
                log.warning("index766.refresh_failed", error=type(exc).__name__)
            await asyncio.sleep(self._seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads workers

    async def _refresh(self) -> None:
        """Work off what has changed, in transactions of a piece each, with a rest after each."""
        while True:
            began_at = time.monotonic()
            async with self._sessions.begin() as session:
                done = await refresh_index766(session)
            if done is None or done.is_complete:
                return
            await asyncio.sleep(_RESTS * (time.monotonic() - began_at))
