"""What operations look at: when the portal was away, how one dossier got on.

Nothing personal is read here: no applicant, no officer, no free text of an entry. The portal's words may
quote the applicant, so what the dossier knows of them is struck out before the words leave the database.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.dossier import EntryKind, Status
from services.core.persistence.delivery_views import AttemptRecord
from services.core.persistence.dossiers import DossierNotFound
from services.core.persistence.struck_words import struck

_OUTAGES: Final = text("""
SELECT id, last_success_at, began_at, ended_at, greatest(began_at, last_success_at) AS since,
    greatest(
        extract(epoch FROM coalesce(ended_at, now()) - greatest(began_at, last_success_at)), 0
    )::float8 AS seconds
FROM portal_outages WHERE kind = 'unreachable' AND id < coalesce(CAST(:before AS int), 2147483647)
ORDER BY id DESC LIMIT :limit
""")

_HEADLINE: Final = text(f"""
SELECT d.id, d.code, d.origin, u.code AS unit_code, u.name AS unit_name, d.procedure_code,
    p.name AS procedure_name, d.status, d.received_at, d.promised_at, d.due_at,
    {struck("v.last_cause")} AS last_words
FROM dossiers d JOIN units u ON u.id = d.unit_id JOIN procedures p ON p.code = d.procedure_code
    JOIN deliveries v ON v.dossier_id = d.id
WHERE d.code = :code
""")  # noqa: S608 - joins constants

_STEPS: Final = text("""
SELECT e.seq, e.kind, e.status, e.occurred_at, e.department, e.seq <= v.acked_seq AS on_portal
FROM progress_entries e JOIN deliveries v USING (dossier_id)
WHERE e.dossier_id = :dossier_id ORDER BY e.seq
""")

_ATTEMPTS: Final = text(f"""
SELECT a.started_at, a.finished_at, a.operation, a.outcome, a.version, a.first_seq, a.last_seq,
    {struck("a.detail")} AS detail
FROM delivery_attempts a JOIN dossiers d ON d.id = a.dossier_id
WHERE a.dossier_id = :dossier_id ORDER BY a.started_at DESC, a.id DESC LIMIT :limit
""")  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class OutageRecord:
    """An outage; `since` is when the last way to the portal closed, from which `seconds` count."""

    id: int
    last_success_at: datetime | None
    began_at: datetime
    ended_at: datetime | None
    since: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class DossierHeadline:
    """What tells a dossier from others without saying whose it is."""

    id: UUID
    code: str
    origin: str
    unit_code: str
    unit_name: str
    procedure_code: str
    procedure_name: str
    status: Status
    received_at: datetime | None
    promised_at: datetime | None
    due_at: datetime | None
    last_words: str | None


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """An entry without who did it and what they wrote."""

    seq: int
    kind: EntryKind
    status: Status
    occurred_at: datetime
    department: str | None
    on_portal: bool


class ConsoleViewRepository:
    """Reads what operations look at, of all units; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def outages(self, *, before: int | None, limit: int) -> list[OutageRecord]:
        """Give up to `limit` outages older than number `before`, the newest first."""
        rows = await self._session.execute(_OUTAGES, {"before": before, "limit": limit})
        return [OutageRecord(**_named(row)) for row in rows]

    async def headline(self, code: str) -> DossierHeadline:
        """Read what identifies a dossier; raises `DossierNotFound`."""
        row = (await self._session.execute(_HEADLINE, {"code": code})).first()
        if row is None:
            raise DossierNotFound
        return DossierHeadline(**{**_named(row), "status": Status(row.status)})

    async def steps(self, dossier_id: UUID) -> list[TimelineStep]:
        """Give the history in its own order."""
        rows = await self._session.execute(_STEPS, {"dossier_id": dossier_id})
        return [
            TimelineStep(**{**_named(row), "kind": EntryKind(row.kind), "status": Status(row.status)})
            for row in rows
        ]

    async def attempts(self, dossier_id: UUID, *, limit: int) -> list[AttemptRecord]:
        """Give the latest calls that carried the dossier, the newest first."""
        rows = await self._session.execute(_ATTEMPTS, {"dossier_id": dossier_id, "limit": limit})
        return [AttemptRecord(**_named(row)) for row in rows]


def _named(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - the documented way to a row's names
