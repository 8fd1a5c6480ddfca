"""What is asked of any period is the sum over its events: in pieces of 1 to 64 days, mergers included."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from services.core.application.verify_onboarding import rebuild_onboarding, verify_onboarding
from services.core.domain.figures import Period
from services.core.domain.onboarding.stretch import stretches
from services.core.domain.onboarding.tally import Dimension, Measure, Tally
from services.core.persistence.engine import Sessions
from services.core.persistence.onboarding.figures import FigureRepository
from services.core.persistence.onboarding.rebuild import RebuildRepository
from tests.desk_api import DeskApi
from tests.onboarding_events import MORNING, a_busy_day, send

_TODAY: Final = MORNING.date()
_LAST_OF_OLD: Final = datetime(2025, 6, 30, tzinfo=UTC)
_PERIODS: Final = 40


def a_busy_year(chance: random.Random, events: int) -> list[dict[str, Any]]:
    """Draw events of 420 days; some of those before 30/6/2025 are of the unit that went into H44.101 then."""
    told = a_busy_day(chance, events=events, people=30, units=("H44.101", "H44.102"))
    for event in told:
        at = MORNING - timedelta(minutes=chance.randrange(420 * 24 * 60))
        event["occurred_at"] = at.isoformat()
        if at < _LAST_OF_OLD and chance.random() < 0.5:
            event["unit_code"] = "H44.900"
    return told


async def test_any_period_gives_the_sum_of_its_days(api: DeskApi, sessions: Sessions) -> None:
    chance = random.Random(14)
    told = a_busy_year(chance, events=400)
    chance.shuffle(told)
    for start in range(0, len(told), 60):
        await send(api.province.http, told[start : start + 60])
    async with sessions.begin() as session:
        assert (await verify_onboarding(session)).holds
        tally = await RebuildRepository(session).read_tally()
        rows = await session.execute(text("SELECT code, id, path FROM units"))
        units = {row.code: row for row in rows}
    counted = {units["H44.101"].id, units["H44.900"].id}

    async with sessions() as session:
        figures = FigureRepository(session, path=units["H44.101"].path, on=_TODAY)
        for _ in range(_PERIODS):
            first = _TODAY - timedelta(days=chance.randrange(430))
            period = Period(first, first + timedelta(days=chance.randrange(430)))
            found = {
                (row.step, row.measure, row.dimension, row.label): row.value
                for row in await figures.breakdown(list(Measure), list(Dimension), period=period)
            }
            assert found == sum_over(tally, counted, period), period
    assert len(stretches(Period(_TODAY - timedelta(days=400), _TODAY))) > 4


async def test_how_things_stood_on_a_day_is_the_sum_of_all_days_before(
    api: DeskApi, sessions: Sessions
) -> None:
    chance = random.Random(15)
    await send(api.province.http, a_busy_year(chance, events=200))
    async with sessions.begin() as session:
        tally = await RebuildRepository(session).read_tally()
        unit = (await session.execute(text("SELECT id, path FROM units WHERE code = 'H44.102'"))).one()
        for _ in range(_PERIODS):
            day = _TODAY - timedelta(days=chance.randrange(430))
            sums = await FigureRepository(session, path=unit.path, on=day).sums(
                [Measure.HELD], up_to_day=True
            )
            up_to = sum_over(tally, {unit.id}, Period(date.min, day))
            assert {row.step: row.value for row in sums if row.value} == {
                step: value for (step, measure, *_), value in up_to.items() if measure is Measure.HELD
            }


async def test_a_rebuild_makes_the_spans_anew(api: DeskApi, sessions: Sessions) -> None:
    await send(api.province.http, a_busy_year(random.Random(16), events=120))
    kept = await spans(sessions)
    assert {row.span for row in kept} == {4, 16, 64}
    async with sessions.begin() as session:
        await session.execute(text("UPDATE onboarding_spans SET value = 7 WHERE span = 64"))
    async with sessions.begin() as session:
        await rebuild_onboarding(session)
    assert await spans(sessions) == kept


def sum_over(tally: Tally, units: set[int], period: Period) -> dict[tuple[Any, ...], int]:
    total: Counter[tuple[Any, ...]] = Counter()
    for key, value in tally.items():
        if key.unit_id in units and period.first <= key.day <= period.last:
            total[key.step, key.measure, key.dimension, key.label] += value
    return {key: value for key, value in total.items() if value}


async def spans(sessions: Sessions) -> list[Any]:
    async with sessions() as session:
        rows = await session.execute(
            text("SELECT * FROM onboarding_spans WHERE value <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7")
        )
        return list(rows)
