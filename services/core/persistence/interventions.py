"""Sending parked deliveries on, or giving them up, on record in the same statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.intervention import Action, Decision
from services.core.persistence.deliveries import UNPARKED
from services.core.persistence.parked import WANTED, ParkedFilter
from services.core.persistence.struck_words import struck

#: Any number will do; one at a time, so that a replay lays its dossiers behind those of the one before.
_LOCK: Final = 766_2024

# Those that can still be saved go first, as in the claim. A row that the desk is changing at this moment is
# sent on by that change and is passed over. A single dossier goes at once, whoever else is waiting.
_TAKEN: Final = f"""
WITH chosen AS MATERIALIZED (
    SELECT v.dossier_id, v.park_cause, v.park_group, v.flagged_at,
        coalesce(v.flagged_at <= now(), true) AS is_flagged
    FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id JOIN units u ON u.id = v.unit_id
    WHERE {WANTED}
    ORDER BY is_flagged, v.flagged_at, v.dossier_id LIMIT :limit FOR UPDATE OF v SKIP LOCKED
), start AS MATERIALIZED (
    SELECT CASE WHEN count(*) > 1 THEN greatest(
            now(), replays_until() + CAST(:spacing AS interval)
        ) ELSE now() END AS at
    FROM chosen
), timed AS MATERIALIZED (
    SELECT chosen.*, start.at + CAST(:spacing AS interval)
        * (row_number() OVER (ORDER BY is_flagged, flagged_at, dossier_id) - 1) AS due_at
    FROM chosen, start
), numbered AS MATERIALIZED (
    SELECT uuidv7() AS id, count(*) AS dossiers,
        CASE WHEN CAST(:action AS text) = 'replay' AND count(*) > 1 THEN max(due_at) END AS spread_until
    FROM timed HAVING count(*) > 0
), recorded AS (
    INSERT INTO interventions (id, done_by, action, reason, wanted, dossiers, spread_until)
    SELECT id, :done_by, :action, :reason, :wanted, dossiers, spread_until FROM numbered
), listed AS (
    INSERT INTO intervention_dossiers (intervention_id, dossier_id, park_cause, park_group)
    SELECT numbered.id, timed.dossier_id, park_cause, park_group FROM numbered, timed
), done AS ({{update}} FROM timed t WHERE d.dossier_id = t.dossier_id RETURNING t.due_at)
SELECT (SELECT id FROM numbered) AS id, count(*) AS dossiers, max(due_at) AS last_due_at FROM done
"""  # noqa: S608 - joins constants

_REPLAY: Final = f"""
UPDATE deliveries d SET state = {UNPARKED}, attempts = 0, park_cause = NULL, park_group = NULL,
    parked_at = NULL, due_since = t.due_at, next_attempt_at = t.due_at
"""  # noqa: S608 - as above

_STATEMENTS: Final = {
    action: text(_TAKEN.format(update=update)).bindparams(bindparam("wanted", type_=JSONB))
    for action, update in (
        (Action.REPLAY, _REPLAY),
        (Action.CLOSE, "UPDATE deliveries d SET state = 'closed'"),
    )
}

_OF_DOSSIER: Final = text(f"""
SELECT i.done_at, i.done_by, i.action, {struck("i.reason")} AS reason, l.park_cause, l.park_group
FROM intervention_dossiers l JOIN interventions i ON i.id = l.intervention_id
    JOIN dossiers d ON d.id = l.dossier_id
WHERE l.dossier_id = :dossier_id ORDER BY i.id DESC LIMIT :limit
""")  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Intervened:
    """What a decision came to; `id` is that of its record, `None` if it concerned no dossier.

    `last_due_at` is when the last dossier of a replay is due.
    """

    id: UUID | None
    dossiers: int
    last_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class InterventionRecord:
    """What somebody did about a dossier, and what it was parked for."""

    done_at: datetime
    done_by: str
    action: Action
    reason: str | None
    park_cause: str | None
    park_group: str | None


class InterventionRepository:
    """Carries decisions out and reads them; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def carry_out(
        self, decision: Decision, wanted: ParkedFilter, *, limit: int, spacing: timedelta
    ) -> Intervened:
        """Do it to at most `limit` of the dossiers that are meant, the most urgent first, and record it.

        A replay makes them due one by one, `spacing` apart, behind those of earlier replays.
        """
        await self._session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        values = {
            **wanted.values(),
            "limit": limit,
            "spacing": spacing,
            "done_by": decision.done_by,
            "action": decision.action.value,
            "reason": decision.reason,
            "wanted": wanted.document(),
        }
        row = (await self._session.execute(_STATEMENTS[decision.action], values)).one()
        last = row.last_due_at if decision.action is Action.REPLAY else None
        return Intervened(row.id, row.dossiers, last)

    async def of_dossier(self, dossier_id: UUID, *, limit: int) -> list[InterventionRecord]:
        """Give what was done about a dossier, the latest first."""
        rows = await self._session.execute(_OF_DOSSIER, {"dossier_id": dossier_id, "limit": limit})
        return [
            InterventionRecord(
                done_at=row.done_at,
                done_by=row.done_by,
                action=Action(row.action),
                reason=row.reason,
                park_cause=row.park_cause,
                park_group=row.park_group,
            )
            for row in rows
        ]
