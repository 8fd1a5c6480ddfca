"""Report on delivery: which dossiers of a period the portal holds, and which it calls late, and why."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.false_late import FalseLateCause
from services.core.domain.figures import FigureRow, Grouping, Period
from services.core.persistence.delivery_figures import DeliveryCounts, count_deliveries


async def report_deliveries(
    session: AsyncSession, *, period: Period, within: str, by: Grouping = Grouping.TOTAL
) -> list[FigureRow]:
    """Give the figures of the dossiers received in the period, group by group, as they stand now.

    Late ones are those that the portal shows late, or once showed late: really, or falsely and then by cause.
    """
    groups = await count_deliveries(session, period=period, within=within, by=by)
    return [row for counts in groups for row in _rows(counts)]


def _rows(counts: DeliveryCounts) -> list[FigureRow]:
    group, falsely = counts.group, counts.falsely_late
    return [
        FigureRow("synced", group, counts.synced, counts.received),
        FigureRow("falsely_late", group, falsely, counts.received),
        FigureRow("really_late", group, counts.late, counts.late + falsely),
        *(
            FigureRow(f"falsely_late_{cause}", group, counts.causes[cause], falsely)
            for cause in FalseLateCause
        ),
    ]
