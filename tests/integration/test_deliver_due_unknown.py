"""What may have arrived is asked about before anything is sent again."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from services.core.application.deliver_due import deliver_due
from services.core.domain.delivery import Operation, RetryPolicy
from services.core.domain.dossier import Status
from services.core.domain.outcome import Accepted, NotSent, PortalEntry, Unknown
from services.core.persistence.deliveries import UNPARKED, DeliveryRepository
from services.core.persistence.engine import Sessions
from tests.integration.delivery_cases import (
    Act,
    Held,
    ScriptedPortal,
    Seen,
    change_row,
    delivering,
    delivery_of,
    file_dossier,
    record_entry,
    rounds,
    seed_catalogue,
    states,
    table,
)

CUT = Unknown("RemoteProtocolError")
HUNG_UP = Unknown("TimeoutError", lingering=True)
RUNNING = (Status.RECEIVED, Status.IN_PROCESS)
ASKED = (*RUNNING, Status.SUPPLEMENT_REQUESTED)
LOOK_UP, CREATE, UPDATE, PROGRESS = (
    Operation.LOOK_UP,
    Operation.CREATE,
    Operation.UPDATE,
    Operation.PROGRESS,
)


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


@pytest.fixture
def portal() -> ScriptedPortal:
    return ScriptedPortal()


def operations(portal: ScriptedPortal) -> list[Operation]:
    return [call.operation for call in portal.calls]


async def test_a_create_that_arrived_after_all_is_found_and_updated(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", ASKED)
    portal.order(CREATE, Act(CUT, keeps=None))

    await deliver_due(delivering(desk, portal))
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.on_portal, row.last_cause) == ("unknown", False, "unknown: RemoteProtocolError")
    await deliver_due(delivering(desk, portal))

    assert operations(portal) == [CREATE, LOOK_UP, UPDATE, PROGRESS]
    assert portal.statuses("D-1") == [2, 4, 5]
    assert (await delivery_of(desk, dossier_id)).state == "synced"


async def test_a_create_that_did_not_arrive_is_sent_again_exactly_once(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1")
    portal.order(CREATE, Act(CUT))

    await rounds(delivering(desk, portal))

    assert operations(portal) == [CREATE, LOOK_UP, CREATE, PROGRESS]
    assert len(portal.held["D-1"].bodies) == 1
    assert (await delivery_of(desk, dossier_id)).state == "synced"


@pytest.mark.parametrize(("keeps", "sent_again"), [(None, []), (0, [(1, 2, 3)]), (1, [(2, 3)]), (2, [(3,)])])
async def test_entries_without_an_outcome_are_sent_from_where_the_portal_stands(
    desk: Sessions, portal: ScriptedPortal, keeps: int | None, sent_again: list[tuple[int, ...]]
) -> None:
    dossier_id = await file_dossier(desk, "D-1", ASKED)
    portal.order(PROGRESS, Act(CUT, keeps=keeps))

    await rounds(delivering(desk, portal))

    assert operations(portal)[:3] == [CREATE, PROGRESS, LOOK_UP]
    assert [call.seqs for call in portal.calls[3:]] == sent_again
    assert portal.statuses("D-1") == [2, 4, 5], "a supplement request that is there twice makes it late"
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.flagged_at) == ("synced", None)


async def test_an_update_without_an_outcome_is_simply_repeated(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", RUNNING)
    await rounds(delivering(desk, portal))
    await record_entry(desk, dossier_id, Status.FINISHED)
    portal.calls.clear()
    portal.order(UPDATE, Act(CUT, keeps=None))

    await rounds(delivering(desk, portal))

    assert operations(portal) == [UPDATE, LOOK_UP, UPDATE, PROGRESS]
    assert portal.statuses("D-1") == [2, 4, 9]


async def test_nothing_is_sent_while_the_question_has_no_answer(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", ASKED)
    portal.order(PROGRESS, Act(CUT, keeps=None))
    await deliver_due(delivering(desk, portal))
    portal.down = NotSent("ConnectError")
    portal.calls.clear()

    for _ in range(5):
        await deliver_due(delivering(desk, portal))
    assert set(operations(portal)) == {LOOK_UP}
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.last_cause) == ("unknown", "look-up: not_sent")

    portal.down = None
    await deliver_due(delivering(desk, portal))
    assert portal.statuses("D-1") == [2, 4, 5]
    assert (await delivery_of(desk, dossier_id)).state == "synced"


async def test_the_first_look_up_without_an_answer_spares_the_others(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    for number in range(20):
        dossier_id = await file_dossier(desk, f"D-{number}")
        await change_row(desk, dossier_id, "state = 'unknown'")
    portal.down = CUT

    await deliver_due(delivering(desk, portal, look_ups_at_once=4))

    assert operations(portal) == [LOOK_UP] * 4
    assert await states(desk) == {"unknown": 20}


@pytest.mark.parametrize(("outcome", "seconds"), [(CUT, 5), (HUNG_UP, 40)])
async def test_a_portal_that_may_still_be_at_work_is_asked_later(
    desk: Sessions, portal: ScriptedPortal, outcome: Unknown, seconds: float
) -> None:
    dossier_id = await file_dossier(desk, "D-1")
    portal.down = outcome
    await deliver_due(delivering(desk, portal, policy=RetryPolicy()))
    row = await delivery_of(desk, dossier_id)
    assert row.waits.total_seconds() <= seconds <= row.from_claim.total_seconds()


async def test_a_dossier_that_is_there_already_is_looked_up_before_it_is_touched(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    """As after a restored backup: the portal has part of the history, and the cursor is at zero."""
    dossier_id = await file_dossier(desk, "D-1")
    portal.order(PROGRESS, Act(Accepted("Thành công"), keeps=2))
    await rounds(delivering(desk, portal))
    await change_row(desk, dossier_id, "state = 'due', on_portal = false, acked_version = 0, acked_seq = 0")
    portal.calls.clear()

    await rounds(delivering(desk, portal))

    assert operations(portal) == [CREATE, LOOK_UP, UPDATE, PROGRESS]
    assert portal.calls[-1].seqs == (3,)
    assert portal.doubled() == []
    assert (await delivery_of(desk, dossier_id)).state == "synced"


async def test_somebody_elses_dossier_of_the_same_number_is_left_alone(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1")
    theirs = PortalEntry(datetime(2026, 1, 5, 1, 0, tzinfo=UTC), Status.RECEIVED)
    portal.held["D-1"].entries.append(theirs)

    await rounds(delivering(desk, portal))

    assert operations(portal) == [CREATE, LOOK_UP]
    assert portal.held["D-1"].entries == [theirs]
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.park_cause) == ("parked", "conflict")


async def test_a_portal_that_has_forgotten_what_it_acknowledged_is_a_case_for_a_person(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", RUNNING)
    await rounds(delivering(desk, portal))
    del portal.held["D-1"]
    await change_row(desk, dossier_id, "state = 'unknown'")

    await rounds(delivering(desk, portal))

    assert (await delivery_of(desk, dossier_id)).park_cause == "conflict"


async def test_a_portal_that_shows_no_history_is_trusted_until_entries_may_have_left(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    portal.shows_history = False
    created = await file_dossier(desk, "D-1", ASKED)
    portal.order(CREATE, Act(CUT, keeps=None))
    await rounds(delivering(desk, portal))
    assert (await delivery_of(desk, created)).state == "synced"

    sent = await file_dossier(desk, "D-2", ASKED)
    portal.order(PROGRESS, Act(CUT, keeps=None))
    await rounds(delivering(desk, portal))
    row = await delivery_of(desk, sent)
    assert (row.state, row.park_cause) == ("parked", "unprovable")
    assert portal.statuses("D-2") == [2, 4, 5]


@pytest.mark.parametrize("cause", ["conflict", "unprovable", "unsendable"])
async def test_what_was_parked_with_an_open_question_is_asked_about_when_it_comes_back(
    desk: Sessions, portal: ScriptedPortal, cause: str
) -> None:
    dossier_id = await file_dossier(desk, "D-1", ASKED)
    portal.order(PROGRESS, Act(CUT, keeps=None))
    await deliver_due(delivering(desk, portal))
    await change_row(desk, dossier_id, f"state = 'parked', park_cause = '{cause}'")

    async with desk.begin() as session:
        await session.execute(text(f"UPDATE deliveries d SET state = {UNPARKED}"))  # noqa: S608 - a constant
    await rounds(delivering(desk, portal))

    assert portal.statuses("D-1") == [2, 4, 5]


async def test_a_refused_body_comes_back_without_a_question(desk: Sessions, portal: ScriptedPortal) -> None:
    dossier_id = await file_dossier(desk, "D-1")
    portal.refuses = {"D-1"}
    await rounds(delivering(desk, portal))
    async with desk.begin() as session:
        await session.execute(text(f"UPDATE deliveries d SET state = {UNPARKED}"))  # noqa: S608 - a constant
    assert (await delivery_of(desk, dossier_id)).state == "due"


async def test_a_change_during_the_look_up_does_not_end_the_question(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", RUNNING)
    portal.order(PROGRESS, Act(CUT, keeps=None))
    await deliver_due(delivering(desk, portal))
    portal.shows_history = False

    async def go_on(_: Seen) -> None:
        portal.meanwhile = None
        await record_entry(desk, dossier_id, Status.FINISHED)

    portal.meanwhile = go_on
    await deliver_due(delivering(desk, portal))
    assert (await delivery_of(desk, dossier_id)).state == "unknown"

    portal.shows_history = True
    await rounds(delivering(desk, portal))
    assert portal.statuses("D-1") == [2, 4, 9]


async def cancelled_while(
    desk: Sessions, portal: ScriptedPortal, operation: Operation, **settings: object
) -> None:
    """Start a round and cancel it while a call of this operation is out."""
    out = asyncio.Event()

    async def hang(seen: Seen) -> None:
        if seen.operation is operation:
            out.set()
            await asyncio.sleep(60)

    portal.meanwhile = hang
    task = asyncio.create_task(deliver_due(delivering(desk, portal, **settings)))
    await out.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    portal.meanwhile = None


async def test_a_cancelled_round_gives_back_unknown_what_was_out_and_due_what_was_not(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    ids = [await file_dossier(desk, f"D-{number}") for number in range(4)]
    await cancelled_while(desk, portal, CREATE, dossiers_per_call=2, policy=RetryPolicy())

    out = {code for call in portal.calls for code in call.codes}
    for number, dossier_id in enumerate(ids):
        row = await delivery_of(desk, dossier_id)
        assert row.lease_until is None
        if f"D-{number}" in out:
            assert row.state == "unknown"
            assert row.waits > timedelta(seconds=30), "the portal may still be at work on it"
        else:
            assert (row.state, row.waits <= timedelta()) == ("due", True)


@pytest.mark.parametrize("operation", [LOOK_UP, UPDATE, PROGRESS])
async def test_a_cancelled_round_leaves_no_question_behind_as_answered(
    desk: Sessions, portal: ScriptedPortal, operation: Operation
) -> None:
    dossier_id = await file_dossier(desk, "D-1", ASKED)
    portal.order(PROGRESS, Act(CUT, keeps=None))
    await deliver_due(delivering(desk, portal))
    await record_entry(desk, dossier_id, Status.IN_PROCESS)

    await cancelled_while(desk, portal, operation)
    assert (await delivery_of(desk, dossier_id)).state == "unknown"

    await rounds(delivering(desk, portal))
    assert portal.statuses("D-1") == [2, 4, 5, 4]


async def test_what_a_dead_worker_had_in_hand_is_asked_about(desk: Sessions, portal: ScriptedPortal) -> None:
    """Killed between the portal's yes and the settlement."""
    dossier_id = await file_dossier(desk, "D-1", ASKED)
    await change_row(desk, dossier_id, "on_portal = true, acked_version = 1")
    portal.held["D-1"] = Held()

    class Killed(BaseException):
        pass

    async def die(_: Seen) -> None:
        raise Killed

    portal.meanwhile = die
    with pytest.raises(Killed):
        await deliver_due(delivering(desk, portal, lease=timedelta()))
    portal.meanwhile = None
    assert (await delivery_of(desk, dossier_id)).state == "leased"
    assert (await deliver_due(delivering(desk, portal))).claimed == 0

    async with desk.begin() as session:
        assert await DeliveryRepository(session).expire_leases() == 1
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.last_cause, row.lease_owner) == ("unknown", "lease expired", None)
    await rounds(delivering(desk, portal))
    assert operations(portal) == [PROGRESS, LOOK_UP, PROGRESS]
    assert portal.statuses("D-1") == [2, 4, 5]


