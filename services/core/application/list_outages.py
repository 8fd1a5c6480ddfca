"""Show when the portal was unreachable or refused service, and whom that affected."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.false_late import OutageKind
from services.core.persistence.outage_log import LoggedWindow, OutageLog


async def list_outages(
    session: AsyncSession,
    *,
    kind: OutageKind | None = None,
    since: datetime | None = None,
    before: int | None = None,
    limit: int,
) -> tuple[list[LoggedWindow], int | None]:
    """Give a page, newest first, and the number to go on before; `None` if this was the last page."""
    page = await OutageLog(session).page(kind=kind, since=since, before=before, limit=limit + 1)
    return page[:limit], page[limit - 1].id if len(page) > limit else None
