"""Keeping the estimate of index 766 up to date, once a minute in one of the workers."""

import asyncio
import time
from typing import Final

from services.core.application.refresh_index766 import refresh_index766
from services.core.persistence.engine import Sessions
from services.sync_worker.upkeep import again_and_again

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
        await again_and_again(self._refresh, seconds=self._seconds, failure="index766.refresh_failed")

    async def _refresh(self) -> None:
        """Work off what has changed, in transactions of a piece each, with a rest after each."""
        while True:
            began_at = time.monotonic()
            async with self._sessions.begin() as session:
                done = await refresh_index766(session)
            if done is None or done.is_complete:
                return
            await asyncio.sleep(_RESTS * (time.monotonic() - began_at))
