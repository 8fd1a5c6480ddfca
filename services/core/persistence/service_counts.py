"""Counts of the catalogue's procedures by how far they can be done online."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_COUNT: Final = text("""
SELECT count(*) AS offered, count(*) FILTER (WHERE s.on_portal) AS on_portal,
    count(*) FILTER (WHERE p.service_level = 'full') AS full_online,
    count(*) FILTER (WHERE p.service_level = 'partial') AS partial_online,
    count(*) FILTER (WHERE s.on_portal AND p.service_level IN ('full', 'partial')) AS online_on_portal
FROM procedures p LEFT JOIN portal_procedures s USING (code) WHERE p.active
""")


@dataclass(frozen=True, slots=True)
class ServiceCounts:
    """Procedures that are offered, and those of them that are on the portal, or (fully, partially) online."""

    offered: int
    on_portal: int
    full: int
    partial: int
    online_on_portal: int


async def count_services(session: AsyncSession) -> ServiceCounts:
    """Count the catalogue as it stands; it has a few thousand rows."""
    row = (await session.execute(_COUNT)).one()
    return ServiceCounts(
        row.offered, row.on_portal, row.full_online, row.partial_online, row.online_on_portal
    )
