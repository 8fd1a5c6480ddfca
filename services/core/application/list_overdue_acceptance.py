"""List online filings that wait for an answer beyond their eight working hours."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.persistence.acceptance import UnansweredFiling, overdue_filings


async def list_overdue_acceptance(
    session: AsyncSession, *, within: str, now: datetime, limit: int
) -> tuple[list[UnansweredFiling], bool]:
    """Give the longest overdue first, and whether there are more: the list is worked off from its top."""
    filings = await overdue_filings(session, within=within, now=now, limit=limit + 1)
    return filings[:limit], len(filings) > limit
