"""Find the unit that somebody is to work for."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.catalogue import UnknownUnit
from services.core.domain.deadline import VIETNAM
from services.core.persistence.units import UnitRepository


async def find_open_unit(session: AsyncSession, *, code: str, now: datetime) -> int:
    """Give the id of a unit that is open today; raises `UnknownUnit`, `UnitEnded` or `UnitNotYetOpen`."""
    unit = (await UnitRepository(session).find_many({code})).get(code)
    if unit is None:
        raise UnknownUnit(pointer="/unit_code")
    unit.check_open_on(now.astimezone(VIETNAM).date(), pointer="/unit_code")
    return unit.id