async def test_a_worker_that_lost_its_lease_writes_nothing(desk: Sessions, portal: ScriptedPortal) -> None:
    dossier_id = await file_dossier(desk, "D-1")

    async def lose(_: Seen) -> None:
        portal.meanwhile = None
        await change_row(desk, dossier_id, "token = nextval('lease_tokens'), lease_owner = 'somebody'")

    portal.meanwhile = lose
    await deliver_due(delivering(desk, portal, lease=timedelta(seconds=0.001)))

    assert operations(portal) == [CREATE], "its next call would have been a second push in flight"
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.lease_owner, row.on_portal, row.acked_version) == ("leased", "somebody", False, 0)
    assert await table(desk, "SELECT operation, outcome FROM delivery_attempts") == [("create", "accepted")]
    assert await table(desk, "SELECT count(*) FROM tallies") == [(0,)]


async def test_a_worker_that_finds_its_lease_lost_sends_nothing_more(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    ids = [await file_dossier(desk, f"D-{number}") for number in range(4)]

    async def lose(_: Seen) -> None:
        portal.meanwhile = None
        await change_row(desk, ids[2], "token = nextval('lease_tokens')")

    portal.meanwhile = lose
    portal.refuses = {"D-0"}
    await deliver_due(delivering(desk, portal, lease=timedelta(seconds=0.001)))

    later = [code for call in portal.calls[1:] for code in call.codes]
    assert "D-2" not in later
    assert await states(desk) == {"synced": 2, "parked": 1, "leased": 1}
