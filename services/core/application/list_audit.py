"""Show who did what."""

from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.persistence.audit_log import AuditFilter, AuditLine, AuditRepository

_AT_ONCE: Final = 5_000


async def list_audit(
    session: AsyncSession, *, wanted: AuditFilter, limit: int, after: int = 0
) -> list[AuditLine]:
    """Give entries, oldest first."""
    return await AuditRepository(session).search(wanted, after=after, limit=limit)


async def all_audit(session: AsyncSession, *, wanted: AuditFilter) -> AsyncIterator[AuditLine]:
    """Give every entry that is wanted, oldest first, reading some thousands at a time."""
    after = 0
    while page := await list_audit(session, wanted=wanted, limit=_AT_ONCE, after=after):
        for line in page:
            yield line
        after = page[-1].id
