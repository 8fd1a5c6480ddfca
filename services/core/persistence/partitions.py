"""Monthly partitions of append-only records: old months are detached, never deleted row by row."""

from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MONTHS_AHEAD: Final = 3
_MONTHS_A_YEAR: Final = 12

#: Any number will do, as long as all workers use the same: two that create one table at once get in a tangle.
_LOCK: Final = 766_2023

_PARTITIONED: Final = ("delivery_attempts", "audit_log")

# Tables are made by their owner alone, for whom this function acts (migration 0021).
_KEEP: Final = text("SELECT keep_month(:table, :first)")


async def keep_partitions(session: AsyncSession, *, today: date) -> None:
    """Make sure that this month and the next ones have a partition. Harmless to repeat.

    A month whose rows have begun to go into the default partition stays there: the record does not move.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    for ahead in range(MONTHS_AHEAD + 1):
        for table in _PARTITIONED:
            await session.execute(_KEEP, {"table": table, "first": _month(today, ahead)})


def _month(today: date, ahead: int) -> date:
    months = today.year * _MONTHS_A_YEAR + today.month - 1 + ahead
    return date(months // _MONTHS_A_YEAR, months % _MONTHS_A_YEAR + 1, 1)
