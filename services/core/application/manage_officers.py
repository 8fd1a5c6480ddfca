"""Keep the list of officers: who works where, and as what."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.find_open_unit import find_open_unit
from services.core.domain.officer import ListedOfficer
from services.core.domain.role import Role
from services.core.persistence.officers import OfficerRepository, list_all_officers


async def add_officer(
    session: AsyncSession,
    *,
    issuer: str,
    subject: str,
    name: str,
    unit_code: str,
    role: Role,
    now: datetime,
) -> None:
    """Let an officer in; raises `UnknownUnit`, `UnitEnded`, `UnitNotYetOpen` or `OfficerKnown`."""
    unit_id = await find_open_unit(session, code=unit_code, now=now)
    await OfficerRepository(session, issuer=issuer).add(subject, name=name, unit_id=unit_id, role=role)


async def change_officer(
    session: AsyncSession,
    *,
    issuer: str,
    subject: str,
    name: str | None,
    unit_code: str | None,
    role: Role | None,
    now: datetime,
) -> None:
    """Change what is given, at the latest when the API's cache has run out; raises `OfficerNotFound`, too."""
    unit_id = None if unit_code is None else await find_open_unit(session, code=unit_code, now=now)
    await OfficerRepository(session, issuer=issuer).change(subject, name=name, unit_id=unit_id, role=role)


async def revoke_officer(session: AsyncSession, *, issuer: str, subject: str) -> None:
    """End an officer's access, at the latest when the API's cache has run out; raises `OfficerNotFound`."""
    await OfficerRepository(session, issuer=issuer).revoke(subject)


async def list_officers(session: AsyncSession) -> list[ListedOfficer]:
    """Give all officers by unit, those who left, too."""
    return await list_all_officers(session)
