"""Evidence on one dossier: what identifies it, the calls that carried it, the windows it lived through.

No applicant, no officer, no free text of an entry is read; the portal's words are struck as for the console.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Operation
from services.core.domain.receipt import CallOnRecord
from services.core.persistence.struck_words import struck

_HEADLINE: Final = text("""
SELECT d.id, d.code, u.code AS unit_code, u.name AS unit_name, d.procedure_code, p.name AS procedure_name,
    d.submitted_at, d.received_at, d.promised_at, d.due_at, d.created_at
FROM dossiers d JOIN units u ON u.id = d.unit_id JOIN procedures p ON p.code = d.procedure_code
WHERE d.id = :dossier_id
""")

_CALLS: Final = text(f"""
SELECT a.call_id, a.operation, a.outcome, a.started_at, a.finished_at, a.version, a.first_seq, a.last_seq,
    a.request_hash, {struck("a.detail")} AS words
FROM delivery_attempts a JOIN dossiers d ON d.id = a.dossier_id
WHERE a.dossier_id = :dossier_id ORDER BY a.started_at DESC, a.id DESC LIMIT :limit
""")  # noqa: S608 - joins a constant of the console

_BLAMED: Final = text("""
SELECT outage_id, reported_at, flagged_at, accepted_at FROM outage_dossiers WHERE dossier_id = :dossier_id
""")

# Months are detached as a whole, so the record begins where the oldest partition does. The default one has no
# bound, and only what no month was made for.
_BEGINS: Final = text(r"""
SELECT min(CAST((regexp_match(bound, 'FROM \(''([^'']+)''\)'))[1] AS timestamptz))
FROM (
    SELECT pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'delivery_attempts'::regclass
) AS part
""")


@dataclass(frozen=True, slots=True)
class ProvenDossier:
    """What identifies a dossier without saying whose it is."""

    id: UUID
    code: str
    unit_code: str
    unit_name: str
    procedure_code: str
    procedure_name: str
    submitted_at: datetime
    received_at: datetime | None
    promised_at: datetime | None
    due_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BlamedOutage:
    """The outage that made the dossier falsely late, and from when until when it was shown so."""

    outage_id: int
    reported_at: datetime
    flagged_at: datetime
    accepted_at: datetime


class ProofRepository:
    """Reads evidence; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def headline(self, dossier_id: UUID) -> ProvenDossier:
        """Read what identifies a dossier that exists."""
        row = (await self._session.execute(_HEADLINE, {"dossier_id": dossier_id})).one()
        return ProvenDossier(**row._mapping)  # noqa: SLF001 - the documented way to a row's names

    async def calls(self, dossier_id: UUID, *, limit: int) -> list[CallOnRecord]:
        """Give the latest calls that carried the dossier, in the order of their start."""
        rows = await self._session.execute(_CALLS, {"dossier_id": dossier_id, "limit": limit})
        return [
            CallOnRecord(**{**row._mapping, "operation": Operation(row.operation)})  # noqa: SLF001 - as above
            for row in reversed(rows.all())
        ]

    async def record_begins_at(self) -> datetime | None:
        """Give the time since which calls are on record; `None` if no month was ever set apart."""
        begins: datetime | None = await self._session.scalar(_BEGINS)
        return begins

    async def blamed_outage(self, dossier_id: UUID) -> BlamedOutage | None:
        """Give the outage that made the dossier falsely late, if one did."""
        row = (await self._session.execute(_BLAMED, {"dossier_id": dossier_id})).first()
        return None if row is None else BlamedOutage(**row._mapping)  # noqa: SLF001 - as above
