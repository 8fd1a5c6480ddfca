"""Report on social security: payouts without cash, in number and in dong."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import FigureRow, Grouping, Period
from services.core.persistence.payouts import PayoutRepository


async def report_payouts(
    session: AsyncSession,
    *,
    period: Period,
    within: str,
    by: Grouping = Grouping.TOTAL,
    programme: str | None = None,
) -> list[FigureRow]:
    """Give payouts without cash among all payouts of the period, by total, unit or level of the unit.

    A post office's counter pays cash. `within` is the path of the unit whose subtree counts.
    """
    sums = await PayoutRepository(session).sums(period, by, within=within, programme=programme)
    return [
        row
        for one in sums
        for row in (
            FigureRow("paid_out_without_cash", one.group, one.without_cash, one.payouts),
            FigureRow("paid_out_without_cash_vnd", one.group, one.without_cash_vnd, one.amount_vnd),
        )
    ]
