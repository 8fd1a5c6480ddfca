"""The settlements of one process: those that wait at the same time go into one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError

from services.core.application.call import Call
from services.core.application.gathering import Gathering
from services.core.application.sampling import Sampling
from services.core.application.settle_deliveries import settle_deliveries
from services.core.application.shipment import Shipment
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.telemetry import crash_points

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Settlement:
    """What one round has to say."""

    part: Sequence[Shipment]
    calls: Sequence[Call]


class Settling:
    """Shared by the rounds of one process.

    All of them touch the same few rows, the health of the portal's operations and the totals, and would wait
    for one another's commits. Without `sampling` no accepted dossier is asked about.
    """

    def __init__(
        self, sessions: Sessions, comparison: Comparison, *, sampling: Sampling | None = None
    ) -> None:
        self._sessions = sessions
        self._comparison = comparison
        self._sampling = sampling
        self._gathering = Gathering(self._write_together)

    async def settle(self, part: Sequence[Shipment], calls: Sequence[Call]) -> None:
        """Return when it is committed; raises what kept it from being so."""
        await self._gathering.ask(_Settlement(part, calls))

    async def _write_together(self, together: Sequence[_Settlement]) -> Sequence[Exception | None]:
        """Write all in one transaction; where one of them cannot be written, the others are by themselves."""
        try:
            await self._write(together)
        except Exception as exc:  # noqa: BLE001 - each round is told of it
            if len(together) == 1 or not _is_undone(exc):
                return [exc] * len(together)
            log.warning("delivery.settled_singly", settlements=len(together), error=type(exc).__name__)
            return [failure for one in together for failure in await self._write_together([one])]
        return [None] * len(together)

    async def _write(self, together: Sequence[_Settlement]) -> None:
        part = [shipment for settlement in together for shipment in settlement.part]
        calls = [call for settlement in together for call in settlement.calls]
        async with self._sessions.begin() as session:
            await settle_deliveries(
                session, part, calls=calls, comparison=self._comparison, sampling=self._sampling
            )
            if __debug__:
                crash_points.pass_by("W7")
        if __debug__:
            crash_points.pass_by("W8")


def _is_undone(failure: Exception) -> bool:
    """Tell whether the transaction has surely left nothing behind: a lost connection leaves that open."""
    lost = isinstance(failure, DBAPIError) and failure.connection_invalidated
    return not lost and not isinstance(failure, OSError)
