"""Monthly partitions of append-only records: old months are detached, never deleted row by row."""

from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MONTHS_AHEAD: Final = 3
_MONTHS_A_YEAR: Final = 12

#: Any number will do, as long as all workers use the same: two that create one table at once get in a tangle.
_LOCK: Final = 766_2023


async def keep_partitions(session: AsyncSession, *, today: date) -> None:
    """Make sure that this month and the next ones have a partition. Harmless to repeat."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    for ahead in range(MONTHS_AHEAD + 1):
        first, following = _month(today, ahead), _month(today, ahead + 1)
        await _make(session, "delivery_attempts", first, following)
        audit = await _make(session, "audit_log", first, following)
        # Grants and triggers on TRUNCATE are those of the table that is named, not of its parent.
        await session.execute(
            text(
                f"CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON {audit}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        )
        await session.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {audit} FROM PUBLIC, CURRENT_USER"))


async def _make(session: AsyncSession, table: str, first: date, following: date) -> str:
    """Create a partition. Names and dates are computed here, never given from outside; DDL takes no parameters."""
    name = f"{table}_{first:%Y_%m}"
    await session.execute(
        text(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table}"
            f" FOR VALUES FROM ('{first} 00:00+00') TO ('{following} 00:00+00')"
        )
    )
    return name


def _month(today: date, ahead: int) -> date:
    months = today.year * _MONTHS_A_YEAR + today.month - 1 + ahead
    return date(months // _MONTHS_A_YEAR, months % _MONTHS_A_YEAR + 1, 1)
