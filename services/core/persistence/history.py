"""The append-only history of dossiers, read with what the portal has acknowledged of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.dossier import EntryKind, ProgressEntry, Status

_LIST: Final = text("""
SELECT e.seq, e.kind, e.status, e.occurred_at, e.officer, e.department, e.text, e.facts, e.recorded_at,
    e.seq <= v.acked_seq AS acknowledged
FROM progress_entries e JOIN deliveries v USING (dossier_id)
WHERE e.dossier_id = :dossier_id ORDER BY e.seq
""")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """An entry as it was written down; `acknowledged` says whether the portal has it."""

    entry: ProgressEntry
    facts: dict[str, Any] | None
    recorded_at: datetime
    acknowledged: bool


class HistoryRepository:
    """Reads histories; entries are written together with what they change (`receptions`, `changes`)."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_of(self, dossier_id: UUID) -> list[HistoryLine]:
        """Give the whole history in its own order."""
        rows = await self._session.execute(_LIST, {"dossier_id": dossier_id})
        return [
            HistoryLine(
                entry=ProgressEntry(
                    seq=row.seq,
                    status=Status(row.status),
                    occurred_at=row.occurred_at,
                    officer=row.officer,
                    department=row.department,
                    text=row.text,
                    kind=EntryKind(row.kind),
                ),
                facts=row.facts,
                recorded_at=row.recorded_at,
                acknowledged=row.acknowledged,
            )
            for row in rows
        ]
