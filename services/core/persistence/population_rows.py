"""Counts of populations that are on record, by what names them."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_FIND: Final = text("""
SELECT p.unit_id, p.population, p.valid_from, p.number, p.source
FROM unnest(CAST(:units AS int[]), CAST(:populations AS text[]), CAST(:days AS date[]))
    AS k(unit_id, population, valid_from)
JOIN population_counts p USING (unit_id, population, valid_from)
""")


class CountKey(NamedTuple):
    """One count: of whom, where, from which day on."""

    unit_id: int
    population: str
    valid_from: date


async def find_counts(session: AsyncSession, keys: Sequence[CountKey]) -> dict[CountKey, tuple[int, str]]:
    """Give number and source of those that are on record."""
    rows = await session.execute(
        _FIND,
        {
            "units": [key.unit_id for key in keys],
            "populations": [key.population for key in keys],
            "days": [key.valid_from for key in keys],
        },
    )
    return {CountKey(row.unit_id, row.population, row.valid_from): (row.number, row.source) for row in rows}
