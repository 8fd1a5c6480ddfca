"""Taking a dossier in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from services.core.persistence.engine import Sessions
from tests.desk_api import (
    FOUR_HOURS,
    INACTIVE,
    NO_TIME,
    THREE_DAYS,
    DeskApi,
    a_filing,
    decree,
    problem,
)

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


async def test_a_dossier_taken_in_is_stored_numbered_and_queued(api: DeskApi, sessions: Sessions) -> None:
    answer = await api.ward.create()

    dossier = answer.json()
    today = datetime.now(VIETNAM)
    assert answer.status_code == 201
    assert dossier["code"] == f"H44.101-{today:%y%m%d}-0001"
    assert answer.headers["Location"] == f"/v1/dossiers/{dossier['id']}"
    assert answer.headers["ETag"] == dossier["etag"] == '"1-1"'
    assert (dossier["status"], dossier["delivery_state"]) == (2, "due")
    async with sessions() as session:
        row = (
            await session.execute(
                text(
                    "SELECT d.version, d.last_seq, v.target_version, v.target_seq, v.on_portal, v.flagged_at,"
                    " v.desk_flagged_at, d.due_at, (SELECT count(*) FROM progress_entries) AS entries,"
                    " (SELECT value FROM tallies WHERE name = 'received') AS received"
                    " FROM dossiers d JOIN deliveries v ON v.dossier_id = d.id"
                )
            )
        ).one()
    assert (row.version, row.last_seq, row.target_version, row.target_seq) == (1, 1, 1, 1)
    assert (row.on_portal, row.entries, row.received) == (False, 1, 1)
    assert row.flagged_at == row.desk_flagged_at == row.due_at + timedelta(seconds=1)
    assert api.bell.rings == 1


async def test_numbers_of_a_unit_and_day_follow_each_other(api: DeskApi) -> None:
    codes = [(await api.ward.created())["code"] for _ in range(3)]

    assert [code[-4:] for code in codes] == ["0001", "0002", "0003"]


async def test_the_number_has_the_vietnamese_date_of_the_call(api: DeskApi) -> None:
    api.clock.at = datetime(2026, 3, 10, 18, 30, tzinfo=UTC)  # 01:30 of the next day in Vietnam

    assert (await api.ward.created())["code"] == "H44.101-260311-0001"


async def test_the_due_time_of_the_known_answer_over_tet(api: DeskApi) -> None:
    dossier = await api.ward.created(received_at="2024-02-07T10:00:00+07:00", procedure_code=THREE_DAYS)

    assert dossier["due_at"] == "2024-02-19T10:00:00+07:00"


async def test_hours_run_on_the_next_working_morning(api: DeskApi) -> None:
    dossier = await api.ward.created(
        received_at="2026-03-10T15:00:00+07:00", procedure_code=FOUR_HOURS, submitted_at=None
    )

    assert dossier["due_at"] == "2026-03-11T09:00:00+07:00"


async def test_a_decreed_day_off_moves_the_due_time(api: DeskApi, sessions: Sessions) -> None:
    await decree(sessions, date(2026, 3, 12), "off")

    dossier = await api.ward.created(received_at="2026-03-10T10:00:00+07:00")

    assert dossier["due_at"] == "2026-03-16T10:00:00+07:00"


async def test_a_closure_of_one_unit_does_not_move_the_others(api: DeskApi, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO decreed_days (day, kind, source, unit_id)"
                " SELECT '2026-03-12', 'off', 'mất điện', id FROM units WHERE code = 'H44.102'"
            )
        )
    received_at = "2026-03-10T10:00:00+07:00"

    closed = await api.province.created(received_at=received_at, unit_code="H44.102")
    open_ = await api.province.created(received_at=received_at, unit_code="H44.101")

    assert closed["due_at"] == "2026-03-16T10:00:00+07:00"
    assert open_["due_at"] == "2026-03-13T10:00:00+07:00"


async def test_opening_hours_of_the_unit_decide(api: DeskApi, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE units SET opening_hours = CAST(:hours AS jsonb) WHERE code = 'H44.101'"),
            {"hours": '{"tuesday": [["08:00", "12:00"]]}'},
        )

    dossier = await api.ward.created(received_at="2026-03-10T10:00:00+07:00", procedure_code=FOUR_HOURS)

    assert dossier["due_at"] == "2026-03-17T10:00:00+07:00"


async def test_a_procedure_without_a_time_needs_a_promise(api: DeskApi) -> None:
    refused = problem(await api.ward.create(a_filing(procedure_code=NO_TIME)), 422, "due-time-needed")
    due_at = (datetime.now(VIETNAM) + timedelta(days=20)).replace(microsecond=0).isoformat()
    dossier = await api.ward.created(procedure_code=NO_TIME, due_at=due_at)

    assert refused["errors"][0]["pointer"] == "/due_at"
    assert dossier["due_at"] == due_at


async def test_a_desk_may_promise_less_time_than_the_law_gives_but_not_more(api: DeskApi) -> None:
    received_at = "2026-03-10T10:00:00+07:00"
    sooner, later = "2026-03-11T10:00:00+07:00", "2026-03-16T10:00:00+07:00"

    dossier = await api.ward.created(received_at=received_at, due_at=sooner)
    refused = await api.ward.create(a_filing(received_at=received_at, due_at=later))

    assert dossier["due_at"] == sooner
    assert problem(refused, 422, "due-time-too-late")["facts"]["latest"] == "2026-03-13T03:00:00+00:00"


async def test_a_dossier_filed_online_waits_for_its_reception(api: DeskApi) -> None:
    dossier = await api.ward.created(received=False, channel="online")
    stored = await api.ward.read(dossier)

    assert (dossier["status"], dossier["due_at"]) == (1, None)
    assert stored["received_at"] is None

    moved = await api.ward.move(dossier, 2)
    assert moved["due_at"] is not None
    assert (await api.ward.read(dossier))["promised_at"] == moved["due_at"]


async def test_a_dossier_born_on_the_portal_keeps_its_number_and_due_time(
    api: DeskApi, sessions: Sessions
) -> None:
    due_at = "2099-05-05T11:00:00+07:00"
    dossier = await api.ward.created(origin="portal", code="g09.20-20260609-0092637", due_at=due_at)

    assert dossier["code"] == "G09.20-20260609-0092637"
    assert dossier["due_at"] == due_at
    async with sessions() as session:
        assert await session.scalar(text("SELECT on_portal FROM deliveries")) is True


async def test_the_same_portal_number_is_taken_in_once(api: DeskApi) -> None:
    filing = a_filing(origin="portal", code="G09.20-20260609-0092637")
    await api.ward.create(filing)

    again = problem(await api.ward.create(filing), 409, "dossier-code-taken")

    assert again["errors"][0]["pointer"] == "/code"


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"unit_code": "H44.900"}, 422, "unit-ended", "/unit_code"),
        ({"unit_code": "H44.999"}, 422, "unit-not-yet-open", "/unit_code"),
        ({"unit_code": "H29"}, 422, "unknown-unit", "/unit_code"),
        ({"unit_code": "H99"}, 422, "unknown-unit", "/unit_code"),
        ({"procedure_code": "9.999999"}, 422, "unknown-procedure", "/procedure_code"),
        ({"procedure_code": INACTIVE}, 422, "procedure-inactive", "/procedure_code"),
        ({"code": "H44.101-260311-0001"}, 422, "code-not-wanted", "/code"),
        ({"origin": "portal"}, 422, "code-needed", "/code"),
        ({"officer": None}, 422, "officer-needed", "/officer"),
        ({"received_at": "2090-01-01T08:00:00+07:00"}, 422, "entry-in-the-future", "/received_at"),
        ({"submitted_at": "2090-01-01T08:00:00+07:00"}, 422, "submitted-after-reception", "/submitted_at"),
        ({"due_at": "2001-01-01T08:00:00+07:00"}, 422, "due-time-before-reception", "/due_at"),
        ({"received": False, "due_at": "2099-01-01T08:00:00+07:00"}, 409, "not-received", "/due_at"),
        (
            {"received": False, "received_at": "2026-01-05T08:00:00+07:00"},
            422,
            "field-not-wanted",
            "/received_at",
        ),
    ],
)
async def test_a_filing_is_refused_with_code_and_field(
    api: DeskApi, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    refused = problem(await api.province.create(a_filing(**changes)), status, code)

    assert refused["errors"][0]["pointer"] == pointer


async def test_an_ended_unit_is_refused_with_its_successor(api: DeskApi) -> None:
    refused = problem(await api.province.create(a_filing(unit_code="H44.900")), 422, "unit-ended")

    assert refused["facts"]["successor"] == "H44.101"
    assert "H44.101" in refused["detail"]


async def test_a_refused_filing_leaves_no_trace(api: DeskApi, sessions: Sessions) -> None:
    await api.ward.create(a_filing(procedure_code=NO_TIME))
    await api.ward.create(a_filing(origin="portal", code="G09.20-20260609-0092637"))
    await api.ward.create(a_filing(origin="portal", code="G09.20-20260609-0092637"))

    async with sessions() as session:
        counts = (
            await session.execute(
                text(
                    "SELECT (SELECT count(*) FROM dossiers), (SELECT count(*) FROM idempotency_keys),"
                    " (SELECT count(*) FROM dossier_numbers), (SELECT count(*) FROM look_ups),"
                    " (SELECT sum(received) FROM look_up_days),"
                    " (SELECT sum(value) FROM tallies WHERE name = 'received')"
                )
            )
        ).one()
    assert tuple(counts) == (1, 1, 0, 1, 1, 1)
    assert api.bell.rings == 1


async def test_names_are_stored_in_one_unicode_form(api: DeskApi) -> None:
    decomposed = "Nguye\u0302\u0303n Thi\u0323 Hoa"
    dossier = await api.ward.created(applicant={"kind": "citizen", "name": decomposed})

    assert (await api.ward.read(dossier))["applicant"]["name"] == "Nguyễn Thị Hoa"
