"""Runs of the reconciliation: who leads, what was found, what was done. All times are the database's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Cursor, ParkCause
from services.core.domain.reconciliation import Difference, Ours

_ABANDON: Final = text("""
UPDATE reconciliation_runs SET finished_at = now(), outcome = 'abandoned'
WHERE finished_at IS NULL AND lease_until < now()
""")

_BEGIN: Final = text("""
INSERT INTO reconciliation_runs (owner, source, first_day, last_day, unit_code, repairing, lease_until)
VALUES (:owner, :source, :first_day, :last_day, :unit_code, :repairing, now() + :lease)
ON CONFLICT ((finished_at IS NULL)) WHERE finished_at IS NULL DO NOTHING
RETURNING id, started_at
""")

# What the row looked like when it was compared must still be so; otherwise somebody has gone on with it.
_SAME: Final = "d.dossier_id = r.dossier_id AND d.token = r.token AND d.state = r.state"

_ASK: Final = text(f"""
UPDATE deliveries d SET
    state = 'unknown', on_portal = r.on_portal, acked_version = r.acked_version, acked_seq = r.acked_seq,
    flagged_at = r.flagged_at, next_attempt_at = r.scheduled_at, due_since = now(), attempts = 0,
    last_cause = 'reconciliation: ' || r.cause
FROM unnest(
    CAST(:dossier_id AS uuid[]), CAST(:token AS bigint[]), CAST(:state AS text[]),
    CAST(:on_portal AS boolean[]), CAST(:acked_version AS int[]), CAST(:acked_seq AS int[]),
    CAST(:flagged_at AS timestamptz[]), CAST(:scheduled_at AS timestamptz[]), CAST(:cause AS text[])
) AS r (dossier_id, token, state, on_portal, acked_version, acked_seq, flagged_at, scheduled_at, cause)
WHERE {_SAME} RETURNING d.dossier_id
""")  # noqa: S608 - joins constants

_PARK: Final = text(f"""
UPDATE deliveries d SET state = 'parked', park_cause = :park_cause, park_group = :park_cause,
    parked_at = now(), last_cause = 'reconciliation: ' || r.cause
FROM unnest(
    CAST(:dossier_id AS uuid[]), CAST(:token AS bigint[]), CAST(:state AS text[]), CAST(:cause AS text[])
) AS r (dossier_id, token, state, cause)
WHERE {_SAME} RETURNING d.dossier_id
""")  # noqa: S608 - joins constants

_FINDINGS: Final = text("""
INSERT INTO reconciliation_findings
    (run_id, code, dossier_id, direction, day, prefix, ours, theirs, effect, scheduled_at)
SELECT :run_id, f.* FROM unnest(
    CAST(:code AS text[]), CAST(:dossier_id AS uuid[]), CAST(:direction AS text[]), CAST(:day AS date[]),
    CAST(:prefix AS text[]), CAST(:ours AS text[]), CAST(:theirs AS text[]), CAST(:effect AS text[]),
    CAST(:scheduled_at AS timestamptz[])
) f
""")


class Effect(StrEnum):
    """What became of a difference."""

    REPORTED = "reported"  #: a dry run: nothing was changed
    ASKED = "asked"  #: will be looked up at `scheduled_at`, and sent from what the portal shows
    PARKED = "parked"
    LEFT_TO_PERSON = "left_to_person"
    MOVED_ON = "moved_on"  #: desk or worker went on with it after the comparison
    POSTPONED = "postponed"  #: beyond what the rate allows this run; the next one finds it again


@dataclass(frozen=True, slots=True)
class Run:
    """An open run; `started_at` is from before anything was read."""

    id: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """A dossier to be looked up anew, from `cursor`, not before `scheduled_at`."""

    ours: Ours
    cursor: Cursor
    flagged_at: datetime | None
    scheduled_at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Parking:
    """A dossier for a person."""

    ours: Ours
    cause: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference, and what became of it."""

    difference: Difference
    effect: Effect
    scheduled_at: datetime | None = None

    @property
    def repaired(self) -> bool:
        """Tell whether the dossier was changed."""
        return self.effect in (Effect.ASKED, Effect.PARKED)


