"""Keeping up to date, once a minute in one of the workers, what reports and estimates are read from."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.add_up_deliveries import add_up_deliveries
from services.core.application.refresh_index766 import refresh_index766
from services.core.persistence.engine import Sessions
from services.sync_worker.upkeep import again_and_again

#: Times the length of a piece of work until the next: an open snapshot makes claims slow, and dossiers are
#: read in delivery's processor time.
_RESTS: Final = 9.0

#: Does one piece, and tells whether there is more to do.
Piece = Callable[[AsyncSession], Awaitable[bool]]


class RollupUpkeep:
    """Works until cancelled; of several workers one at a time does it, the others pass."""

    def __init__(self, sessions: Sessions, piece: Piece, *, seconds: float) -> None:
        self._sessions = sessions
        self._piece = piece
        self._seconds = seconds

    async def run(self) -> None:
        """Work again and again; a failure is told, and the delivery goes on."""
        failure = f"{self._piece.__name__}.failed"
        await again_and_again(self._catch_up, seconds=self._seconds, failure=failure)

    async def _catch_up(self) -> None:
        """Work off what has changed, in transactions of a piece each, with a rest after each."""
        while True:
            began_at = time.monotonic()
            async with self._sessions.begin() as session:
                is_more = await self._piece(session)
            if not is_more:
                return
            await asyncio.sleep(_RESTS * (time.monotonic() - began_at))


async def keep_index766(session: AsyncSession) -> bool:
    """Do a piece of the estimate of index 766."""
    done = await refresh_index766(session)
    return done is not None and not done.is_complete


#: All of it.
PIECES: Final[tuple[Piece, ...]] = (keep_index766, add_up_deliveries)
