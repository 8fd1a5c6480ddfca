"""Find the unit that a person means."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.catalogue import Unit, UnknownUnit
from services.core.persistence.catalogue_names import codes_of_roots
from services.core.persistence.units import UnitRepository


async def find_subtree(session: AsyncSession, *, code: str | None) -> Unit:
    """Give the unit of a code, or the one on top of the tree; raises `UnknownUnit`.

    Where several are on top, a code is needed.
    """
    codes = [code] if code is not None else await codes_of_roots(session)
    found = await UnitRepository(session).find_many(codes) if len(codes) == 1 else {}
    if not found:
        raise UnknownUnit(pointer="/unit")
    return found[codes[0]]
