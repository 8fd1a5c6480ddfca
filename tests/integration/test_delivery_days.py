"""Reports of deliveries say the same whatever of them has been added up, and read what has not been."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.add_up_deliveries import add_up_deliveries
from services.core.domain.deadline import VIETNAM
from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.false_late import FalseLateCause, cause_of
from services.core.domain.figures import Grouping, Period
from services.core.persistence.delivery_figures import count_deliveries
from services.core.persistence.engine import Sessions
from services.sync_worker.rollups import PIECES, RollupUpkeep
from tests.integration.delivery_rows import DeliveryRow, accepted, running, waiting
from tests.integration.metrics_truth import is_falsely_late
from tests.integration.seeding_metrics import PROCEDURE, in_time, seed_catalogue, seed_deliveries, unit_code
from tests.integration.test_metrics_false_late import outages_at, present, seed_outages

UNITS = (1, 2, 3)
DAYS = 40
AT_ONCE = timedelta()
MANY, OPEN = 15_000, 30

_CHANGE = text("""
UPDATE deliveries SET state = :state, park_cause = :park_cause, flagged_at = :flagged,
    desk_flagged_at = :desk_flagged, ended_at = :ended, reported_at = :reported, accepted_at = :accepted,
    false_late_cause = :false_late_cause
WHERE dossier_id = :id
""")

_MANY = text(f"""
INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq, last_occurred_at,
    channel, filing_mode, result_delivery, submitted_at, summary, applicant, components, fees, results)
SELECT 'H40-' || i, 'desk', 1 + i % :units, '{PROCEDURE}', 9, 2, 1, now(), 1, 'self', 1,
    now() - i % {DAYS} * interval '1 day', '', '{{}}', '[]', '[]', '[]'
FROM generate_series(1, {MANY}) i
""")  # noqa: S608 - joins constants

_MANY_DELIVERIES = text("""
INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, ended_at,
    reported_at, accepted_at)
SELECT id, unit_id, CASE WHEN row_number() OVER (ORDER BY id) <= :open THEN 'due' ELSE 'synced' END, 2, 1,
    true, now(), now(), now() - interval '1 hour'
FROM dossiers
""")

_SPREAD = text("""
UPDATE dossiers SET submitted_at = submitted_at - (hashtext(code) & 65535) % :days * interval '1 day',
    received_at = CASE WHEN hashtext(code) % 2 = 0
        THEN submitted_at - (hashtext(code) & 1023) % :days * interval '1 day' END
