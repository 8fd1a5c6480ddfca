"""The append-only record of calls, and the health of the portal's operations that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Operation

_ATTEMPTS: Final = text("""
INSERT INTO delivery_attempts (dossier_id, call_id, operation, outcome, version, first_seq, last_seq,
    request_hash, detail, started_at, finished_at)
SELECT d.dossier_id, c.call_id, c.operation, c.outcome, d.version, d.first_seq, d.last_seq, c.request_hash,
    c.detail, now() - make_interval(secs => c.started_ago), now() - make_interval(secs => c.finished_ago)
FROM unnest(
    CAST(:call_id AS uuid[]), CAST(:operation AS text[]), CAST(:outcome AS text[]),
    CAST(:request_hash AS bytea[]), CAST(:detail AS text[]), CAST(:started_ago AS float[]),
    CAST(:finished_ago AS float[])
) WITH ORDINALITY AS c (call_id, operation, outcome, request_hash, detail, started_ago, finished_ago, number)
JOIN unnest(
    CAST(:number AS int[]), CAST(:dossier_id AS uuid[]), CAST(:version AS int[]), CAST(:first_seq AS int[]),
    CAST(:last_seq AS int[])
) AS d (number, dossier_id, version, first_seq, last_seq) USING (number)
""")

# One statement over sorted operations: all workers lock these rows in one order, then the outages. What was
# missed in a row is counted afresh after the last success of any operation, because one broken operation is
# not an outage.
_REPORT: Final = text("""
WITH reported AS (
    SELECT r.operation, now() - make_interval(secs => r.succeeded_ago) AS succeeded_at, r.failures,
        now() - make_interval(secs => r.failing_ago) AS failing_since,
        now() - make_interval(secs => r.failed_ago) AS failed_at, r.missed,
        now() - make_interval(secs => r.missed_ago) AS missed_since
    FROM unnest(
        CAST(:operations AS text[]), CAST(:succeeded_ago AS float[]), CAST(:failures AS int[]),
        CAST(:failing_ago AS float[]), CAST(:failed_ago AS float[]), CAST(:missed AS int[]),
        CAST(:missed_ago AS float[])
    ) AS r (operation, succeeded_ago, failures, failing_ago, failed_ago, missed, missed_ago)
), good AS (
    SELECT greatest(
        (SELECT max(last_success_at) FROM portal_operations), (SELECT max(succeeded_at) FROM reported)
    ) AS at
)
INSERT INTO portal_operations AS o (operation, last_success_at, last_failure_at, failing_since,
    consecutive_failures, missed_since, missed_in_a_row)
SELECT operation, succeeded_at, failed_at, failing_since, failures, missed_since, missed
FROM reported WHERE succeeded_at IS NOT NULL OR failures > 0
ON CONFLICT (operation) DO UPDATE SET
    last_success_at = greatest(excluded.last_success_at, o.last_success_at),
    last_failure_at = greatest(excluded.last_failure_at, o.last_failure_at),
    failing_since = CASE WHEN excluded.last_success_at IS NULL
        THEN coalesce(o.failing_since, excluded.failing_since) ELSE excluded.failing_since END,
    consecutive_failures = CASE WHEN excluded.last_success_at IS NULL
        THEN o.consecutive_failures + excluded.consecutive_failures ELSE excluded.consecutive_failures END,
    missed_since = CASE WHEN o.last_failure_at <= (SELECT at FROM good) THEN excluded.missed_since
        WHEN excluded.missed_since IS NOT NULL THEN coalesce(o.missed_since, excluded.missed_since) END,
    missed_in_a_row = CASE WHEN o.last_failure_at <= (SELECT at FROM good) THEN excluded.missed_in_a_row
        WHEN excluded.missed_since IS NOT NULL THEN o.missed_in_a_row + excluded.missed_in_a_row ELSE 0 END
""")


class Carried(NamedTuple):
    """What of one dossier was in a call; no `first_seq` and `last_seq` where that was its body."""

    dossier_id: UUID
    version: int
    first_seq: int | None
    last_seq: int | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call with all that it carried: a row of the record for each dossier.

    Times are seconds before now, so that only the database's clock counts.
    """

    call_id: UUID
    operation: Operation
    outcome: str
    request_hash: bytes
    detail: str | None
    started_ago: float
    finished_ago: float
    carried: Sequence[Carried]


@dataclass(frozen=True, slots=True)
class OperationHealth:
    """How calls of one operation went; times are seconds before now, `None` where there was no such call.

    `failures` are calls without an answer since the operation's last success: the first began `failing_ago`,
    the last ended `failed_ago`. `missed` are those of them since the last answer of any operation, the first
    of which began `missed_ago`.
    """

    operation: Operation
    succeeded_ago: float | None
    failures: int
    failing_ago: float | None
    failed_ago: float | None
    missed: int
    missed_ago: float | None


class AttemptRepository:
    """Writes the record; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, attempts: Sequence[Attempt]) -> None:
        """Append to the record."""
        lines = [(number, *line) for number, call in enumerate(attempts, start=1) for line in call.carried]
        if not lines:
            return
        columns = {name: [getattr(call, name) for call in attempts] for name in Attempt.__slots__[:-1]}
        columns["operation"] = [call.operation.value for call in attempts]
        names = ("number", *Carried._fields)
        columns |= {name: [line[place] for line in lines] for place, name in enumerate(names)}
        await self._session.execute(_ATTEMPTS, columns)

    async def report(self, health: Sequence[OperationHealth]) -> None:
        """Note how the portal's operations did in calls of one settlement."""
        ordered = sorted(health, key=lambda one: one.operation)
        names = OperationHealth.__slots__[1:]
        columns: dict[str, list[Any]] = {name: [getattr(one, name) for one in ordered] for name in names}
        columns["operations"] = [one.operation.value for one in ordered]
        await self._session.execute(_REPORT, columns)
