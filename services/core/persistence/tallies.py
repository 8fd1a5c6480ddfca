"""Running totals, so that a scrape never reads history."""

from collections import Counter
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

#: Name, label (empty if there is none) and unit of a total.
TallyKey = tuple[str, str, int]

# Sorted keys: all writers take the row locks in one order, so none waits for another in a circle.
_ADD: Final = text("""
INSERT INTO tallies AS t (name, label, unit_id, value)
SELECT * FROM unnest(
    CAST(:names AS text[]), CAST(:labels AS text[]), CAST(:units AS int[]), CAST(:values AS float[])
)
ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
""")


async def add_to_tallies(session: AsyncSession, counts: Counter[TallyKey] | dict[TallyKey, float]) -> None:
    """Add to totals; the last statement of a transaction, because it locks rows that others want, too."""
    if not counts:
        return
    keys = sorted(counts)
    await session.execute(
        _ADD,
        {
            "names": [name for name, _, _ in keys],
            "labels": [label for _, label, _ in keys],
            "units": [unit for _, _, unit in keys],
            "values": [float(counts[key]) for key in keys],
        },
    )
