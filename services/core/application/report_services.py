"""Report on the catalogue: which services are offered online, and how far."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import FigureRow, Group
from services.core.persistence.service_counts import count_services


async def report_services(session: AsyncSession) -> list[FigureRow]:
    """Give services on the portal among all that are offered, and full and partial ones among those online.

    The figures are those of the present catalogue. On the portal is what its catalogue was seen to hold.
    """
    counted, all_together = await count_services(session), Group()
    online = counted.full + counted.partial
    return [
        FigureRow("services_on_portal", all_together, counted.on_portal, counted.offered),
        FigureRow("services_full", all_together, counted.full, online),
        FigureRow("services_partial", all_together, counted.partial, online),
        FigureRow("services_online_on_portal", all_together, counted.online_on_portal, online),
    ]
