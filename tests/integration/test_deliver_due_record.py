"""What delivery leaves on record: the health of the portal, outages as evidence, totals, causes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.core.application.deliver_due import deliver_due
from services.core.domain.delivery import Operation
from services.core.domain.dossier import Status
from services.core.domain.outcome import AuthRefused, NotSent, Outcome, Rejected, Throttled, Unknown
from services.core.persistence.attempts import AttemptRepository, OperationHealth
from services.core.persistence.engine import Sessions
from services.core.persistence.outages import OutageRepository, Refusals, Relief
from tests.integration.delivery_cases import (
    UNIT,
    Act,
    ScriptedPortal,
    change_row,
    delivering,
    delivery_of,
    file_dossier,
    record_entry,
    rounds,
    seed_catalogue,
    table,
)

REFUSED_CONNECTION = NotSent("ConnectError")
RUNNING = (Status.RECEIVED, Status.IN_PROCESS)
#: Finished a minute ago, due half a minute ago: on time for the desk, late for a portal that was not told.
JUST_MISSED = timedelta(seconds=-30)


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


@pytest.fixture
def portal() -> ScriptedPortal:
    return ScriptedPortal()


async def outages(desk: Sessions) -> list[tuple[Any, ...]]:
    return await table(desk, "SELECT last_success_at, began_at, ended_at FROM portal_outages ORDER BY id")


async def totals(desk: Sessions) -> dict[tuple[str, str], float]:
    rows = await table(desk, f"SELECT name, label, value FROM tallies WHERE unit_id = {UNIT}")  # noqa: S608 - a constant
    return {(name, label): value for name, label, value in rows}


async def test_three_missed_calls_in_a_row_are_an_outage_from_the_start_of_the_first(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    await rounds(delivering(desk, portal))
    await file_dossier(desk, "D-2", RUNNING)
    portal.down = REFUSED_CONNECTION
    before = datetime.now(UTC)
    # Times of calls are kept to the length of a settlement.
    await asyncio.sleep(0.1)
    for _ in range(2):
        await deliver_due(delivering(desk, portal))
        assert await outages(desk) == []
        if portal.count(Operation.CREATE) == 2:
            after_first = datetime.now(UTC)

    for _ in range(3):
        await deliver_due(delivering(desk, portal))
    ((last_success, began, ended),) = await outages(desk)
    assert last_success < before < began < after_first
    assert ended is None

    portal.down = None
    await deliver_due(delivering(desk, portal))
    ((_, again_began, ended),) = await outages(desk)
    assert again_began == began
    assert began < ended <= datetime.now(UTC)


@pytest.mark.parametrize("answer", [Rejected("-1", "Sai"), Throttled(None), AuthRefused("HTTP 401")])
async def test_any_answer_ends_an_outage(desk: Sessions, portal: ScriptedPortal, answer: Outcome) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    portal.down = REFUSED_CONNECTION
    for _ in range(3):
        await deliver_due(delivering(desk, portal))
    portal.down = answer
    await deliver_due(delivering(desk, portal))
    ((_, _, ended),) = await outages(desk)
    assert ended is not None


async def test_misses_with_a_success_between_them_are_no_outage(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    for number in range(4):
        await file_dossier(desk, f"D-{number}", RUNNING)
        portal.order(Operation.CREATE, Act(REFUSED_CONNECTION), Act(REFUSED_CONNECTION))
        await rounds(delivering(desk, portal))
    assert await outages(desk) == []


async def test_one_broken_operation_is_no_outage_while_another_works(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    stuck = await file_dossier(desk, "stuck", RUNNING)
    for number in range(4):
        await change_row(desk, stuck, "state = 'unknown'")
        portal.order(Operation.LOOK_UP, Act(Unknown("HTTP 500")))
        await deliver_due(delivering(desk, portal))
        await change_row(desk, stuck, "state = 'parked'")
        await file_dossier(desk, f"D-{number}", RUNNING)
        await rounds(delivering(desk, portal))

    assert await outages(desk) == []
    health = await table(
        desk,
        "SELECT consecutive_failures, failing_since IS NULL, last_success_at IS NULL FROM portal_operations"
        " WHERE operation IN ('create', 'look_up') ORDER BY operation",
    )
    assert health == [(0, True, False), (4, False, True)]


async def test_what_broke_before_the_last_success_does_not_date_the_outage(sessions: Sessions) -> None:
    async def report(operation: Operation, *, missed: int) -> None:
        health = _missed(operation, missed) if missed else _taken(operation)
        async with sessions.begin() as session:
            await AttemptRepository(session).report([health])
            await OutageRepository(session).close(Relief(None if missed else 0.0, None if missed else 0.0))
            await OutageRepository(session).open_unreachable()

    await report(Operation.LOOK_UP, missed=500)
    await report(Operation.CREATE, missed=0)
    assert (await outages(sessions))[0][2] is not None
    good = datetime.now(UTC)
    await report(Operation.LOOK_UP, missed=1)
    await report(Operation.CREATE, missed=1)
    assert len(await outages(sessions)) == 1
    await report(Operation.CREATE, missed=1)

    (_, (last_success, began, ended)) = await outages(sessions)
    assert last_success < good < began
    assert ended is None


async def test_reports_of_many_workers_do_not_wait_for_each_other_in_a_circle(sessions: Sessions) -> None:
    async def report(good: Operation, bad: Operation) -> None:
        health = [_taken(good), _missed(bad, 1)]
        for _ in range(15):
            async with sessions.begin() as session:
                await AttemptRepository(session).report(health)
                outages = OutageRepository(session)
                await outages.close(Relief(0.0, 0.0))
                await outages.note_refusals(
                    [Refusals("auth", 3, 0.0, 0.0), Refusals("throttled", 1, 0.0, 0.0)]
                )
                await outages.open_unreachable()

    pair = (Operation.CREATE, Operation.LOOK_UP)
    await asyncio.gather(*(report(*pair[:: 1 if n % 2 else -1]) for n in range(6)))
    assert len(await table(sessions, "SELECT * FROM portal_operations")) == 2


async def test_a_refused_login_is_no_success_of_the_operation(desk: Sessions, portal: ScriptedPortal) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    portal.down = AuthRefused("login answered -1")
    await deliver_due(delivering(desk, portal))
    assert await table(desk, "SELECT * FROM portal_operations") == []
    assert await table(desk, "SELECT outcome, detail FROM delivery_attempts") == [
        ("auth", "login answered -1")
    ]


async def test_an_ending_in_time_is_counted_once_with_its_lag(desk: Sessions, portal: ScriptedPortal) -> None:
    an_hour_before = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=61)
    dossier_id = await file_dossier(desk, "D-1", ended_at=an_hour_before)
    await rounds(delivering(desk, portal))
    await record_entry(desk, dossier_id, Status.RETURNED)
    await rounds(delivering(desk, portal))

    counted = await totals(desk)
    lag, queued = counted.pop(("lag_sum", "")), counted.pop(("queued_sum", ""))
    assert 59 < lag < 75
    assert 3599 < queued < 3601, "the desk had finished it an hour before it reported so"
    assert counted == {
        ("accepted", ""): 1,
        ("lag_bucket", "300.0"): 1,
        ("queued_bucket", "3600.0"): 1,
        ("lead_bucket", "57600.0"): 1,
    }
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.acked_seq, row.false_late_cause) == ("synced", 4, None)


async def test_an_ending_that_the_desk_reports_late_is_late_and_not_falsely(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", due_in=timedelta(minutes=-10))
    await rounds(delivering(desk, portal))
    counted = await totals(desk)
    assert counted["accepted_late", "desk"] == 1
    assert ("accepted_late", "false") not in counted
    assert (await delivery_of(desk, dossier_id)).false_late_cause is None


async def test_what_we_did_not_send_in_time_is_our_fault_on_record(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", due_in=JUST_MISSED)
    await rounds(delivering(desk, portal))
    assert (await delivery_of(desk, dossier_id)).false_late_cause == "not_yet_sent"
    counted = await totals(desk)
    assert counted["false_late", "not_yet_sent"] == counted["accepted_late", "false"] == 1


async def test_an_outage_from_the_report_to_the_flag_takes_the_blame(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    ids = [await file_dossier(desk, f"D-{number}", due_in=JUST_MISSED) for number in range(3)]
    in_time = await file_dossier(desk, "in time")
    portal.down = REFUSED_CONNECTION
    for _ in range(3):
        await deliver_due(delivering(desk, portal))
    async with desk.begin() as session:
        await session.execute(text("UPDATE portal_outages SET began_at = began_at - interval '2 minutes'"))
    portal.down = None

    await rounds(delivering(desk, portal))

    assert {(await delivery_of(desk, dossier_id)).false_late_cause for dossier_id in ids} == {"portal_down"}
    assert (await delivery_of(desk, in_time)).false_late_cause is None
    counted = await totals(desk)
    assert counted["accepted", ""] == 4
    assert counted["false_late", "portal_down"] == counted["accepted_late", "false"] == 3


async def test_an_outage_that_began_after_the_report_takes_no_blame(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", due_in=JUST_MISSED)
    async with desk.begin() as session:
        await session.execute(
            text(
                "INSERT INTO portal_outages (last_success_at, began_at)"
                " VALUES (now() - interval '50 s', now() - interval '50 s')"
            )
        )
    await rounds(delivering(desk, portal))
    assert (await delivery_of(desk, dossier_id)).false_late_cause == "not_yet_sent"


@pytest.mark.parametrize(
    ("began", "ended", "portal_then"), [(9, 6, "down"), (4, 1, "up"), (13, 11, "up"), (7, None, "down")]
)
async def test_a_slow_ending_is_excused_by_an_outage_in_its_first_five_minutes(
    desk: Sessions, portal: ScriptedPortal, began: int, ended: int | None, portal_then: str
) -> None:
    await file_dossier(desk, "quick")
    slow = await file_dossier(desk, "slow")
    await change_row(desk, slow, "reported_at = now() - interval '10 minutes'")
    async with desk.begin() as session:
        await session.execute(
            text(
                "INSERT INTO portal_outages (last_success_at, began_at, ended_at)"
                " SELECT now() - :began * minute, now() - :began * minute, now() - :ended * minute"
                " FROM (VALUES (interval '1 minute')) AS unit (minute)"
            ),
            {"began": float(began), "ended": None if ended is None else float(ended)},
        )
    await rounds(delivering(desk, portal))

    counted = await totals(desk)
    assert {label: n for (name, label), n in counted.items() if name == "accepted_slow"} == {portal_then: 1}


async def test_an_unknown_outcome_is_named_as_the_cause(desk: Sessions, portal: ScriptedPortal) -> None:
    dossier_id = await file_dossier(desk, "D-1", due_in=JUST_MISSED)
    portal.order(Operation.PROGRESS, Act(Unknown("ReadError")))
    await rounds(delivering(desk, portal))
    assert (await delivery_of(desk, dossier_id)).false_late_cause == "outcome_unknown"


async def test_totals_add_up_to_the_rows(desk: Sessions, portal: ScriptedPortal) -> None:
    for number in range(12):
        due_in = [JUST_MISSED, timedelta(minutes=-10), timedelta(hours=1)][number % 3]
        await file_dossier(desk, f"D-{number}", due_in=due_in)
    portal.refuses = {"D-0"}
    portal.order(Operation.PROGRESS, Act(Unknown("ReadError"), keeps=7))
    await rounds(delivering(desk, portal))

    counted = await totals(desk)
    (rows,) = await table(
        desk, "SELECT count(accepted_at), count(false_late_cause), count(desk_flagged_at) FROM deliveries"
    )
    assert rows == (11, 3, 4)
    assert counted["accepted", ""] == 11
    assert sum(value for (name, _), value in counted.items() if name == "lag_bucket") == 11
    assert sum(value for (name, _), value in counted.items() if name == "false_late") == 3
    assert counted["accepted_late", "false"] == 3
    assert counted["accepted_late", "desk"] == 4


async def test_a_body_that_got_through_dates_the_outage_after_it(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    """Body and entries of one round are settled together, and yet are two calls one after the other."""
    await file_dossier(desk, "D-1", RUNNING)
    portal.order(Operation.PROGRESS, Act(Unknown("HTTP 500")))
    await deliver_due(delivering(desk, portal))
    (row,) = await table(
        desk,
        "SELECT p.missed_in_a_row, c.last_success_at < p.missed_since FROM portal_operations p,"
        " portal_operations c WHERE p.operation = 'progress' AND c.operation = 'create'",
    )
    assert row == (1, True)
    assert await outages(desk) == []


def _taken(operation: Operation) -> OperationHealth:
    return OperationHealth(operation, 0.0, 0, None, None, 0, None)


def _missed(operation: Operation, number: int) -> OperationHealth:
    return OperationHealth(operation, None, number, 0.0, 0.0, number, 0.0)
