"""The worker's round through its own queue, once a minute."""

import asyncio
import random
from uuid import UUID

import structlog

from services.core.application.check_queue import Checked, check_queue
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.sync_worker.instruments import count_checked

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
        while True:
            try:
                await self._check()
            except Exception as exc:  # noqa: BLE001 - a row that breaks a check must not stop all deliveries
                log.warning("queue.check_failed", error=type(exc).__name__)
            await asyncio.sleep(self._seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads workers

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
