"""Report on delivery: which dossiers of a period the portal holds, and which it calls late, and why."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import Grouping, Period
from services.core.persistence.delivery_figures import DeliveryCounts, count_deliveries


async def report_deliveries(
    session: AsyncSession, *, period: Period, within: str, by: Grouping = Grouping.TOTAL
) -> list[DeliveryCounts]:
    """Count the dossiers received in the period, group by group, as they stand now.

    Falsely late are those that the portal shows, or once showed, late although they were finished in time.
    Raises `GroupingNotKept`.
    """
    return await count_deliveries(session, period=period, within=within, by=by)
