"""The history of a dossier."""

from typing import Any, Self
from uuid import UUID

from services.api.schemas.answer import Answer
from services.api.schemas.instant import Instant
from services.api.schemas.words import StatusNumber
from services.core.domain.dossier import EntryKind
from services.core.persistence.history import HistoryLine


class EntryOut(Answer):
    """A line of the history. `on_portal` says whether the portal has acknowledged it.

    `facts` hold what the line changed: due times before and after, names of corrected fields, a new date.
    """

    seq: int
    kind: EntryKind
    status: StatusNumber
    occurred_at: Instant
    recorded_at: Instant
    officer: str
    department: str | None
    text: str
    facts: dict[str, Any] | None
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
            facts=line.facts,
            on_portal=line.acknowledged,
        )


class TimelineOut(Answer):
    """The whole history, oldest line first."""

    id: UUID
    entries: list[EntryOut]
