"""Find the officer whom a token means."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.officer import Officer
from services.core.persistence.officers import OfficerRepository


async def find_officer(session: AsyncSession, *, issuer: str, subject: str) -> Officer | None:
    """Give the active officer of that name at the issuer, with unit and role as they are now."""
    return await OfficerRepository(session, issuer=issuer).find(subject)
