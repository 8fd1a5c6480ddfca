"""Reading dossiers, one and many."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from services.core.persistence.engine import Sessions
from tests.desk_api import FOUR_HOURS, NO_TIME, THREE_DAYS, DeskApi, a_filing, problem

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


async def test_a_dossier_is_found_by_id_and_by_number_as_people_type_it(api: DeskApi) -> None:
    dossier = await api.ward.created()

    by_id = await api.ward.get(f"/v1/dossiers/{dossier['id']}")

    assert await api.ward.get(f"/v1/dossiers/{dossier['code']}") == by_id
    assert await api.ward.get(f"/v1/dossiers/{dossier['code'].lower().replace('-', '–')}") == by_id


async def test_a_dossier_is_shown_as_it_was_filed(api: DeskApi) -> None:
    filing = a_filing(
        channel="online",
        filing_mode="on_behalf",
        agent={"name": "Lê Văn Tám", "ground": "legal_representative"},
        result_delivery="by_post",
        submitted_at="2026-03-09T21:00:00+07:00",
        received_at="2026-03-10T08:00:00+07:00",
        department="Bộ phận Một cửa",
        text="Đã nhận đủ giấy tờ",
        note="trả qua bưu điện",
        applicant={
            "kind": "business",
            "name": "Công ty TNHH Sông Lô",
            "organisation_number": "0100109106",
            "portal_account": "tk-1",
            "verified_by_vneid": True,
            "phone": "+84 912 345 678",
            "email": "a@b.vn",
            "address": "Tổ 3",
        },
        components=[
            {
                "name": "Tờ khai",
                "code": "TP.01",
                "link": "https://luutru.vn/1",
                "digitised": True,
                "reuse": "result",
                "from_national_store": True,
                "valid_until": "2030-12-31",
            }
        ],
        fees=[
            {
                "name": "Lệ phí",
                "amount_vnd": 8000,
                "code": "LP",
                "stage": "at_result",
                "kind": "appraisal",
                "paid_by": "portal",
                "paid_at": "2026-03-09T21:01:00+07:00",
            }
        ],
        results=[{"name": "Giấy phép", "code": "KQ.1", "link": "https://luutru.vn/2", "valid_until": None}],
    )
    dossier = (await api.ward.create(filing)).json()

    shown = await api.ward.read(dossier)

    same = (
        "channel", "filing_mode", "result_delivery", "submitted_at", "received_at", "note", "summary",
        "components", "fees", "results",
    )  # fmt: skip
    assert {name: shown[name] for name in same} == {name: filing[name] for name in same}
    assert shown["applicant"] == {**filing["applicant"], "identity_number": None, "birth": None}
    assert shown["unit"] == {"code": "H44.101", "name": "UBND phường Việt Trì"}
    assert shown["procedure"]["field_name"] == "Hộ tịch"
    assert shown["due_at"] == shown["promised_at"] == "2026-03-13T08:00:00+07:00"
    (entry,) = (await api.ward.read(dossier, "/timeline"))["entries"]
    assert (entry["officer"], entry["department"]) == ("Trần Văn Bình", "Bộ phận Một cửa")
    assert (entry["text"], entry["on_portal"]) == ("Đã nhận đủ giấy tờ", False)


async def test_an_imported_history_arrives_with_its_own_times(api: DeskApi) -> None:
    history = [
        {"status": 2, "occurred_at": "2026-03-10T10:00:00+07:00", "officer": "Bình", "text": "Tiếp nhận"},
        {"status": 5, "occurred_at": "2026-03-11T10:00:00+07:00", "officer": "Hoa", "text": "Bổ sung"},
        {"status": 4, "occurred_at": "2026-03-12T16:00:00+07:00", "officer": "Hoa", "text": "Đã bổ sung"},
        {"status": 9, "occurred_at": "2026-03-16T15:59:59+07:00", "officer": "Hoa", "text": "Xong"},
    ]
    filing = a_filing(officer=None, code="CU-2026-000123", unit_code="H44.900", history=history)

    dossier = (await api.province.create(filing)).json()

    shown = await api.province.read(dossier)
    timeline = await api.province.read(dossier, "/timeline")
    assert (dossier["code"], dossier["status"], dossier["etag"]) == ("CU-2026-000123", 9, '"1-4"')
    assert [{name: entry[name] for name in history[0]} for entry in timeline["entries"]] == history
    assert shown["due_at"] == "2026-03-16T16:00:00+07:00"
    assert shown["ended_at"] == "2026-03-16T15:59:59+07:00"
    assert shown["verdict"]["desk"] == "on_time"


async def test_an_illegal_step_of_an_imported_history_is_refused_by_its_place(api: DeskApi) -> None:
    history = [
        {"status": 2, "occurred_at": "2026-03-10T10:00:00+07:00", "officer": "Bình", "text": "Tiếp nhận"},
        {"status": 10, "occurred_at": "2026-03-11T10:00:00+07:00", "officer": "Hoa", "text": "Trả"},
    ]

    refused = await api.ward.create(a_filing(officer=None, history=history))

    assert problem(refused, 409, "illegal-transition")["errors"][0]["pointer"] == "/history/1/status"


async def test_lists_mask_identity_numbers(api: DeskApi) -> None:
    await api.ward.created()

    (listed,) = (await api.ward.get("/v1/dossiers"))["items"]

    assert listed["identity_number"] == "*********123"
    assert listed["applicant_name"] == "Nguyễn Thị Hoa"


async def test_pages_hold_still_while_dossiers_come_in(api: DeskApi) -> None:
    codes = [(await api.ward.created())["code"] for _ in range(5)]

    first = await api.ward.get("/v1/dossiers", limit=2)
    await api.ward.created()
    second = await api.ward.get("/v1/dossiers", limit=2, cursor=first["next_cursor"])
    third = await api.ward.get("/v1/dossiers", limit=2, cursor=second["next_cursor"])

    listed = [item["code"] for page in (first, second, third) for item in page["items"]]
    assert listed == codes[::-1]
    assert third["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "%00", "AAAA", "a" * 22 + "!", "é"])
async def test_a_cursor_that_was_not_given_out_is_refused(api: DeskApi, cursor: str) -> None:
    answer = await api.ward.http.get("/v1/dossiers", params={"cursor": cursor})

    problem(answer, 400, "cursor-invalid")


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": 10**9},
        {"limit": "x"},
        {"status": 11},
        {"page": 1},
        {"due_from": "2026-03-10"},
        {"due_from": "2026-03-10T10:00:00"},
        {"verdict": "maybe"},
        {"unit": "H99"},
        {"unit": "H29"},
    ],
)
async def test_a_parameter_out_of_range_is_refused(api: DeskApi, parameters: dict[str, Any]) -> None:
    assert (await api.ward.http.get("/v1/dossiers", params=parameters)).status_code == 422


async def several(api: DeskApi) -> dict[str, dict[str, Any]]:
    """Take in dossiers that differ in all that a list can be narrowed to."""
    long_ago = "2026-03-10T10:00:00+07:00"
    return {
        "fresh": await api.province.created(unit_code="H44.102"),
        "late": await api.province.created(received_at=long_ago),
        "ended": await api.province.move(await api.province.created(procedure_code=FOUR_HOURS), 9),
        "registered": await api.province.created(received=False, procedure_code=NO_TIME),
    }


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {"fresh", "late", "ended", "registered"}),
        ({"unit": "H44"}, {"fresh", "late", "ended", "registered"}),
        ({"unit": "H44.102"}, {"fresh"}),
        ({"status": 9}, {"ended"}),
        ({"status": 2}, {"fresh", "late"}),
        ({"procedure": THREE_DAYS}, {"fresh", "late"}),
        ({"procedure": "9.9"}, set()),
        (
            {"received_from": "2026-03-10T10:00:00+07:00", "received_to": "2026-03-10T10:00:01+07:00"},
            {"late"},
        ),
        ({"received_to": "2026-03-10T10:00:00+07:00"}, set()),
        ({"due_to": "2026-04-01T00:00:00+07:00"}, {"late"}),
        ({"due_from": "2026-04-01T00:00:00+07:00"}, {"fresh", "ended"}),
        ({"delivery_state": "synced"}, {"ended"}),
        ({"delivery_state": "due"}, {"fresh", "late", "registered"}),
        ({"verdict": "late"}, {"late", "ended"}),
        ({"verdict": "on_time"}, {"fresh", "registered"}),
        ({"false_late": "true"}, {"ended"}),
        ({"false_late": "false"}, {"fresh", "late", "registered"}),
        ({"false_late": "true", "status": 2}, set()),
    ],
)
async def test_a_list_is_narrowed(
    api: DeskApi, sessions: Sessions, parameters: dict[str, Any], expected: set[str]
) -> None:
    dossiers = await several(api)
    async with sessions.begin() as session:
        await session.execute(
            text(
                "UPDATE deliveries SET state = 'synced', acked_version = 1,"
                " flagged_at = now() - interval '1 hour' WHERE dossier_id = :id"
            ),
            {"id": dossiers["ended"]["id"]},
        )

    page = await api.province.get("/v1/dossiers", **parameters)

    names = {dossier["code"]: name for name, dossier in dossiers.items()}
    assert {names[item["code"]] for item in page["items"]} == expected


async def test_the_delivery_of_a_fresh_dossier_shows_all_that_is_missing(api: DeskApi) -> None:
    dossier = await api.ward.move(await api.ward.created(), 4)

    view = await api.ward.read(dossier, "/delivery")

    assert (view["state"], view["on_portal"], view["body_missing"]) == ("due", False, True)
    assert [entry["seq"] for entry in view["entries_missing"]] == [1, 2]
    assert (view["portal"], view["portal_verdict"], view["difference"]) == (None, "on_time", None)
    assert view["desk"]["rule"] == "running"
    assert view["next_attempt_at"] is not None


async def test_the_delivery_says_why_the_portal_calls_late_what_is_not(
    api: DeskApi, sessions: Sessions
) -> None:
    history = [
        {"status": 2, "occurred_at": "2026-03-10T10:00:00+07:00", "officer": "Bình", "text": "Tiếp nhận"},
        {"status": 9, "occurred_at": "2026-03-12T10:00:00+07:00", "officer": "Hoa", "text": "Xong"},
    ]
    dossier = (await api.ward.create(a_filing(officer=None, history=history))).json()
    async with sessions.begin() as session:
        await session.execute(
            text(
                "UPDATE deliveries SET on_portal = true, acked_version = 1, acked_seq = 1,"
                " portal_due_at = '2026-03-13T10:00:00+07:00', attempts = 3, last_cause = 'unknown: timeout',"
                " state = 'unknown', reported_at = '2026-03-12T11:00:00+07:00'"
            )
        )
        await session.execute(
            text(
                "INSERT INTO delivery_attempts (started_at, finished_at, dossier_id, call_id, operation,"
                " outcome, version, first_seq, last_seq, request_hash) VALUES (now(), now(), :id,"
                " gen_random_uuid(), 'progress', 'unknown', 1, 2, 2, '')"
            ),
            {"id": dossier["id"]},
        )

    view = await api.ward.get(f"/v1/dossiers/{dossier['id']}/delivery")
    english = await api.ward.http.get(
        f"/v1/dossiers/{dossier['id']}/delivery", headers={"Accept-Language": "en"}
    )

    assert (view["desk"]["verdict"], view["desk"]["rule"]) == ("on_time", "ended")
    assert (view["portal"]["verdict"], view["portal"]["rule"]) == ("late", "running")
    assert view["difference"]["cause"] == "outcome_unknown"
    assert "tra cứu" in view["difference"]["text"]
    assert "asked" in english.json()["difference"]["text"]
    assert [entry["seq"] for entry in view["entries_missing"]] == [2]
    assert [attempt["outcome"] for attempt in view["attempts"]] == ["unknown"]
    assert view["attempts_since_success"] == 3


async def test_preflight_lists_what_the_portal_would_refuse(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.created()
    assert (await api.ward.read(dossier, "/preflight"))["sendable"] is True
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE procedures SET name = '' WHERE code = :code"), {"code": THREE_DAYS}
        )

    found = await api.ward.read(dossier, "/preflight")

    assert found["sendable"] is False
    assert found["findings"][0] == {
        "severity": "refused",
        "fault": "missing",
        "pointer": "/procedure/name",
        "text": "Thiếu thông tin này.",
    }


async def test_times_are_given_in_vietnam(api: DeskApi) -> None:
    dossier = await api.ward.created(received_at="2026-03-10T03:00:00Z")

    received_at = (await api.ward.read(dossier))["received_at"]

    assert received_at == "2026-03-10T10:00:00+07:00"
    assert datetime.fromisoformat(received_at).utcoffset() == timedelta(hours=7)
