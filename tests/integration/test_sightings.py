"""How long the portal takes to show what it has acknowledged, on a sample that it is asked about."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from services.core.application.sampling import Sampling
from services.core.application.settling import Settling
from services.core.application.sight_accepted import Sighting, sight_accepted
from services.core.domain.delivery import Operation
from services.core.domain.outcome import Found, NotSent, Throttled
from services.core.domain.pace import GatePolicy
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.persistence.sightings import SightingRepository
from tests.integration.delivery_cases import (
    Act,
    ScriptedPortal,
    delivering,
    file_dossier,
    pacing_of,
    rounds,
    seed_catalogue,
    table,
)

GONE = Found(None)


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


@pytest.fixture
def portal() -> ScriptedPortal:
    return ScriptedPortal()


def sighting(desk: Sessions, portal: ScriptedPortal, *, gates: GatePolicy | None = None) -> Sighting:
    pacing = pacing_of(desk) if gates is None else pacing_of(desk, gates=gates)
    return Sighting(desk, portal, pacing, Comparison.INSTANT)


async def accept(desk: Sessions, portal: ScriptedPortal, *codes: str) -> None:
    """Deliver finished dossiers, all of which are sampled."""
    settling = Settling(desk, Comparison.INSTANT, sampling=Sampling(lambda: 0.5, every_seconds=0))
    for code in codes or ("D-0",):
        await file_dossier(desk, code)
        await rounds(delivering(desk, portal, settling=settling))


async def pass_time(desk: Sessions, span: timedelta) -> None:
    async with desk.begin() as session:
        await session.execute(
            text(
                "UPDATE sightings SET accepted_at = accepted_at - CAST(:span AS interval),"
                " ask_at = ask_at - CAST(:span AS interval)"
            ),
            {"span": span},
        )


async def counted(desk: Sessions) -> list[tuple[str, float]]:
    """Give the totals of what was seen, without the sum of seconds."""
    return [
        (label, value)
        for name, label, value in await table(desk, "SELECT name, label, value FROM tallies")
        if name == "seen_bucket"
    ]


async def test_a_dossier_that_the_portal_shows_is_seen_once_and_counted(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await accept(desk, portal)
    await pass_time(desk, timedelta(seconds=12))
    work = sighting(desk, portal)
    assert [await sight_accepted(work) for _ in range(2)] == [1, 0]
    assert await counted(desk) == [("30.0", 1)]
    assert await table(desk, "SELECT seen_at IS NOT NULL, questions FROM sightings") == [(True, 1)]
    assert portal.count(Operation.LOOK_UP) == 1


async def test_what_is_not_shown_yet_is_asked_about_again_later_and_counts_from_its_acceptance(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await accept(desk, portal)
    portal.order(Operation.LOOK_UP, Act(GONE))
    work = sighting(desk, portal)
    assert [await sight_accepted(work) for _ in range(2)] == [0, 0]
    assert portal.count(Operation.LOOK_UP) == 1, "a pause comes first"
    await pass_time(desk, timedelta(seconds=20))
    assert await sight_accepted(work) == 1
    assert await counted(desk) == [("30.0", 1)]


async def test_an_acknowledged_dossier_that_stays_away_is_given_up_after_days_and_stays_on_record(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await accept(desk, portal)
    portal.held.clear()
    work = sighting(desk, portal)
    await sight_accepted(work)
    await pass_time(desk, timedelta(days=4))
    await sight_accepted(work)
    assert await table(desk, "SELECT questions, ask_at = 'infinity', seen_at FROM sightings") == [
        (2, True, None)
    ]
    await sight_accepted(work)
    assert portal.count(Operation.LOOK_UP) == 2


async def test_a_question_that_comes_too_late_measures_nothing(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await accept(desk, portal, "D-0", "D-1")
    await pass_time(desk, timedelta(minutes=1))
    work = sighting(desk, portal)
    assert await sight_accepted(work) == 0, "nobody asked in time"
    assert await table(desk, "SELECT * FROM sightings") == []
    assert portal.count(Operation.LOOK_UP) == 0

    await accept(desk, portal, "D-9")
    portal.order(Operation.LOOK_UP, Act(GONE))
    await sight_accepted(work)
    await pass_time(desk, timedelta(hours=1))
    assert await sight_accepted(work) == 0, "the workers stood still for an hour"
    assert await counted(desk) == []


async def test_a_portal_without_histories_is_not_measured(desk: Sessions, portal: ScriptedPortal) -> None:
    await accept(desk, portal)
    portal.shows_history = False
    assert await sight_accepted(sighting(desk, portal)) == 0
    assert await table(desk, "SELECT * FROM sightings") == []


async def test_a_first_question_without_an_answer_is_dropped_and_a_later_one_is_repeated(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await accept(desk, portal, "D-0")
    portal.order(Operation.LOOK_UP, Act(NotSent("ConnectError")), Act(GONE))
    work = sighting(desk, portal)
    await sight_accepted(work)
    assert await table(desk, "SELECT questions FROM sightings") == []
    await accept(desk, portal, "D-1")
    await sight_accepted(work)
    assert await table(desk, "SELECT questions FROM sightings") == [(1,)]
    await pass_time(desk, timedelta(seconds=3))
    portal.order(Operation.LOOK_UP, Act(NotSent("ConnectError")))
    await sight_accepted(work)
    assert await table(desk, "SELECT questions, ask_at > now() FROM sightings") == [(1, True)]


async def test_questions_are_on_record_like_every_call_and_change_no_delivery(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await accept(desk, portal)
    before = await table(desk, "SELECT * FROM deliveries")
    await sight_accepted(sighting(desk, portal))
    assert await table(
        desk, "SELECT operation, outcome, detail FROM delivery_attempts ORDER BY id DESC LIMIT 1"
    ) == [("look_up", "found", "present, 3 entries")]
    assert (await table(desk, "SELECT operation FROM portal_operations WHERE operation = 'look_up'")) != []
    assert await table(desk, "SELECT * FROM deliveries") == before


async def test_nobody_asks_while_the_portal_wants_patience(desk: Sessions, portal: ScriptedPortal) -> None:
    await accept(desk, portal, "D-0", "D-1")
    portal.order(Operation.LOOK_UP, Act(Throttled(timedelta(minutes=5))))
    work = sighting(desk, portal, gates=GatePolicy())
    await sight_accepted(work)
    assert portal.count(Operation.LOOK_UP) == 1, "the other one was not asked about any more"
    await delivered_once(work)
    await accept(desk, portal, "D-2")
    assert await sight_accepted(work) == 0
    assert portal.count(Operation.LOOK_UP) == 1


async def delivered_once(work: Sighting) -> None:
    """What was heard reaches the gates with the next round of delivery."""
    leave = await work.pacing.leave()
    assert leave is not None
    await work.pacing.report(leave)


async def test_a_sample_stays_small_however_much_the_portal_hides(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await accept(desk, portal)
    async with desk.begin() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(
            text(
                "INSERT INTO sightings (dossier_id, unit_id, seq, accepted_at)"
                " SELECT uuidv7(), 1, 1, now() FROM generate_series(1, 300)"
            )
        )
    before = await table(desk, "SELECT count(*) FROM sightings")
    await accept(desk, portal, "D-9")
    assert await table(desk, "SELECT count(*) FROM sightings") == before


async def test_what_is_old_is_forgotten(desk: Sessions, portal: ScriptedPortal) -> None:
    await accept(desk, portal, "D-0", "D-1")
    async with desk.begin() as session:
        await session.execute(
            text(
                "UPDATE sightings SET accepted_at = now() - interval '31 days' WHERE dossier_id ="
                " (SELECT id FROM dossiers WHERE code = 'D-0')"
            )
        )
        await SightingRepository(session).forget_older_than(timedelta(days=30))
    assert await table(desk, "SELECT d.code FROM sightings s JOIN dossiers d ON d.id = s.dossier_id") == [
        ("D-1",)
    ]
