"""Reports of look-ups add up days, and go through them once however many units are asked for."""

import random
from collections import Counter
from datetime import date, timedelta

from sqlalchemy import text

from services.core.application.report_look_ups import report_look_ups
from services.core.domain.figures import Grouping, Period
from services.core.persistence.engine import Sessions
from tests.integration.seeding_metrics import seed_catalogue, unit_code

UNITS, DAYS = 40, 150
FIRST = date(2026, 1, 1)
QUARTER = Period(FIRST, FIRST + timedelta(days=89))
YEARS = 1_500
#: So often PostgreSQL plans a statement anew before it thinks of a plan for all values.
PLANNED_ANEW = 5

_DAYS = text("""
INSERT INTO look_up_days (day, unit_id, procedure_code, received, needed, asked, matched)
SELECT CAST(:first AS date) + d, u, 'P' || p, 1 + (d + u) % 3, 1, p, p % 2
FROM generate_series(0, :days - 1) d, generate_series(1, :units) u, generate_series(1, 3) p ORDER BY d
""")


async def test_a_report_goes_through_the_days_once_for_all_units(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await seed_catalogue(session, range(1, UNITS + 1))
        await session.execute(_DAYS, {"first": FIRST, "days": YEARS, "units": UNITS})
        await session.execute(text("ANALYZE look_up_days, units"))
        await session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        walks = text(
            "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables"
            " WHERE relname = 'look_up_days'"
        )
        for _ in range(PLANNED_ANEW + 1):
            before = (await session.execute(walks)).scalar_one()
            report = await report_look_ups(session, period=QUARTER, within="/", by=Grouping.UNIT)
            # The planner itself looks at an end of the index or two.
            assert (await session.execute(walks)).scalar_one() - before <= UNITS / 8

    assert len(report.lines) == UNITS
    assert (report.total.asked, report.total.matched) == (90 * UNITS * 6, 90 * UNITS * 2)


async def test_units_procedures_and_days_add_up_to_the_same(sessions: Sessions) -> None:
    rng = random.Random(766)
    async with sessions.begin() as session:
        await seed_catalogue(session, range(1, UNITS + 1))
        await session.execute(_DAYS, {"first": FIRST, "days": DAYS, "units": UNITS})
        for _ in range(10):
            first = FIRST + timedelta(days=rng.randrange(-20, DAYS))
            period = Period(first, first + timedelta(days=rng.randrange(DAYS)))
            days = {
                number for number in range(DAYS) if period.first <= FIRST + timedelta(number) <= period.last
            }
            unit = rng.randrange(1, UNITS + 1)
            for within, units in (("/", range(1, UNITS + 1)), (f"/{unit}/", [unit])):
                by_unit = await report_look_ups(session, period=period, within=within, by=Grouping.UNIT)
                by_procedure = await report_look_ups(
                    session, period=period, within=within, by=Grouping.PROCEDURE
                )
                assert Counter({line.code: line.received for line in by_unit.lines}) == Counter(
                    {unit_code(one): 3 * sum(1 + (day + one) % 3 for day in days) for one in units if days}
                )
                assert by_unit.total == by_procedure.total
                assert {line.code: line.asked for line in by_procedure.lines} == {
                    f"P{number}": number * len(days) * len(units) for number in (1, 2, 3) if days
                }
