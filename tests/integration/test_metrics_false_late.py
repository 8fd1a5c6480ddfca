import random
from collections import Counter
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.false_late import FalseLateCause, Outage, cause_of
from services.core.persistence.engine import Sessions
from services.core.persistence.measurements.queries import measure_false_late
from tests.integration.delivery_rows import DeliveryRow, waiting
from tests.integration.seeding_metrics import seed_catalogue, seed_deliveries

#: Minutes from now: last good call, first failed call, first good call again.
OUTAGES: list[tuple[float | None, float, float | None]] = [
    (None, -2_900.0, -2_500.0),
    (-2_500.0, -2_499.9, -2_000.0),
    (-1_990.0, -1_500.0, -1_000.0),
    (-700.5, -700.0, -400.0),
    (-50.5, -50.0, None),
]


async def test_sql_and_domain_name_the_same_cause_for_every_row(sessions: Sessions) -> None:
    rng = random.Random(766)
    rows = [as_falsely_late(rng, waiting(rng, 1)) for _ in range(2_000)]
    async with sessions.begin() as session:
        now = await present(session)
        await seed_catalogue(session, [1])
        await seed_deliveries(session, rows, now=now)
        await seed_outages(session, now)
    async with sessions() as session:
        counted = await measure_false_late(session)

    outages = outages_at(now)
    assert counted == Counter(judge(row, outages, now) for row in rows)
    assert counted.keys() == set(FalseLateCause) - {FalseLateCause.RULE_MISMATCH}


async def test_without_any_outage_nobody_blames_the_portal(sessions: Sessions) -> None:
    rng = random.Random(767)
    rows = [as_falsely_late(rng, waiting(rng, 1)) for _ in range(200)]
    async with sessions.begin() as session:
        await seed_catalogue(session, [1])
        await seed_deliveries(session, rows, now=await present(session))
    async with sessions() as session:
        counted = await measure_false_late(session)

    assert counted.total() == 200
    assert FalseLateCause.PORTAL_DOWN not in counted


def as_falsely_late(rng: random.Random, row: DeliveryRow) -> DeliveryRow:
    """Let the portal's flag fall, now and then, on the very instant at which an outage began or ended."""
    assert row.reported is not None
    edges = [edge for outage in OUTAGES for edge in outage if edge is not None]
    reported = rng.choice([row.reported, rng.choice(edges)])
    flagged = min(-1.0, rng.choice([reported + rng.uniform(-300, 900), rng.choice(edges)]))
    return replace(row, reported=reported, flagged=flagged, desk_flagged=None)


async def present(session: AsyncSession) -> datetime:
    now: datetime = (await session.execute(text("SELECT now()"))).scalar_one()
    return now


def outages_at(now: datetime) -> list[Outage]:
    return [
        Outage(
            last_success_at=None if success is None else now + timedelta(minutes=success),
            began_at=now + timedelta(minutes=began),
            ended_at=None if ended is None else now + timedelta(minutes=ended),
        )
        for success, began, ended in OUTAGES
    ]


async def seed_outages(session: AsyncSession, now: datetime) -> None:
    await session.execute(
        text(
            "INSERT INTO portal_outages (last_success_at, began_at, ended_at)"
            " VALUES (:last_success_at, :began_at, :ended_at)"
        ),
        [asdict(outage) for outage in outages_at(now)],
    )


def judge(row: DeliveryRow, outages: list[Outage], now: datetime) -> FalseLateCause:
    assert row.reported is not None
    assert row.flagged is not None
    return cause_of(
        DeliveryState(row.state),
        None if row.park_cause is None else ParkCause(row.park_cause),
        reported_at=now + timedelta(minutes=row.reported),
        flagged_at=now + timedelta(minutes=row.flagged),
        accepted_at=None,
        outages=outages,
    )
