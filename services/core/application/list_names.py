"""List what units and procedures are called."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.persistence.catalogue_names import names_of_procedures, names_of_units


@dataclass(frozen=True, slots=True)
class Names:
    """Pairs of code and name."""

    units: list[tuple[str, str]]
    procedures: list[tuple[str, str]]


async def list_names(session: AsyncSession, *, within: str) -> Names:
    """Give all procedures, and the units of a subtree."""
    return Names(await names_of_units(session, within=within), await names_of_procedures(session))
