"""Monthly partitions of append-only records: old months are detached, never deleted row by row."""

from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MONTHS_AHEAD: Final = 3
_MONTHS_A_YEAR: Final = 12

#: Any number will do, as long as all workers use the same: two that create one table at once get in a tangle.
_LOCK: Final = 766_2023


#: When a row of the record is from.
_PARTITIONED: Final = {"delivery_attempts": "started_at", "audit_log": "at"}
_AUDIT: Final = "audit_log"


async def keep_partitions(session: AsyncSession, *, today: date) -> None:
    """Make sure that this month and the next ones have a partition. Harmless to repeat."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    for ahead in range(MONTHS_AHEAD + 1):
        first, following = _month(today, ahead), _month(today, ahead + 1)
        for table, column in _PARTITIONED.items():
            if await _is_wanted(session, table, column, first, following):
                await _make(session, table, first, following)


async def _is_wanted(session: AsyncSession, table: str, column: str, first: date, following: date) -> bool:
    """Tell whether a month needs its partition.

    One whose rows have begun to go into the default partition stays there: rows of the record do not move.
    """
    rows = f"{column} >= '{first} 00:00+00' AND {column} < '{following} 00:00+00'"
    question = (
        f"SELECT to_regclass('{table}_{first:%Y_%m}') IS NULL"  # noqa: S608 - names and dates of ours
        f" AND NOT EXISTS (SELECT FROM {table}_default WHERE {rows})"
    )
    wanted: bool = (await session.execute(text(question))).scalar_one()
    return wanted


async def _make(session: AsyncSession, table: str, first: date, following: date) -> None:
    """Create a partition; its name and bounds are never given from outside, and DDL takes no parameters."""
    name = f"{table}_{first:%Y_%m}"
    bounds = f"FROM ('{first} 00:00+00') TO ('{following} 00:00+00')"
    await session.execute(text(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES {bounds}"))
    if table != _AUDIT:
        return
    # Unlike triggers on rows, these hold for the table that is named and not for its partitions.
    trigger = f"BEFORE TRUNCATE ON {name} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    await session.execute(text(f"CREATE TRIGGER never_emptied {trigger}"))
    await session.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM PUBLIC, CURRENT_USER"))


def _month(today: date, ahead: int) -> date:
    months = today.year * _MONTHS_A_YEAR + today.month - 1 + ahead
    return date(months // _MONTHS_A_YEAR, months % _MONTHS_A_YEAR + 1, 1)
