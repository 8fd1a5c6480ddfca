"""The append-only record of calls, and the health of the portal that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Operation
from services.core.domain.false_late import Outage

#: Fewer failures in a row are hiccups, not an outage.
OUTAGE_AFTER: Final = 3

_ATTEMPTS: Final = text("""
INSERT INTO delivery_attempts (dossier_id, call_id, operation, outcome, version, first_seq, last_seq,
    request_hash, detail, started_at, finished_at)
SELECT a.dossier_id, a.call_id, a.operation, a.outcome, a.version, a.first_seq, a.last_seq, a.request_hash,
    a.detail, now() - make_interval(secs => a.started_ago), now() - make_interval(secs => a.finished_ago)
FROM unnest(
    CAST(:dossier_id AS uuid[]), CAST(:call_id AS uuid[]), CAST(:operation AS text[]),
    CAST(:outcome AS text[]), CAST(:version AS int[]), CAST(:first_seq AS int[]), CAST(:last_seq AS int[]),
    CAST(:request_hash AS bytea[]), CAST(:detail AS text[]), CAST(:started_ago AS float[]),
    CAST(:finished_ago AS float[])
) AS a (dossier_id, call_id, operation, outcome, version, first_seq, last_seq, request_hash, detail,
    started_ago, finished_ago)
""")

_SUCCESS: Final = text("""
WITH healed AS (
    UPDATE portal_outages SET ended_at = now() WHERE ended_at IS NULL
)
INSERT INTO portal_operations AS o (operation, last_success_at) VALUES (:operation, now())
ON CONFLICT (operation) DO UPDATE
SET last_success_at = now(), failing_since = NULL, consecutive_failures = 0
""")

_FAILURE: Final = text("""
INSERT INTO portal_operations AS o (operation, last_failure_at, failing_since, consecutive_failures)
VALUES (:operation, now(), now() - make_interval(secs => :started_ago), :count)
ON CONFLICT (operation) DO UPDATE SET
    last_failure_at = now(),
    failing_since = coalesce(o.failing_since, now() - make_interval(secs => :started_ago)),
    consecutive_failures = o.consecutive_failures + :count
""")

# Only failures after the last success of any operation count: one slow operation is not an outage.
_OPEN_OUTAGE: Final = text("""
INSERT INTO portal_outages (last_success_at, began_at)
SELECT good.at, min(o.failing_since)
FROM portal_operations o, (SELECT max(last_success_at) AS at FROM portal_operations) good
WHERE o.failing_since IS NOT NULL AND (good.at IS NULL OR o.last_failure_at > good.at)
GROUP BY good.at HAVING sum(o.consecutive_failures) >= :enough
ON CONFLICT ((ended_at IS NULL)) WHERE ended_at IS NULL DO NOTHING
""")

_OUTAGES: Final = text("""
SELECT last_success_at, began_at, ended_at FROM portal_outages
WHERE ended_at IS NULL OR ended_at >= :since ORDER BY began_at
""")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One dossier in one call; times are seconds before now, so that only the database's clock counts."""

    dossier_id: UUID
    call_id: UUID
    operation: Operation
    outcome: str
    version: int
    first_seq: int | None
    last_seq: int | None
    request_hash: bytes
    detail: str | None
    started_ago: float
    finished_ago: float


class AttemptRepository:
    """Writes the record; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, attempts: Sequence[Attempt]) -> None:
        """Append to the record."""
        if not attempts:
            return
        names = Attempt.__slots__
        columns = {name: [getattr(attempt, name) for attempt in attempts] for name in names}
        columns["operation"] = [attempt.operation.value for attempt in attempts]
        await self._session.execute(_ATTEMPTS, columns)

    async def report_success(self, operation: Operation) -> None:
        """Note that a call got through; that ends an outage."""
        await self._session.execute(_SUCCESS, {"operation": operation.value})

    async def report_failures(self, operation: Operation, *, count: int, started_ago: float) -> None:
        """Note calls that did not get through; several in a row begin an outage."""
        await self._session.execute(
            _FAILURE, {"operation": operation.value, "count": count, "started_ago": started_ago}
        )
        await self._session.execute(_OPEN_OUTAGE, {"enough": OUTAGE_AFTER})

    async def outages(self, *, since: datetime) -> list[Outage]:
        """List outages that reach into the time after `since`."""
        rows = await self._session.execute(_OUTAGES, {"since": since})
        return [Outage(row.last_success_at, row.began_at, row.ended_at) for row in rows]
