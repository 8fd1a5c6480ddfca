"""List the steps that citizens, households, officers and places are helped with."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.step import Step
from services.core.persistence.onboarding.steps import StepRepository


async def list_steps(session: AsyncSession) -> list[Step]:
    """Give the whole catalogue, the province's own steps included."""
    return list((await StepRepository(session).load()).values())
