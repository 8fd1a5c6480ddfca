"""The worker's round through its own queue, once a minute."""

import asyncio
from uuid import UUID

import structlog

from services.core.application.check_queue import Checked, check_queue
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.sync_worker.instruments import count_checked
from services.sync_worker.upkeep import again_and_again

log = structlog.get_logger()


class QueueChecks:
    """Checks until cancelled; `bell` is rung when something mended may be delivered now."""

    def __init__(
        self, sessions: Sessions, *, comparison: Comparison, bell: asyncio.Event, seconds: float
    ) -> None:
        self._sessions = sessions
        self._comparison = comparison
        self._bell = bell
        self._seconds = seconds
        self._after: UUID | None = None

    async def run(self) -> None:
        """Check again and again; a round that fails is told, and the delivery goes on."""
        await again_and_again(self._check, seconds=self._seconds, failure="queue.check_failed")

    async def _check(self) -> None:
        async with self._sessions.begin() as session:
            checked = await check_queue(session, after=self._after, comparison=self._comparison)
        self._after = checked.after
        self._tell(checked)

    def _tell(self, checked: Checked) -> None:
        count_checked(checked.mended, starving=checked.starving)
        if checked.mended:
            log.warning("queue.mended", **{fault.value: number for fault, number in checked.mended.items()})
            self._bell.set()
        if checked.starving:
            log.warning("queue.starving", dossiers=checked.starving)
