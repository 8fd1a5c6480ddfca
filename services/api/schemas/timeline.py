"""The history of a dossier."""

from typing import Self
from uuid import UUID

from pydantic import MISSING

from services.api.schemas.answer import Answer
from services.api.schemas.instant import Instant
from services.api.schemas.words import StatusNumber
from services.core.application.apologise import HandedOver
from services.core.domain.dossier import EntryKind
from services.core.domain.filing import PaymentMethod
from services.core.persistence.history import HistoryLine


class FactsOut(Answer):
    """What a line changed; only what applies is there."""

    due_before: Instant | MISSING = MISSING
    due_after: Instant | MISSING = MISSING
    due_at: Instant | MISSING = MISSING
    new_date: Instant | MISSING = MISSING
    handed_over: HandedOver | MISSING = MISSING
    changed: list[str] | MISSING = MISSING
    amount_vnd: int | MISSING = MISSING
    method: PaymentMethod | MISSING = MISSING


class EntryOut(Answer):
    """A line of the history. `on_portal` says whether the portal has acknowledged it."""

    seq: int
    kind: EntryKind
    status: StatusNumber
    occurred_at: Instant
    recorded_at: Instant
    officer: str
    department: str | None
    text: str
    facts: FactsOut | None
    on_portal: bool

    @classmethod
    def of(cls, line: HistoryLine) -> Self:
        """Show a line."""
        entry = line.entry
        return cls(
            seq=entry.seq,
            kind=entry.kind,
            status=entry.status,
            occurred_at=entry.occurred_at,
            recorded_at=line.recorded_at,
            officer=entry.officer,
            department=entry.department,
            text=entry.text,
            facts=None if line.facts is None else FactsOut.model_validate(line.facts),
            on_portal=line.acknowledged,
        )


class TimelineOut(Answer):
    """The whole history, oldest line first."""

    id: UUID
    entries: list[EntryOut]
