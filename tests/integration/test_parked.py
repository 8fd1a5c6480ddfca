"""What becomes of dossiers that wait for a person: seen in groups, sent on, given up."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.core.application.count_parked import count_parked
from services.core.application.group_parked import group_parked
from services.core.application.intervene import Intervention, intervene
from services.core.application.list_parked import list_parked
from services.core.domain.audit import Actor
from services.core.domain.delivery import Operation, ParkCause
from services.core.domain.dossier import Status
from services.core.domain.intervention import Action, Decision, NotParked
from services.core.domain.outcome import Rejected
from services.core.persistence.dossiers import DossierNotFound
from services.core.persistence.engine import Sessions
from services.core.persistence.parked import ParkedFilter, ParkedMark
from tests.integration.delivery_cases import (
    Act,
    ScriptedPortal,
    delivering,
    delivery_of,
    file_dossier,
    record_entry,
    rounds,
    seed_catalogue,
    states,
    table,
)

EVERYTHING = ParkedFilter()
REPLAY = Decision(Action.REPLAY, "bình")
CLOSE = Decision(Action.CLOSE, "bình", "nộp trùng, đã hủy trên Cổng")
QUICK = 60_000


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


@pytest.fixture
def portal() -> ScriptedPortal:
    return ScriptedPortal()


async def act(
    desk: Sessions,
    decision: Decision,
    wanted: ParkedFilter = EVERYTHING,
    *,
    per_minute: int = QUICK,
    **limits: int,
) -> Intervention:
    async with desk.begin() as session:
        return await intervene(
            session, decision=decision, wanted=wanted, per_minute=per_minute, actor=Actor("bình"), **limits
        )


async def parked(desk: Sessions, code: str, **columns: Any) -> UUID:
    """Store a dossier that the portal has refused."""
    values: dict[str, Any] = {
        "park_cause": "refused",
        "park_group": "refused: -1: Sai",
        "parked_at": datetime.now(UTC),
    }
    return await file_dossier(desk, code, state="parked", **(values | columns))


async def test_a_refusal_is_put_into_its_group_and_dated(desk: Sessions, portal: ScriptedPortal) -> None:
    dossier_id = await file_dossier(desk, "D-1001")
    words = "Hồ sơ D-1001 của Nguyễn Thị Thử: sai mẫu ngày 12/03/2026"
    portal.order(Operation.CREATE, Act(Rejected("-1", words)))

    await rounds(delivering(desk, portal))

    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.park_group) == ("parked", "refused: -1: Hồ sơ * của *: sai mẫu ngày *")
    assert datetime.now(UTC) - row.parked_at < timedelta(minutes=1)


async def test_an_unreadable_dossier_has_a_group_too(desk: Sessions, portal: ScriptedPortal) -> None:
    dossier_id = await file_dossier(desk, "D-1")
    async with desk.begin() as session:
        await session.execute(text("UPDATE dossiers SET applicant = '[]'"))

    await rounds(delivering(desk, portal))

    assert (await delivery_of(desk, dossier_id)).park_group == "unreadable"


async def test_groups_count_their_dossiers_and_name_the_oldest_and_the_most_urgent(desk: Sessions) -> None:
    now = datetime.now(UTC)
    for number in range(4):
        await parked(
            desk,
            f"D-{number}",
            park_group="unknown_procedure:1.001193",
            due_since=now - timedelta(hours=number),
            flagged_at=now + timedelta(hours=number - 1),
            last_cause=f"-1: Hồ sơ D-{number}: MaTTHC không có trong danh mục của Nguyễn Thị Thử",
        )
    await parked(desk, "D-9", park_cause="conflict", park_group=None)

    async with desk.begin() as session:
        summary = await group_parked(session, wanted=EVERYTHING, limit=10)
        largest = await group_parked(session, wanted=EVERYTHING, limit=1)

    first, second = summary.groups
    assert (first.group, first.causes, first.count) == ("unknown_procedure:1.001193", ["refused"], 4)
    assert (first.first_since, first.next_flagged_at) == (now - timedelta(hours=3), now + timedelta(hours=1))
    assert first.examples == ["D-3", "D-2", "D-1"]
    assert first.words == "-1: Hồ sơ …: MaTTHC không có trong danh mục của …"
    assert (second.group, second.causes, second.count) == ("conflict", ["conflict"], 1)
    assert (len(largest.groups), largest.group_count, largest.dossier_count) == (1, 2, 5)


async def test_pages_follow_each_other_without_gap_or_repetition(desk: Sessions) -> None:
    since = datetime.now(UTC)
    for number in range(7):
        await parked(desk, f"D-{number}", due_since=since + timedelta(minutes=number // 3))
    seen: list[str] = []
    after: ParkedMark | None = None
    while True:
        async with desk.begin() as session:
            page = await list_parked(session, wanted=EVERYTHING, after=after, limit=2)
        seen += [dossier.code for dossier in page.dossiers]
        if page.last is None:
            break
        after = page.last

    assert len(seen) == 7
    assert [int(code[2:]) // 3 for code in seen] == [0, 0, 0, 1, 1, 1, 2]


async def test_every_part_of_a_filter_narrows(desk: Sessions) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    await parked(desk, "D-1", parked_at=now - timedelta(hours=2))
    second = await parked(desk, "D-2", parked_at=now, park_cause="conflict", park_group="conflict")
    await file_dossier(desk, "D-3")
    expected = {
        EVERYTHING: 2,
        ParkedFilter(cause=ParkCause.CONFLICT): 1,
        ParkedFilter(group="refused: -1: Sai"): 1,
        ParkedFilter(group="conflict", cause=ParkCause.REFUSED): 0,
        ParkedFilter(procedure_code="1.001193"): 2,
        ParkedFilter(procedure_code="1.000001"): 0,
        ParkedFilter(unit_path="/1/"): 2,
        ParkedFilter(unit_path="/2/"): 0,
        ParkedFilter(dossier="D-1"): 1,
        ParkedFilter(dossier=second): 1,
        ParkedFilter(dossier="D-3"): 0,
        ParkedFilter(parked_from=now): 1,
        ParkedFilter(parked_to=now): 1,
        ParkedFilter(parked_from=now - timedelta(hours=2), parked_to=now): 1,
    }

    async with desk.begin() as session:
        found = {wanted: (await count_parked(session, wanted=wanted)).dossiers for wanted in expected}

    assert found == expected


async def test_a_replay_works_after_any_number_of_tries_and_starts_over(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await parked(desk, "D-1", attempts=100_000)

    done = await act(desk, REPLAY)

    row = await delivery_of(desk, dossier_id)
    assert (done.dossiers, done.left) == (1, 0)
    assert (row.state, row.attempts, row.park_cause, row.park_group, row.parked_at) == (
        "due",
        0,
        None,
        None,
        None,
    )
    await rounds(delivering(desk, portal))
    assert await states(desk) == {"synced": 1}


@pytest.mark.parametrize("cause", ["conflict", "unprovable"])
async def test_what_may_be_on_the_portal_is_asked_about_before_it_is_sent_again(
    desk: Sessions, portal: ScriptedPortal, cause: str
) -> None:
    await parked(desk, "D-1", park_cause=cause)

    await act(desk, REPLAY)
    await rounds(delivering(desk, portal))

    assert portal.calls[0].operation is Operation.LOOK_UP
    assert await states(desk) == {"synced": 1}


async def test_many_are_sent_on_one_by_one_the_most_urgent_first_behind_earlier_replays(
    desk: Sessions,
) -> None:
    now = datetime.now(UTC)
    urgency = {"D-LATE": -1, "D-SOON": 1, "D-LATER": 5}
    ids = {
        code: await parked(desk, code, flagged_at=now + timedelta(hours=hours))
        for code, hours in urgency.items()
    }
    first = await act(desk, REPLAY, per_minute=60)
    single = await parked(desk, "D-SINGLE")
    await act(desk, REPLAY)
    more = [await parked(desk, f"D-{number}") for number in range(2)]
    await act(desk, REPLAY, per_minute=60)

    due = {code: (await delivery_of(desk, dossier_id)).next_attempt_at for code, dossier_id in ids.items()}
    assert sorted(due, key=lambda code: due[code]) == ["D-SOON", "D-LATER", "D-LATE"]
    assert due["D-LATE"] - due["D-SOON"] == timedelta(seconds=2)
    assert (await delivery_of(desk, single)).waits <= timedelta()
    last = max([(await delivery_of(desk, dossier_id)).next_attempt_at for dossier_id in more])
    assert first.last_due_at is not None
    assert last - first.last_due_at == timedelta(seconds=2)


async def test_a_call_takes_no_more_than_its_limit_and_says_what_is_left(desk: Sessions) -> None:
    for number in range(5):
        await parked(desk, f"D-{number}")

    first = await act(desk, REPLAY, limit=3)
    second = await act(desk, REPLAY, limit=3)

    assert [(done.dossiers, done.left) for done in (first, second)] == [(3, 2), (2, 0)]


async def test_a_closed_dossier_is_not_sent_until_it_changes(desk: Sessions, portal: ScriptedPortal) -> None:
    dossier_id = await parked(desk, "D-1")

    done = await act(desk, CLOSE)
    await rounds(delivering(desk, portal))

    assert (done.dossiers, done.last_due_at) == (1, None)
    assert (portal.calls, await states(desk)) == ([], {"closed": 1})
    await record_entry(desk, dossier_id, Status.RETURNED)
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.park_cause, row.park_group, row.parked_at) == ("due", None, None, None)
    await rounds(delivering(desk, portal))
    assert await states(desk) == {"synced": 1}


async def test_a_closed_dossier_is_neither_listed_nor_replayed(desk: Sessions) -> None:
    await parked(desk, "D-1")
    await act(desk, CLOSE)

    done = await act(desk, REPLAY)

    assert (done.id, done.dossiers) == (None, 0)
    assert await table(desk, "SELECT action FROM interventions") == [("close",)]


async def test_who_did_what_to_which_dossiers_is_on_record_and_stays(desk: Sessions) -> None:
    await parked(desk, "D-1")
    await parked(desk, "D-2")
    wanted = ParkedFilter(cause=ParkCause.REFUSED, parked_to=datetime.now(UTC) + timedelta(hours=1))

    await act(desk, CLOSE, wanted)

    assert await table(
        desk,
        "SELECT i.done_by, i.action, i.reason, i.dossiers, i.wanted ->> 'cause', d.code, l.park_group"
        " FROM interventions i JOIN intervention_dossiers l ON l.intervention_id = i.id"
        " JOIN dossiers d ON d.id = l.dossier_id WHERE i.wanted ? 'parked_to' ORDER BY d.code",
    ) == [("bình", "close", CLOSE.reason, 2, "refused", code, "refused: -1: Sai") for code in ("D-1", "D-2")]
    for statement in ("UPDATE interventions SET done_by = 'x'", "DELETE FROM intervention_dossiers"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with desk.begin() as session:
                await session.execute(text(statement))


async def test_a_named_dossier_that_waits_for_nobody_is_told_from_one_that_nobody_may_see(
    desk: Sessions,
) -> None:
    await file_dossier(desk, "D-1")
    await parked(desk, "D-2")

    with pytest.raises(NotParked):
        await act(desk, REPLAY, ParkedFilter(dossier="D-1"))
    with pytest.raises(DossierNotFound):
        await act(desk, REPLAY, ParkedFilter(dossier="D-2", unit_path="/2/"))
    assert await states(desk) == {"due": 1, "parked": 1}


async def test_a_row_that_the_desk_is_changing_is_left_to_that_change(desk: Sessions) -> None:
    held = await parked(desk, "D-1")
    await parked(desk, "D-2")
    async with desk.begin() as session:
        await session.execute(text("SELECT FROM deliveries WHERE dossier_id = :id FOR UPDATE"), {"id": held})
        done = await act(desk, CLOSE)

    assert (done.dossiers, done.left) == (1, 1)
    assert (await delivery_of(desk, held)).state == "parked"


async def test_what_an_older_version_parked_is_found_by_its_cause_as_group(desk: Sessions) -> None:
    await parked(desk, "D-1", park_group=None, parked_at=None)

    done = await act(desk, REPLAY, ParkedFilter(group="refused", parked_to=datetime.now(UTC)))

    assert done.dossiers == 1


async def test_two_replays_at_once_take_every_dossier_once(desk: Sessions) -> None:
    for number in range(6):
        await parked(desk, f"D-{number}")
    wanted = replace(EVERYTHING, cause=ParkCause.REFUSED)
    first, second = await asyncio.gather(act(desk, REPLAY, wanted), act(desk, REPLAY, wanted))

    assert first.dossiers + second.dossiers == 6
    assert await table(desk, "SELECT count(*) FROM intervention_dossiers") == [(6,)]
