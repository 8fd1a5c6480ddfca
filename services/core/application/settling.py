"""The settlements of one process: those that wait at the same time go into one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import DBAPIError

from services.core.application.call import Call
from services.core.application.settle_deliveries import settle_deliveries
from services.core.application.shipment import Shipment
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.telemetry import crash_points

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, eq=False)
class _Settlement:
    """What one round has to say; `written` is done when it is committed."""

    part: Sequence[Shipment]
    calls: Sequence[Call]
    written: asyncio.Future[None]


@dataclass(slots=True)
class Settling:
    """Shared by the rounds of one process.

    All of them touch the same few rows, the health of the portal's operations and the totals, and would wait
    for one another's commits. Nobody waits for company: what comes while a transaction is under way goes
    into the next.
    """

    sessions: Sessions
    comparison: Comparison
    _waiting: list[_Settlement] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None

    async def settle(self, part: Sequence[Shipment], calls: Sequence[Call]) -> None:
        """Return when it is committed; raises what kept it from being so."""
        settlement = _Settlement(part, calls, asyncio.get_running_loop().create_future())
        self._waiting.append(settlement)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        await settlement.written

    async def _write_all(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            await self._write_together(together)
        self._writer = None

    async def _write_together(self, together: Sequence[_Settlement]) -> None:
        """Write all in one transaction; where one of them cannot be written, the others are by themselves."""
        try:
            await self._write(together)
        except Exception as exc:  # noqa: BLE001 - each round is told of it
            if len(together) > 1 and _is_undone(exc):
                log.warning("delivery.settled_singly", settlements=len(together), error=type(exc).__name__)
                for settlement in together:
                    await self._write_together([settlement])
                return
            for settlement in together:
                _tell(settlement, exc)
        else:
            for settlement in together:
                _tell(settlement, None)

    async def _write(self, together: Sequence[_Settlement]) -> None:
        part = [shipment for settlement in together for shipment in settlement.part]
        calls = [call for settlement in together for call in settlement.calls]
        async with self.sessions.begin() as session:
            await settle_deliveries(session, part, calls=calls, comparison=self.comparison)
            if __debug__:
                crash_points.pass_by("W7")
        if __debug__:
            crash_points.pass_by("W8")


def _tell(settlement: _Settlement, failure: Exception | None) -> None:
    """Let a round go on, unless it has been cancelled meanwhile."""
    if settlement.written.done():
        return
    if failure is None:
        settlement.written.set_result(None)
    else:
        settlement.written.set_exception(failure)


def _is_undone(failure: Exception) -> bool:
    """Tell whether the transaction has surely left nothing behind: a lost connection leaves that open."""
    lost = isinstance(failure, DBAPIError) and failure.connection_invalidated
    return not lost and not isinstance(failure, OSError)
