"""The running counts of onboarding."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.tally import Tally, TallyKey

# Both in the order of their keys: all writers take the row locks in one order. What has come down to nothing
# stays as a row of 0, which no reader takes for anything.
_ADD: Final = text("""
WITH added AS (
    SELECT * FROM unnest(CAST(:units AS int[]), CAST(:measures AS text[]), CAST(:dimensions AS text[]),
        CAST(:steps AS text[]), CAST(:days AS date[]), CAST(:labels AS text[]), CAST(:values AS bigint[])
    ) AS a(unit_id, measure, dimension, step, day, label, value)
), by_day AS (
    INSERT INTO onboarding_tallies AS t (unit_id, measure, dimension, step, day, label, value)
    SELECT * FROM added ORDER BY unit_id, measure, dimension, step, day, label
    ON CONFLICT (unit_id, measure, dimension, step, day, label) DO UPDATE SET value = t.value + excluded.value
)
INSERT INTO onboarding_totals AS t (unit_id, step, measure, value)
SELECT unit_id, step, measure, sum(value) FROM added WHERE dimension = ''
GROUP BY unit_id, step, measure ORDER BY unit_id, step, measure
ON CONFLICT (unit_id, step, measure) DO UPDATE SET value = t.value + excluded.value
""")


async def add_to_onboarding_tallies(session: AsyncSession, tally: Tally) -> None:
    """Add to the counts; the last statement of a transaction, because it locks rows that others want, too."""
    if not tally:
        return
    keys: list[TallyKey] = sorted(tally)
    await session.execute(
        _ADD,
        {
            "units": [key.unit_id for key in keys],
            "measures": [key.measure.value for key in keys],
            "dimensions": [key.dimension.value for key in keys],
            "steps": [key.step for key in keys],
            "days": [key.day for key in keys],
            "labels": [key.label for key in keys],
            "values": [tally[key] for key in keys],
        },
    )
