"""Writing a change of a dossier: its row, a line of its history, its delivery row and the totals, at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import DeliveryState
from services.core.domain.filing import Agent, Applicant
from services.core.domain.life import Life
from services.core.domain.reception import Recorded
from services.core.domain.verdict import View
from services.core.persistence.delivery_marks import MARKED
from services.core.persistence.models import Dossier
from services.core.persistence.papers import Document, document

_CHANGE: Final = text(f"""
WITH changed AS (
    UPDATE dossiers SET version = version + CAST(:body_changes AS int), last_seq = last_seq + 1,
        status = :status, last_occurred_at = :last_occurred_at, supplement_requests = :supplement_requests,
        received_at = :received_at, promised_at = :promised_at, due_at = :due_at, ended_at = :ended_at,
        returned_at = :returned_at, apology = coalesce(:apology, apology),
        answered_at = CASE WHEN status = 1 AND CAST(:status AS smallint) <> 1
            THEN CAST(:occurred_at AS timestamptz) ELSE answered_at END
    WHERE id = :dossier_id RETURNING id, version, last_seq
), entered AS (
    INSERT INTO progress_entries
        (dossier_id, seq, kind, status, occurred_at, officer, department, text, facts)
    SELECT id, last_seq, :kind, :entry_status, :occurred_at, :officer, :department, :text, :facts
    FROM changed
), marked AS ({MARKED}), counted AS (
    INSERT INTO tallies AS t (name, label, unit_id, value)
    SELECT 'ended', '', unit_id, 1 FROM marked WHERE just_ended
    ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
)
SELECT c.version, c.last_seq, m.state FROM changed c JOIN marked m ON m.dossier_id = c.id
""").bindparams(  # noqa: S608 - joins constants
    bindparam("apology", type_=JSONB(none_as_null=True)), bindparam("facts", type_=JSONB(none_as_null=True))
)


@dataclass(frozen=True, slots=True)
class Change:
    """What one line of the history did to its dossier.

    `body_changes` says whether the portal's copy of the dossier itself is out of date with it.
    """

    dossier_id: UUID
    life: Life
    recorded: Recorded
    view: View
    ended_seq: int | None
    flagged_at: datetime | None
    body_changes: bool = True
    apology: Document | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The dossier's new place in its history."""

    version: int
    seq: int
    delivery: DeliveryState


class ChangeRepository:
    """Writes changes of dossiers that the session has locked; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, change: Change) -> Changed:
        """Append the line, and bring everything up to date that follows from it."""
        life, entry = change.life, change.recorded.entry
        row = (
            await self._session.execute(
                _CHANGE,
                {
                    "dossier_id": change.dossier_id,
                    "body_changes": int(change.body_changes),
                    "status": int(life.status),
                    "last_occurred_at": life.last_occurred_at,
                    "supplement_requests": life.supplement_requests,
                    "received_at": life.received_at,
                    "promised_at": life.promised_at,
                    "due_at": life.due_at,
                    "ended_at": life.ended_at,
                    "returned_at": life.returned_at,
                    "apology": change.apology,
                    "kind": entry.kind.value,
                    "entry_status": int(entry.status),
                    "occurred_at": entry.occurred_at,
                    "officer": entry.officer,
                    "department": entry.department,
                    "text": entry.text,
                    "facts": change.recorded.facts,
                    "flagged_at": change.flagged_at,
                    "desk_flagged_at": change.view.flagged_at,
                    "desk_ended_at": change.view.ended_at,
                    "ended_seq": change.ended_seq,
                },
            )
        ).one()
        return Changed(row.version, row.last_seq, DeliveryState(row.state))

    async def correct(self, dossier_id: UUID, values: Mapping[str, Any]) -> None:
        """Overwrite columns with values of the domain; the line that says so is a change of its own."""
        stored = {name: _stored(value) for name, value in values.items()}
        await self._session.execute(update(Dossier).where(Dossier.id == dossier_id).values(**stored))


def _stored(value: Any) -> Any:
    match value:
        case Applicant() | Agent():
            return document(value)
        case tuple():
            return [document(part) for part in value]
        case Enum():
            return value.value
        case _:
            return value
