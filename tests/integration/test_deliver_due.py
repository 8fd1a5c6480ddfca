"""What delivery promises, against real PostgreSQL and a portal that does as it is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.application.deliver_due import deliver_due
from services.core.domain.delivery import Operation, RetryPolicy
from services.core.domain.dossier import EntryKind, Status
from services.core.domain.outcome import AuthRefused, NotSent, Outcome, PortalEntry, Throttled, Unknown
from services.core.domain.verdict import Comparison, flag_while_running
from services.core.persistence.engine import Sessions
from tests.integration.delivery_cases import (
    Act,
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

PATIENT = RetryPolicy()
GAP = (
    "INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, text)"
    " SELECT id, 9, 9, now(), 'A', 'B' FROM dossiers WHERE code = 'D-1'"
)
RUNNING = (Status.RECEIVED, Status.IN_PROCESS)


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


@pytest.fixture
def portal() -> ScriptedPortal:
    return ScriptedPortal()


async def test_a_new_dossier_is_created_and_then_gets_its_entries_in_order(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1")

    await deliver_due(delivering(desk, portal))

    assert portal.calls == [
        Seen(Operation.CREATE, ("D-1",)),
        Seen(Operation.PROGRESS, ("D-1",), (1, 2, 3)),
    ]
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.on_portal, row.acked_version, row.acked_seq) == ("synced", True, 1, 3)
    assert row.accepted_at is not None
    assert (row.lease_until, row.lease_owner, row.last_cause, row.attempts) == (None, None, None, 0)


async def test_every_call_leaves_its_receipt_on_record(desk: Sessions, portal: ScriptedPortal) -> None:
    await file_dossier(desk, "D-1")
    await file_dossier(desk, "D-2", RUNNING)

    await deliver_due(delivering(desk, portal))

    lines = await table(
        desk,
        "SELECT d.code, a.operation, a.outcome, a.version, a.first_seq, a.last_seq, a.detail, a.request_hash,"
        " a.started_at <= a.finished_at AND a.finished_at <= now()"
        " FROM delivery_attempts a JOIN dossiers d ON d.id = a.dossier_id ORDER BY a.operation, d.code",
    )
    created, appended = "Đồng bộ hồ sơ thành công", "Cập nhật tiến độ thành công"
    assert lines == [
        ("D-1", "create", "accepted", 1, None, None, created, b"digest of bodies", True),
        ("D-2", "create", "accepted", 1, None, None, created, b"digest of bodies", True),
        ("D-1", "progress", "accepted", 1, 1, 3, appended, b"digest of entries", True),
        ("D-2", "progress", "accepted", 1, 1, 2, appended, b"digest of entries", True),
    ]
    calls = await table(desk, "SELECT count(DISTINCT call_id) FROM delivery_attempts")
    assert calls == [(2,)]


async def test_a_dossier_that_the_portal_has_is_updated_and_gets_only_what_is_new(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", RUNNING)
    await rounds(delivering(desk, portal))
    portal.calls.clear()
    await record_entry(desk, dossier_id, Status.FINISHED)

    await deliver_due(delivering(desk, portal))

    assert portal.calls == [Seen(Operation.UPDATE, ("D-1",)), Seen(Operation.PROGRESS, ("D-1",), (3,))]
    assert (await delivery_of(desk, dossier_id)).state == "synced"


async def test_a_long_history_travels_in_calls_of_the_allowed_length(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await file_dossier(desk, "D-1", [Status.RECEIVED, *[Status.IN_PROCESS] * 5, Status.FINISHED])
    await file_dossier(desk, "D-2", RUNNING)

    await rounds(delivering(desk, portal, entries_per_call=3))

    calls = [call.seqs for call in portal.calls if call.operation is Operation.PROGRESS]
    assert max(len(seqs) for seqs in calls) == 3
    assert portal.statuses("D-1") == [2, 4, 4, 4, 4, 4, 9]
    assert await states(desk) == {"synced": 2}


async def test_a_dossier_born_on_the_portal_is_updated_first_and_keeps_the_entries_it_has_there(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await file_dossier(desk, "P-1", RUNNING, origin="portal")
    own = PortalEntry(datetime(2026, 1, 5, 1, 0, tzinfo=UTC), Status.REGISTERED)
    portal.held["P-1"].entries.append(own)

    await deliver_due(delivering(desk, portal))

    assert [call.operation for call in portal.calls] == [Operation.UPDATE, Operation.PROGRESS]
    assert portal.statuses("P-1") == [1, 2, 4]
    assert await states(desk) == {"synced": 1}


async def test_lines_that_are_no_progress_stay_at_home(desk: Sessions, portal: ScriptedPortal) -> None:
    waiting = await file_dossier(desk, "D-1", (*RUNNING, Status.SUPPLEMENT_REQUESTED))
    await record_entry(desk, waiting, Status.SUPPLEMENT_REQUESTED, kind=EntryKind.CORRECTION)
    await rounds(delivering(desk, portal))
    await record_entry(desk, waiting, Status.SUPPLEMENT_REQUESTED, kind=EntryKind.CORRECTION)
    await rounds(delivering(desk, portal))
    await record_entry(desk, waiting, Status.IN_PROCESS)
    await rounds(delivering(desk, portal))

    assert portal.statuses("D-1") == [2, 4, 5, 4]
    assert len(portal.held["D-1"].bodies) == 3
    row = await delivery_of(desk, waiting)
    assert (row.state, row.acked_seq, row.target_seq) == ("synced", 6, 6)
    assert row.flagged_at > row.portal_due_at


async def test_one_bad_dossier_of_fifty_is_parked_with_the_portals_words_and_the_others_are_synced(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    ids = [await file_dossier(desk, f"D-{number:02}", RUNNING) for number in range(50)]
    portal.refuses = {"D-31"}

    await deliver_due(delivering(desk, portal))

    assert await states(desk) == {"synced": 49, "parked": 1}
    bad = await delivery_of(desk, ids[31])
    assert (bad.state, bad.park_cause) == ("parked", "refused")
    assert bad.last_cause == "-1: Hồ sơ D-31: MaTTHC không có trong danh mục"
    assert portal.count(Operation.CREATE) <= 1 + 13
    assert portal.doubled() == []


@pytest.mark.parametrize("keeps", [False, True], ids=["all or nothing", "keeps what stood before"])
async def test_after_a_refused_batch_of_entries_nothing_is_sent_again_without_a_look(
    desk: Sessions, portal: ScriptedPortal, *, keeps: bool
) -> None:
    ids = [await file_dossier(desk, f"D-{number}", RUNNING) for number in range(8)]
    portal.refuses_entries_of, portal.keeps_before_refusal = {"D-5"}, keeps

    await rounds(delivering(desk, portal))

    assert await states(desk) == {"synced": 7, "parked": 1}
    assert (await delivery_of(desk, ids[5])).last_cause == "-1: Hồ sơ D-5: NguoiXuLy quá dài"
    assert portal.doubled() == []
    assert all(portal.statuses(f"D-{number}") == [2, 4] for number in range(8) if number != 5)


async def test_a_dossier_that_the_portal_stumbles_over_holds_nobody_up(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    for number in range(20):
        await file_dossier(desk, f"D-{number}", RUNNING)
    portal.stumbles_over = {"D-7"}
    work = delivering(desk, portal)

    for _ in range(12):
        await deliver_due(work)

    assert await states(desk) == {"synced": 19, "unknown": 1}
    assert portal.doubled() == []


@pytest.mark.parametrize(
    ("outcome", "cause", "waits"),
    [
        (NotSent("ConnectError"), "not_sent: ConnectError", (1, 30)),
        (AuthRefused("login answered -1"), "auth: login answered -1", (1, 30)),
        (Throttled(timedelta(seconds=90)), "throttled", (90, 900)),
        (Throttled(timedelta(days=2)), "throttled", (900, 900)),
        (Throttled(None), "throttled", (1, 900)),
    ],
)
async def test_what_is_not_the_dossiers_fault_is_tried_again_without_end(
    desk: Sessions, portal: ScriptedPortal, outcome: Outcome, cause: str, waits: tuple[float, float]
) -> None:
    dossier_id = await file_dossier(desk, "D-1")
    portal.down = outcome
    for attempt in range(1, 13):
        await deliver_due(delivering(desk, portal, policy=PATIENT))
        row = await delivery_of(desk, dossier_id)
        assert (row.state, row.attempts, row.last_cause) == ("due", attempt, cause)
        assert row.from_claim.total_seconds() >= waits[0]
        assert row.waits.total_seconds() <= waits[1]
        await change_row(desk, dossier_id, "next_attempt_at = now()")
    portal.down = None

    await deliver_due(delivering(desk, portal, policy=PATIENT))

    assert portal.statuses("D-1") == [2, 4, 9]
    assert (await delivery_of(desk, dossier_id)).state == "synced"


async def test_a_row_that_waits_is_not_claimed(desk: Sessions, portal: ScriptedPortal) -> None:
    await file_dossier(desk, "D-1")
    portal.down = NotSent("ConnectError")
    work = delivering(desk, portal, policy=PATIENT)
    assert (await deliver_due(work)).claimed == 1
    assert (await deliver_due(work)).claimed == 0


async def test_once_a_call_goes_unanswered_the_round_sends_nothing_more(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    known = await file_dossier(desk, "D-1", RUNNING)
    await rounds(delivering(desk, portal))
    portal.calls.clear()
    await record_entry(desk, known, Status.FINISHED)
    new = await file_dossier(desk, "D-2")
    portal.down = Unknown("TimeoutError", lingering=True)

    result = await deliver_due(delivering(desk, portal, policy=PATIENT))

    assert portal.calls == [Seen(Operation.CREATE, ("D-2",))]
    assert (result.claimed, result.taken, result.turned_away) == (2, 0, 1)
    assert (await delivery_of(desk, new)).state == "unknown"
    assert (await delivery_of(desk, known)).state == "due"


@pytest.mark.parametrize(
    "damage",
    [
        'UPDATE dossiers SET applicant = \'{"kind": 77, "name": "A"}\' WHERE code = \'D-1\'',
        "UPDATE dossiers SET applicant = '[]' WHERE code = 'D-1'",
        "UPDATE dossiers SET fees = '[\"no fee\"]' WHERE code = 'D-1'",
        "UPDATE dossiers SET components = 'null' WHERE code = 'D-1'",
        GAP,
    ],
)
async def test_a_stored_dossier_that_cannot_be_read_is_parked_alone(
    desk: Sessions, portal: ScriptedPortal, damage: str
) -> None:
    bad = await file_dossier(desk, "D-1")
    await file_dossier(desk, "D-2")
    async with desk.begin() as session:
        # Past the triggers that count what is written: damage asks nobody.
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(damage))

    await deliver_due(delivering(desk, portal))

    assert await states(desk) == {"synced": 1, "parked": 1}
    row = await delivery_of(desk, bad)
    assert (row.park_cause, row.lease_until) == ("unsendable", None)
    assert portal.calls[0].codes == ("D-2",)


async def test_an_entry_that_comes_while_the_call_is_out_goes_next(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", RUNNING)

    async def finish(seen: Seen) -> None:
        if seen.operation is Operation.PROGRESS:
            portal.meanwhile = None
            await record_entry(desk, dossier_id, Status.FINISHED)

    portal.meanwhile = finish
    await deliver_due(delivering(desk, portal))
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.acked_seq, row.target_seq, row.accepted_at) == ("due", 2, 3, None)

    await deliver_due(delivering(desk, portal))
    assert portal.statuses("D-1") == [2, 4, 9]
    assert (await delivery_of(desk, dossier_id)).state == "synced"


async def test_no_connection_is_held_while_the_portal_is_asked(
    desk: Sessions, portal: ScriptedPortal, engine: AsyncEngine
) -> None:
    await file_dossier(desk, "D-1")
    unknown = await file_dossier(desk, "D-2")
    await change_row(desk, unknown, "state = 'unknown'")
    held: dict[Operation, int] = {}

    async def count(seen: Seen) -> None:
        held[seen.operation] = engine.pool.checkedout()  # type: ignore[attr-defined]  # of the pool in use

    portal.meanwhile = count
    await deliver_due(delivering(desk, portal))

    assert held == {Operation.LOOK_UP: 0, Operation.CREATE: 0, Operation.PROGRESS: 0}


async def test_the_row_shows_what_the_portal_thinks_after_each_acknowledgement(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", due_in=timedelta(hours=3))
    portal.order(Operation.PROGRESS, Act(NotSent("ConnectError")))
    before = await delivery_of(desk, dossier_id)
    assert before.portal_due_at is None

    await deliver_due(delivering(desk, portal))
    body_only = await delivery_of(desk, dossier_id)
    assert body_only.portal_due_at is not None
    assert body_only.flagged_at == flag_while_running(body_only.portal_due_at, Comparison.INSTANT)
    assert body_only.flagged_at == before.flagged_at

    await deliver_due(delivering(desk, portal))
    complete = await delivery_of(desk, dossier_id)
    assert (complete.flagged_at, complete.portal_due_at) == (None, body_only.portal_due_at)


async def test_a_changed_dossier_leaves_the_parking_place_by_itself(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", RUNNING)
    portal.refuses = {"D-1"}
    await rounds(delivering(desk, portal))
    assert (await delivery_of(desk, dossier_id)).state == "parked"
    portal.refuses = set()

    await record_entry(desk, dossier_id, Status.FINISHED)
    row = await delivery_of(desk, dossier_id)
    assert (row.park_cause, row.attempts) == (None, 0)
    await rounds(delivering(desk, portal))

    assert portal.statuses("D-1") == [2, 4, 9]
    assert (await delivery_of(desk, dossier_id)).state == "synced"


async def test_a_change_during_the_refused_call_is_not_parked_with_it(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", RUNNING)
    portal.refuses = {"D-1"}

    async def correct(_: Seen) -> None:
        portal.meanwhile = None
        await record_entry(desk, dossier_id, Status.FINISHED)

    portal.meanwhile = correct
    await deliver_due(delivering(desk, portal))

    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.park_cause) == ("due", None)
