"""Counts of dossiers over any period are those of its days, of which whole months are read at once."""

import random
from collections import Counter
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.core.domain.figures import Grouping, Period, Report
from services.core.persistence import schema
from services.core.persistence.dossier_counts import DossierCountRepository
from services.core.persistence.engine import Sessions
from tests.integration.seeding_metrics import PROCEDURE, seed_catalogue, unit_code
from tests.integration.test_delivery_days import rows_read

UNITS = (1, 2, 3)
FIRST, DAYS, DOSSIERS = date(2025, 1, 1), 500, 3_000

_DOSSIERS = text(f"""
INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq, last_occurred_at,
    channel, filing_mode, result_delivery, submitted_at, summary, applicant, components, fees, results)
SELECT 'H40-' || i, 'desk', 1 + i % {len(UNITS)}, '{PROCEDURE}', 9, 2, 1, now(), 1 + i % 2, 'self', 1,
    '{FIRST} 08:00+07'::timestamptz + (hashint4(i) & 65535) % {DAYS} * interval '1 day', '', '{{}}', '[]',
    '[]', '[]'
FROM generate_series(1, {DOSSIERS}) i
""")  # noqa: S608 - joins constants


async def test_any_period_has_the_counts_of_its_days(sessions: Sessions) -> None:
    rng = random.Random(766)
    async with sessions.begin() as session:
        await fill(session)
        await session.execute(text("UPDATE dossiers SET channel = 3 WHERE hashtext(code) % 5 = 0"))
        dossiers = (
            await session.execute(
                text(
                    "SELECT unit_id, channel, (submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day"
                    " FROM dossiers"
                )
            )
        ).all()
        for _ in range(60):
            first = FIRST + timedelta(days=rng.randrange(-10, DAYS))
            period = Period(first, first + timedelta(days=rng.choice([0, 30, rng.randrange(DAYS)])))
            meant = [row for row in dossiers if period.first <= row.day <= period.last]
            assert await filed(session, period) == Counter(
                (unit_code(row.unit_id), row.channel) for row in meant
            )


async def test_a_year_reads_its_months_and_the_days_of_what_is_left(
    engine: AsyncEngine, sessions: Sessions
) -> None:
    async with sessions.begin() as session:
        await fill(session)
    # What other tests have deleted is read, too, until it is swept out.
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("VACUUM ANALYZE dossier_days, dossier_months"))
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        before = await rows_read(session)
        await filed(session, Period(date(2025, 1, 11), date(2026, 1, 10)))
        read = await rows_read(session) - before
    # So few rows may be gone through once for each unit.
    assert read["dossier_months"] <= len(UNITS) ** 2 * DAYS / 28
    assert read["dossier_days"] <= len(UNITS) ** 2 * 31


async def test_months_hold_what_was_there_before_they_were(engine: AsyncEngine, sessions: Sessions) -> None:
    await schema.upgrade(engine, revision="base")
    try:
        await schema.upgrade(engine, revision="0017")
        async with sessions.begin() as session:
            await fill(session)
    finally:
        await schema.upgrade(engine)
    async with sessions.begin() as session:
        months, days = [
            await session.scalar(text(f"SELECT sum(filed_online) FROM {table}"))  # noqa: S608 - two names
            for table in ("dossier_months", "dossier_days")
        ]
        assert months == days == DOSSIERS / 2


async def fill(session: AsyncSession) -> None:
    await seed_catalogue(session, UNITS)
    await session.execute(_DOSSIERS)


async def filed(session: AsyncSession, period: Period) -> Counter[tuple[str, int]]:
    """Count dossiers by unit and channel."""
    counts = DossierCountRepository(session, within="/")
    found = Counter[tuple[str, int]]()
    for one in await counts.sums([Report.CHANNELS], period, Grouping.UNIT):
        found[one.group.key, 1] = one.counts.filed_at_desk
        found[one.group.key, 2] = one.counts.filed_online
        found[one.group.key, 3] = one.counts.filed_by_post
    return +found
