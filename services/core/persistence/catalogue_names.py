"""Names of units and procedures, for files that name what they should give by code."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_UNITS: Final = text("SELECT code, name FROM units WHERE starts_with(path || '.', :within) ORDER BY code")
_ROOTS: Final = text("SELECT code FROM units WHERE parent_id IS NULL ORDER BY code")
_PROCEDURES: Final = text("SELECT code, name FROM procedures ORDER BY code")


async def codes_of_roots(session: AsyncSession) -> list[str]:
    """Give the units that are under no other: as a rule one, the province."""
    return list(await session.scalars(_ROOTS))


async def names_of_units(session: AsyncSession, *, within: str) -> list[tuple[str, str]]:
    """Give code and name of all units of a subtree, those that have ended included."""
    rows = await session.execute(_UNITS, {"within": within})
    return [(row.code, row.name) for row in rows]


async def names_of_procedures(session: AsyncSession) -> list[tuple[str, str]]:
    """Give code and name of all procedures, those no longer offered included."""
    return [(row.code, row.name) for row in await session.execute(_PROCEDURES)]
