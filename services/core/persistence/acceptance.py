"""Online filings that the desk has not answered yet; reached by a partial index, so history costs nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_OVERDUE: Final = text("""
SELECT d.id, d.code, u.code AS unit_code, d.procedure_code, d.submitted_at, d.acceptance_due_at
FROM dossiers d JOIN units u ON u.id = d.unit_id
WHERE d.status = 1 AND d.acceptance_due_at < :now AND starts_with(u.path || '.', :within)
ORDER BY d.acceptance_due_at, d.id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class UnansweredFiling:
    """An online filing that nobody has accepted, refused or asked to be completed in time."""

    id: UUID
    code: str
    unit_code: str
    procedure_code: str
    submitted_at: datetime
    acceptance_due_at: datetime


async def overdue_filings(
    session: AsyncSession, *, within: str, now: datetime, limit: int
) -> list[UnansweredFiling]:
    """Give unanswered filings that were due before `now`, the longest overdue first."""
    rows = await session.execute(_OVERDUE, {"within": within, "now": now, "limit": limit})
    return [UnansweredFiling(**row._mapping) for row in rows]  # noqa: SLF001 - the documented way to a row's names
