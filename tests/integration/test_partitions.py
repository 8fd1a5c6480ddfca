"""The record of attempts has a partition for every month in time."""

import asyncio
from datetime import UTC, date, datetime
from itertools import pairwise

from sqlalchemy import text

from services.core.persistence.engine import Sessions
from services.core.persistence.partitions import keep_partitions
from services.core.persistence.proofs import ProofRepository
from tests.integration.delivery_cases import table

PARTITIONS = """
SELECT c.relname, pg_get_expr(c.relpartbound, c.oid)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'delivery_attempts'::regclass AND c.relname <> 'delivery_attempts_default' ORDER BY 1
"""


async def keep(sessions: Sessions, today: date) -> None:
    async with sessions.begin() as session:
        await keep_partitions(session, today=today)


async def test_this_month_and_three_more_have_a_partition_across_the_turn_of_the_year(
    sessions: Sessions,
) -> None:
    await keep(sessions, date(2041, 11, 30))
    await keep(sessions, date(2041, 12, 1))
    made = [row for row in await table(sessions, PARTITIONS) if "_204" in row[0]]
    firsts = ["2041-11-01", "2041-12-01", "2042-01-01", "2042-02-01", "2042-03-01", "2042-04-01"]
    assert [name for name, _ in made] == [
        f"delivery_attempts_{day[:7].replace('-', '_')}" for day in firsts[:-1]
    ]
    assert [bounds for _, bounds in made] == [
        f"FOR VALUES FROM ('{first} 00:00:00+00') TO ('{following} 00:00:00+00')"
        for first, following in pairwise(firsts)
    ]


async def test_workers_that_start_together_do_not_get_in_each_others_way(sessions: Sessions) -> None:
    await asyncio.gather(*(keep(sessions, date(2051, 5, 5)) for _ in range(4)))
    assert len([name for name, _ in await table(sessions, PARTITIONS) if "_2051_" in name]) == 4


async def test_a_line_of_the_record_lands_in_its_month_and_before_that_in_none(sessions: Sessions) -> None:
    await keep(sessions, date(2061, 1, 1))
    line = (
        "INSERT INTO delivery_attempts (dossier_id, call_id, operation, outcome, version, request_hash,"
        " started_at, finished_at) VALUES (uuidv7(), uuidv7(), 'create', 'accepted', 1, '', :at, :at)"
    )
    async with sessions.begin() as session:
        for year in (2061, 1999):
            await session.execute(text(line), {"at": datetime(year, 1, 15, tzinfo=UTC)})
    rows = await table(sessions, "SELECT tableoid::regclass::text FROM delivery_attempts ORDER BY started_at")
    assert rows == [("delivery_attempts_default",), ("delivery_attempts_2061_01",)]


async def test_the_record_begins_with_the_oldest_month_that_is_still_attached(sessions: Sessions) -> None:
    async with sessions() as session:  # rolled back: partitions are shared by all tests
        await keep_partitions(session, today=date(1990, 1, 15))
        proofs = ProofRepository(session)
        assert await proofs.record_begins_at() == datetime(1990, 1, 1, tzinfo=UTC)
        await session.execute(
            text("ALTER TABLE delivery_attempts DETACH PARTITION delivery_attempts_1990_01")
        )
        assert await proofs.record_begins_at() == datetime(1990, 2, 1, tzinfo=UTC)