class ReconciliationRepository:
    """Writes runs, findings and repairs; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def begin(
        self,
        *,
        owner: str,
        source: str,
        first_day: date,
        last_day: date,
        unit_code: str | None,
        repairing: bool,
        lease: timedelta,
    ) -> Run | None:
        """Take the lead; `None` while another run has it. A run whose lease ran out has lost it."""
        await self._session.execute(_ABANDON)
        parameters = {
            "owner": owner,
            "source": source,
            "first_day": first_day,
            "last_day": last_day,
            "unit_code": unit_code,
            "repairing": repairing,
            "lease": lease,
        }
        row = (await self._session.execute(_BEGIN, parameters)).one_or_none()
        return None if row is None else Run(row.id, row.started_at)

    async def renew(self, run: Run, *, lease: timedelta) -> bool:
        """Prolong the lead, and lock it for this transaction; false if it has been lost."""
        kept = await self._session.scalar(
            text(
                "UPDATE reconciliation_runs SET lease_until = now() + :lease"
                " WHERE id = :id AND finished_at IS NULL RETURNING true"
            ),
            {"id": run.id, "lease": lease},
        )
        return bool(kept)

    async def finish(self, run: Run, *, outcome: str, counts: Mapping[str, int]) -> None:
        """Give the lead back; `counts` are the columns `buckets`, `differing`, `unread`, `in_flight`."""
        await self._session.execute(
            text(
                "UPDATE reconciliation_runs SET finished_at = now(), outcome = :outcome, buckets = :buckets,"
                " differing = :differing, unread = :unread, in_flight = :in_flight"
                " WHERE id = :id AND finished_at IS NULL"
            ),
            {"id": run.id, "outcome": outcome, **counts},
        )

    async def next_slot(self) -> datetime:
        """Give the time from which repairs may be scheduled: now, or after those of earlier runs."""
        slot: datetime = await self._session.scalar(
            text("SELECT greatest(now(), max(scheduled_at)) FROM reconciliation_findings")
        )
        return slot

    async def ask(self, askings: Sequence[Asking]) -> set[UUID]:
        """Turn dossiers *unknown*; give those that were still as they had been compared."""
        rows = await self._session.scalars(
            _ASK,
            {
                **_as_compared([asking.ours for asking in askings]),
                "on_portal": [asking.cursor.on_portal for asking in askings],
                "acked_version": [asking.cursor.acked_version for asking in askings],
                "acked_seq": [asking.cursor.acked_seq for asking in askings],
                "flagged_at": [asking.flagged_at for asking in askings],
                "scheduled_at": [asking.scheduled_at for asking in askings],
                "cause": [asking.cause for asking in askings],
            },
        )
        return set(rows)

    async def park(self, parkings: Sequence[Parking]) -> set[UUID]:
        """Park dossiers as conflicts; give those that were still as they had been compared."""
        rows = await self._session.scalars(
            _PARK,
            {
                **_as_compared([parking.ours for parking in parkings]),
                "cause": [parking.cause for parking in parkings],
                "park_cause": ParkCause.CONFLICT.value,
            },
        )
        return set(rows)

    async def record(self, run: Run, findings: Sequence[Finding]) -> None:
        """Append findings."""
        differences = [finding.difference for finding in findings]
        await self._session.execute(
            _FINDINGS,
            {
                "run_id": run.id,
                "code": [difference.code for difference in differences],
                "dossier_id": [d.ours and d.ours.dossier_id for d in differences],
                "direction": [difference.direction.value for difference in differences],
                "day": [difference.bucket.day for difference in differences],
                "prefix": [difference.bucket.prefix for difference in differences],
                "ours": [d.ours and d.ours.held.line for d in differences],
                "theirs": [d.theirs and d.theirs.line for d in differences],
                "effect": [finding.effect.value for finding in findings],
                "scheduled_at": [finding.scheduled_at for finding in findings],
            },
        )


def _as_compared(ours: Sequence[Ours]) -> dict[str, list[Any]]:
    return {
        "dossier_id": [our.dossier_id for our in ours],
        "token": [our.token for our in ours],
        "state": [our.state.value for our in ours],
    }
