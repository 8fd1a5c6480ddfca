"""Stored dossiers, as files that bring them once more are compared with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.dossier import Status
from services.core.domain.filing import Channel, FilingMode, ResultDelivery
from services.core.domain.kept import Kept, KeptStep
from services.core.persistence.shipments import applicant_from

_FIND: Final = text("""
SELECT d.code, u.code AS unit_code, starts_with(u.path || '.', :within) AS visible, d.procedure_code,
    d.channel, d.filing_mode, d.result_delivery, d.applicant, d.summary, d.note, d.submitted_at, d.due_at,
    (SELECT jsonb_agg(jsonb_build_array(e.status, e.occurred_at, e.officer, e.department, e.text)
        ORDER BY e.seq)
     FROM progress_entries e WHERE e.dossier_id = d.id AND e.kind = 'progress') AS steps
FROM dossiers d JOIN units u ON u.id = d.unit_id
WHERE d.code = ANY(CAST(:codes AS text[]))
""")


async def find_kept(session: AsyncSession, codes: Sequence[str], *, within: str) -> dict[str, Kept | None]:
    """Give those that are stored, by code; `None` for one outside the units `within` a path."""
    rows = await session.execute(_FIND, {"codes": list(codes), "within": within})
    return {row.code: _kept(row) if row.visible else None for row in rows}


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        unit_code=row.unit_code,
        procedure_code=row.procedure_code,
        channel=Channel(row.channel),
        filing_mode=FilingMode(row.filing_mode),
        result_delivery=ResultDelivery(row.result_delivery),
        applicant=applicant_from(row.applicant),
        summary=row.summary,
        note=row.note,
        submitted_at=row.submitted_at,
        due_at=row.due_at,
        steps=tuple(_step(*step) for step in row.steps),
    )


def _step(status: int, occurred_at: str, officer: str, department: str | None, said: str) -> KeptStep:
    return KeptStep(Status(status), datetime.fromisoformat(occurred_at), officer, department, said)
