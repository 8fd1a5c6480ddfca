"""Say where our catalogue and the portal's differ, as the portal's was last seen."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.portal_catalogue import Difference, differences
from services.core.persistence.portal_procedures import PortalProcedureRepository


async def compare_catalogues(session: AsyncSession) -> list[Difference]:
    """Give the differences, what only one side knows first. What the portal never showed is no difference."""
    repository = PortalProcedureRepository(session)
    return differences(await repository.ours(), await repository.known(), await repository.details())
