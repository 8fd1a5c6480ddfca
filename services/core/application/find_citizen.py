"""Find a citizen by identity number, which from there on is not needed any more."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.identity import IdentityNumber
from services.core.persistence.citizens import CitizenRepository


async def find_citizen(session: AsyncSession, *, number: IdentityNumber) -> UUID:
    """Give our own id of a citizen; raises `CitizenNotFound`."""
    return await CitizenRepository(session).find(number.reveal())
