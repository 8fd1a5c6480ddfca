"""Report on dossiers: filing, channels, digitisation, what was asked again, payments, acceptance."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import FigureRow, Grouping, Period, Report, figures_of
from services.core.persistence.dossier_counts import DossierCountRepository


async def report_dossiers(
    session: AsyncSession, *, report: Report, period: Period, within: str, by: Grouping = Grouping.TOTAL
) -> list[FigureRow]:
    """Give the figures of a report, group by group, of the dossiers filed in the period.

    `within` is the path of the unit whose subtree counts.
    """
    groups = await DossierCountRepository(session, within=within).sums([report], period, by)
    return [row for counted in groups for row in figures_of(report, counted.group, counted.counts)]
