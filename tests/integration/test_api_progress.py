"""A dossier on its way through the office."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from services.core.persistence.engine import Sessions
from tests.desk_api import NO_TIME, DeskApi, problem

TUESDAY_TEN = "2026-03-10T10:00:00+07:00"


async def delivery_of(sessions: Sessions, dossier: dict[str, Any]) -> Any:
    async with sessions() as session:
        return (
            await session.execute(
                text("SELECT *, now() AS read_at FROM deliveries WHERE dossier_id = :id"),
                {"id": dossier["id"]},
            )
        ).one()


async def settle(sessions: Sessions, dossier: dict[str, Any], state: str, **columns: Any) -> None:
    """Leave the delivery row as a worker might have."""
    columns = {"state": state, "on_portal": True, "acked_version": 1, "acked_seq": 1, **columns}
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    async with sessions.begin() as session:
        await session.execute(
            text(f"UPDATE deliveries SET {assignments} WHERE dossier_id = :id"),  # noqa: S608 - names above
            {**columns, "id": dossier["id"]},
        )


async def test_a_dossier_goes_from_the_desk_to_the_citizen(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.created()

    moved = await api.ward.move(dossier, 4, 4, 9, 10)
    stored = await api.ward.read(moved)

    assert (moved["status"], moved["etag"]) == (10, '"5-5"')
    assert stored["ended_at"] < stored["returned_at"]
    row = await delivery_of(sessions, moved)
    assert (row.target_version, row.target_seq, row.ended_seq) == (5, 5, 4)
    assert row.ended_at.astimezone(UTC) == datetime.fromisoformat(stored["ended_at"])
    assert row.reported_at is not None
    async with sessions() as session:
        ended = await session.scalar(text("SELECT value FROM tallies WHERE name = 'ended'"))
    assert ended == 1
    assert api.bell.rings == 5


async def test_a_step_on_an_old_edition_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created()
    await api.ward.move(dossier, 4)

    problem(await api.ward.change(dossier, "progress", status=9, text="xong"), 412, "dossier-changed")

    assert (await api.ward.read(dossier))["status"] == 4


async def test_of_two_officers_at_once_one_is_told_to_look_again(api: DeskApi) -> None:
    dossier = await api.ward.created()

    answers = await asyncio.gather(
        *(api.ward.change(dossier, "progress", status=4, text="nhận") for _ in range(6))
    )

    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 5]
    assert len((await api.ward.read(dossier, "/timeline"))["entries"]) == 2


async def test_a_step_without_if_match_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created()
    body = {"status": 4, "officer": "Bình", "text": "nhận"}

    answer = await api.ward.http.post(f"/v1/dossiers/{dossier['id']}/progress", json=body)

    problem(answer, 428, "edition-missing")


@pytest.mark.parametrize("tag", ["*", 'W/"1-1"', '"1-1", "2-2"', '"a"', ""])
async def test_a_tag_that_is_none_of_ours_is_refused(api: DeskApi, tag: str) -> None:
    dossier = await api.ward.created()

    answer = await api.ward.change({**dossier, "etag": tag}, "progress", status=4, text="nhận")

    problem(answer, 400, "edition-invalid")


async def test_an_illegal_step_is_told_what_is_allowed(api: DeskApi) -> None:
    dossier = await api.ward.move(await api.ward.created(), 9)

    refused = await api.ward.change(dossier, "progress", status=4, text="lại")

    document = problem(refused, 409, "illegal-transition")
    assert document["facts"] == {"present": 9, "wanted": 4, "allowed": [10]}
    assert "10 (đã trả kết quả)" in document["detail"]
    assert document["errors"][0]["pointer"] == "/status"


async def test_an_entry_before_the_last_one_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created(received_at=TUESDAY_TEN)

    early = await api.ward.change(
        dossier, "progress", status=4, text="nhận", occurred_at="2026-03-10T09:59:59+07:00"
    )

    assert problem(early, 422, "entry-out-of-order")["errors"][0]["pointer"] == "/occurred_at"


async def test_an_entry_ahead_of_the_clock_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created()

    ahead = await api.ward.change(
        dossier, "progress", status=4, text="nhận", occurred_at="2099-01-01T00:00:00+07:00"
    )

    problem(ahead, 422, "entry-in-the-future")


async def test_a_supplement_moves_the_due_time_by_the_working_time_it_took(api: DeskApi) -> None:
    dossier = await api.ward.created(received_at=TUESDAY_TEN)
    assert dossier["due_at"] == "2026-03-13T10:00:00+07:00"

    asked = (
        await api.ward.change(
            dossier, "progress", status=5, text="bổ sung", occurred_at="2026-03-11T10:00:00+07:00"
        )
    ).json()
    answered = (
        await api.ward.change(
            asked, "progress", status=4, text="đã bổ sung", occurred_at="2026-03-12T16:00:00+07:00"
        )
    ).json()

    # The clock stood still for 5 h of Wednesday and 7 h of Thursday; they are added behind Friday 10:00.
    assert asked["due_at"] == "2026-03-13T10:00:00+07:00"
    assert answered["due_at"] == "2026-03-16T16:00:00+07:00"
    entries = (await api.ward.read(answered, "/timeline"))["entries"]
    assert entries[1]["facts"] is None
    assert entries[2]["facts"] == {
        "due_before": "2026-03-13T10:00:00+07:00",
        "due_after": "2026-03-16T16:00:00+07:00",
    }
    assert (await api.ward.read(answered))["promised_at"] == "2026-03-13T10:00:00+07:00"


async def test_a_second_supplement_request_needs_confirmation(api: DeskApi) -> None:
    dossier = await api.ward.move(await api.ward.created(), 5, 4)

    unconfirmed = await api.ward.change(dossier, "progress", status=5, text="bổ sung lần hai")
    confirmed = await api.ward.change(
        dossier, "progress", status=5, text="bổ sung lần hai", second_supplement_confirmed=True
    )

    assert (
        problem(unconfirmed, 409, "second-supplement-needs-confirmation")["errors"][0]["pointer"]
        == "/second_supplement_confirmed"
    )
    assert confirmed.status_code == 200
    assert (await api.ward.read(dossier))["verdict"]["desk"] == "late"


async def test_a_reception_without_processing_time_takes_the_promise_with_the_step(api: DeskApi) -> None:
    dossier = await api.ward.created(procedure_code=NO_TIME, received=False)
    due_at = "2099-01-05T10:00:00+07:00"

    without = await api.ward.change(dossier, "progress", status=2, text="tiếp nhận")
    with_promise = await api.ward.change(dossier, "progress", status=2, text="tiếp nhận", due_at=due_at)
    again = await api.ward.change(
        with_promise.json(), "progress", status=4, text="nhận", due_at="2099-02-05T10:00:00+07:00"
    )

    problem(without, 422, "due-time-needed")
    assert with_promise.json()["due_at"] == due_at
    problem(again, 409, "due-time-set")


async def test_refusing_a_registration_ends_it_without_a_due_time(api: DeskApi) -> None:
    dossier = await api.ward.move(await api.ward.created(received=False), 3)
    stored = await api.ward.read(dossier)

    assert stored["ended_at"] is not None
    assert (stored["received_at"], stored["due_at"]) == (None, None)


async def test_a_change_makes_a_synced_dossier_due_again(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.created()
    await settle(
        sessions, dossier, "synced", attempts=0, due_since=datetime(2026, 1, 1, tzinfo=UTC), flagged_at=None
    )

    moved = await api.ward.move(dossier, 4)

    row = await delivery_of(sessions, moved)
    assert moved["delivery_state"] == row.state == "due"
    assert row.due_since > datetime(2026, 1, 2, tzinfo=UTC)
    assert row.flagged_at is None  # the worker's, as long as the portal holds the dossier


@pytest.mark.parametrize(
    ("park_cause", "acked_version", "state"),
    [
        ("refused", 0, "due"),  # a refused body was not stored
        ("refused", 1, "unknown"),  # of refused entries some may have been
        ("unprovable", 1, "unknown"),
        ("conflict", 1, "unknown"),
    ],
)
async def test_a_change_takes_a_dossier_out_of_the_parking_and_asks_where_entries_could_double(
    api: DeskApi, sessions: Sessions, park_cause: str, acked_version: int, state: str
) -> None:
    dossier = await api.ward.created()
    await settle(sessions, dossier, "parked", park_cause=park_cause, acked_version=acked_version, attempts=7)

    moved = await api.ward.move(dossier, 4)

    row = await delivery_of(sessions, moved)
    assert (row.state, row.park_cause, row.attempts) == (state, None, 0)


@pytest.mark.parametrize("state", ["leased", "unknown"])
async def test_a_change_leaves_a_row_alone_that_the_worker_has_in_hand(
    api: DeskApi, sessions: Sessions, state: str
) -> None:
    dossier = await api.ward.created()
    await settle(sessions, dossier, state, attempts=3)

    moved = await api.ward.move(dossier, 4)

    row = await delivery_of(sessions, moved)
    assert (row.state, row.attempts, row.target_seq) == (state, 3, 2)


async def test_a_dossier_that_the_portal_does_not_hold_is_flagged_by_its_new_due_time(
    api: DeskApi, sessions: Sessions
) -> None:
    dossier = await api.ward.created()
    extended = await api.ward.change(
        dossier, "extension", new_due_at="2099-01-05T10:00:00+07:00", reason="hồ sơ phức tạp"
    )

    row = await delivery_of(sessions, extended.json())

    assert row.flagged_at == datetime(2099, 1, 5, 3, 0, 1, tzinfo=UTC)


async def test_a_dossier_can_be_changed_by_its_number(api: DeskApi) -> None:
    dossier = await api.ward.created()

    moved = await api.ward.move({**dossier, "id": dossier["code"].lower()}, 4)

    assert moved["id"] == dossier["id"]