""")


@pytest.mark.parametrize("seed", range(3))
async def test_reports_say_the_same_whatever_has_been_added_up(sessions: Sessions, seed: int) -> None:
    rng = random.Random(seed)
    rows = [a_row(rng) for _ in range(200)]
    async with sessions.begin() as session:
        await seed_catalogue(session, UNITS)
        ids = await seed_deliveries(session, rows, now=await present(session))
        await seed_outages(session, await present(session))
        await session.execute(_SPREAD, {"days": DAYS})
    added_up = 0
    for _ in range(12):
        async with sessions.begin() as session:
            for key in rng.sample(ids, rng.randrange(10)):
                await change(session, key, a_row(rng))
            await add_up_deliveries(session, calm=AT_ONCE, most=rng.randrange(1, 60))
        async with sessions.begin() as session:
            added_up += await session.scalar(text("SELECT sum(dossiers) FROM delivery_days")) or 0
            await agrees(session, rng)
    assert added_up > len(rows)


async def test_a_dossier_that_moves_again_is_synced_no_longer_and_once_it_is_counts_once(
    sessions: Sessions,
) -> None:
    rng = random.Random(766)
    done = DeliveryRow(unit_id=1, state="synced", ended=-9.0, reported=-9.0, accepted=-8.0)
    async with sessions.begin() as session:
        await seed_catalogue(session, UNITS)
        await seed_deliveries(session, [done], now=await present(session))
    for state in ("synced", "due", "leased", "synced"):
        async with sessions.begin() as session:
            await session.execute(text("UPDATE deliveries SET state = :state"), {"state": state})
        for _ in range(2):
            async with sessions.begin() as session:
                await add_up_deliveries(session, calm=AT_ONCE)
                await agrees(session, rng)
    async with sessions.begin() as session:
        assert await session.scalar(text("SELECT sum(dossiers) FROM delivery_days")) == 1
        assert await session.scalar(text("SELECT is_counted FROM deliveries"))


async def test_what_is_still_in_motion_is_not_added_up(sessions: Sessions) -> None:
    """Neither what a clock may yet make late, nor what has moved a moment ago."""
    at_rest = DeliveryRow(unit_id=1, state="synced", ended=-9.0, reported=-9.0, accepted=-8.0)
    moving = [
        DeliveryRow(unit_id=1, state="synced", flagged=30.0, desk_flagged=30.0),
        DeliveryRow(unit_id=1, state="synced", desk_flagged=30.0, ended=-9.0, accepted=-8.0),
        DeliveryRow(unit_id=1, state="parked", park_cause="refused", ended=-9.0, accepted=-8.0),
        DeliveryRow(unit_id=1, state="closed", ended=-9.0, reported=-9.0),
    ]
    async with sessions.begin() as session:
        await seed_catalogue(session, UNITS)
        await seed_deliveries(session, [at_rest, *moving], now=await present(session))
        assert not await add_up_deliveries(session, calm=timedelta(minutes=9))
        assert await session.scalar(text("SELECT count(*) FROM deliveries WHERE is_counted")) == 0

        assert not await add_up_deliveries(session, calm=timedelta(minutes=7))

        assert await session.scalar(text("SELECT count(*) FROM deliveries WHERE is_counted")) == 1


async def test_of_several_that_would_add_up_one_does(sessions: Sessions) -> None:
    rng = random.Random(767)
    async with sessions.begin() as session:
        await seed_catalogue(session, UNITS)
        rows = [DeliveryRow(unit_id=1, state="synced", ended=-9.0, reported=-9.0, accepted=-8.0)] * 4
        await seed_deliveries(session, rows, now=await present(session))
    async with sessions.begin() as one, sessions.begin() as other:
        assert await add_up_deliveries(one, calm=AT_ONCE, most=2)
        assert not await add_up_deliveries(other, calm=AT_ONCE, most=2)
    async with sessions.begin() as session:
        assert await session.scalar(text("SELECT sum(dossiers) FROM delivery_days")) == 2
        await agrees(session, rng)


async def test_the_workers_add_up_what_has_been_quiet_for_a_day(sessions: Sessions) -> None:
    over = DeliveryRow(unit_id=1, state="synced", ended=-3000.0, reported=-3000.0, accepted=-2999.0)
    fresh = DeliveryRow(unit_id=1, state="synced", ended=-9.0, reported=-9.0, accepted=-8.0)
    async with sessions.begin() as session:
        await seed_catalogue(session, UNITS)
        await seed_deliveries(session, [over, fresh, over], now=await present(session))
    upkeep = [asyncio.create_task(RollupUpkeep(sessions, piece, seconds=0.05).run()) for piece in PIECES]
    try:
        async with asyncio.timeout(10):
            while not await days_of(sessions):  # noqa: ASYNC110 - the database has no event to wait for
                await asyncio.sleep(0.05)
    finally:
        for task in upkeep:
            task.cancel()
        await asyncio.gather(*upkeep, return_exceptions=True)
    assert [row.dossiers for row in await days_of(sessions)] == [2]


async def days_of(sessions: Sessions) -> Sequence[Row[Any]]:
    async with sessions() as session:
        return (await session.execute(text("SELECT * FROM delivery_days"))).all()


async def test_a_report_reads_the_days_and_what_is_open(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await seed_catalogue(session, UNITS)
        await session.execute(_MANY, {"units": len(UNITS)})
        await session.execute(_MANY_DELIVERIES, {"open": OPEN})
        # Of what earlier tests left, the planner may believe that the tables are empty.
        await session.execute(text("ANALYZE deliveries, dossiers"))
        while await add_up_deliveries(session, calm=AT_ONCE):
            pass
        await session.execute(text("ANALYZE deliveries, dossiers, delivery_days"))

    async with sessions.begin() as session:
        # Rows that others read on our behalf are not in our books.
        await session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        period = Period(date(2000, 1, 1), date(2099, 12, 31))
        before = await rows_read(session)
        counted = await count_deliveries(session, period=period, within="/", by=Grouping.TOTAL)
        read = await rows_read(session) - before
    assert [(one.received, one.synced) for one in counted] == [(MANY, MANY - OPEN)]
    # The planner may have the open ones found in several ways; what it must not do is to read them all.
    assert max(read["dossiers"], read["deliveries"]) < MANY / 10
    assert read["delivery_days"] <= (DAYS + 1) * len(UNITS) ** 2


async def rows_read(session: AsyncSession) -> Counter[str]:
    """Give how many rows of each table the session has read, of late."""
    rows = await session.execute(
        text(
            "SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS number"
            " FROM pg_stat_xact_user_tables"
        )
    )
    return Counter({row.relname: row.number for row in rows})


def a_row(rng: random.Random) -> DeliveryRow:
    return rng.choice((running, waiting, accepted, accepted))(rng, rng.choice(UNITS))


async def change(session: AsyncSession, key: Any, row: DeliveryRow) -> None:
    """Let a dossier stand otherwise; it stays with its unit."""
    await session.execute(_CHANGE, {"id": key, **in_time(asdict(row), await present(session))})


async def agrees(session: AsyncSession, rng: random.Random) -> None:
    """Compare the report of some weeks, for one unit or all, with the rows themselves."""
    now = await present(session)
    rows = (
        await session.execute(
            text(
                "SELECT v.*, (coalesce(d.received_at, d.submitted_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
                " AS day FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id"
            )
        )
    ).all()
    today = now.astimezone(VIETNAM).date()
    first = today - timedelta(days=rng.randrange(DAYS + 2))
    period = Period(first, min(today, first + timedelta(days=rng.randrange(DAYS))))
    for within in ("/", f"/{rng.choice(UNITS)}/"):
        meant = [
            row
            for row in rows
            if period.first <= row.day <= period.last and f"/{row.unit_id}/".startswith(within)
        ]
        counted = await count_deliveries(session, period=period, within=within, by=Grouping.UNIT)
        assert {one.group.key: summed(one) for one in counted} == {
            unit_code(unit): truth([row for row in meant if row.unit_id == unit], now)
            for unit in {row.unit_id for row in meant}
        }


def summed(counts: Any) -> tuple[int, int, int, Counter[FalseLateCause]]:
    return counts.received, counts.synced, counts.late, counts.causes


def truth(rows: Sequence[Row[Any]], now: datetime) -> tuple[int, int, int, Counter[FalseLateCause]]:
    causes = Counter(cause for row in rows if (cause := cause_for(row, now)) is not None)
    late = sum(row.desk_flagged_at is not None and row.desk_flagged_at <= now for row in rows)
    return len(rows), sum(row.state == "synced" for row in rows), late, causes


def cause_for(row: Row[Any], now: datetime) -> FalseLateCause | None:
    if row.false_late_cause is not None:
        return FalseLateCause(row.false_late_cause)
    if not is_falsely_late(row, now):
        return None
    return cause_of(
        DeliveryState(row.state),
        None if row.park_cause is None else ParkCause(row.park_cause),
        reported_at=row.reported_at,
        flagged_at=row.flagged_at,
        accepted_at=None,
        outages=outages_at(now),
    )
