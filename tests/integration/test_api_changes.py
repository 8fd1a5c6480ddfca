"""Extension, apology, correction: entries in the history, never silent rewrites."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi, problem
from tests.integration.test_api_progress import delivery_of

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
LATER = "2099-01-05T10:00:00+07:00"


def in_days(days: int) -> str:
    return (datetime.now(VIETNAM) + timedelta(days=days)).replace(microsecond=0).isoformat()


async def correct(api: DeskApi, dossier: dict[str, Any], **body: Any) -> Any:
    return await api.ward.http.patch(
        f"/v1/dossiers/{dossier['id']}",
        json={"officer": "Trần Thị Bình", "reason": "ghi nhầm", **body},
        headers={"If-Match": dossier["etag"]},
    )


async def test_an_extension_moves_the_due_time_and_keeps_the_old_one(api: DeskApi) -> None:
    dossier = await api.ward.created()

    extended = (await api.ward.change(dossier, "extension", new_due_at=LATER, reason="phức tạp")).json()

    stored, timeline = await api.ward.read(extended), await api.ward.read(extended, "/timeline")
    assert (extended["due_at"], extended["status"], extended["etag"]) == (LATER, 2, '"2-2"')
    assert (stored["due_at"], stored["promised_at"]) == (LATER, dossier["due_at"])
    assert timeline["entries"][1]["kind"] == "extension"
    assert timeline["entries"][1]["facts"] == {"due_before": dossier["due_at"], "due_after": LATER}


async def test_an_extension_after_the_due_time_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created(received_at="2026-03-10T10:00:00+07:00")

    late = await api.ward.change(dossier, "extension", new_due_at=LATER, reason="phức tạp")

    problem(late, 409, "extension-too-late")


async def test_an_extension_to_an_earlier_time_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created()

    earlier = await api.ward.change(
        dossier, "extension", new_due_at="2026-01-05T10:00:00+07:00", reason="phức tạp"
    )

    assert problem(earlier, 422, "extension-not-later")["errors"][0]["pointer"] == "/new_due_at"


async def test_an_apology_keeps_the_judged_due_time(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.created(received_at="2026-03-10T10:00:00+07:00")
    letter = {"new_date": in_days(3), "reason": "thiếu người", "handed_over": "sms"}

    answer = (await api.ward.change(dossier, "apology", **letter)).json()

    stored, timeline = await api.ward.read(answer), await api.ward.read(answer, "/timeline")
    assert answer["due_at"] == stored["due_at"] == "2026-03-13T10:00:00+07:00"
    assert answer["etag"] == '"1-2"'
    assert stored["apology"]["due_at"] == "2026-03-13T10:00:00+07:00"
    assert {name: stored["apology"][name] for name in letter} == letter
    assert timeline["entries"][1]["kind"] == "apology"
    assert (await delivery_of(sessions, dossier)).target_version == 1


async def test_a_second_apology_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created()
    letter = {"new_date": in_days(30), "reason": "thiếu người", "handed_over": "at_desk"}
    first = (await api.ward.change(dossier, "apology", **letter)).json()

    problem(await api.ward.change(first, "apology", **letter), 409, "apology-given")


async def test_an_apology_with_a_date_that_has_passed_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created()

    passed = await api.ward.change(
        dossier, "apology", new_date="2026-01-05T10:00:00+07:00", reason="thiếu người", handed_over="post"
    )

    problem(passed, 422, "apology-date-not-ahead")


async def test_nothing_is_extended_or_apologised_for_while_the_clock_stands_still(api: DeskApi) -> None:
    dossier = await api.ward.move(await api.ward.created(), 5)

    extension = await api.ward.change(dossier, "extension", new_due_at=LATER, reason="phức tạp")
    apology = await api.ward.change(
        dossier, "apology", new_date=LATER, reason="thiếu người", handed_over="sms"
    )

    problem(extension, 409, "clock-stopped")
    problem(apology, 409, "clock-stopped")


async def test_nothing_is_extended_or_apologised_for_after_the_end(api: DeskApi) -> None:
    dossier = await api.ward.move(await api.ward.created(), 9)

    extension = await api.ward.change(dossier, "extension", new_due_at=LATER, reason="phức tạp")

    problem(extension, 409, "dossier-ended")


async def test_nothing_is_extended_before_the_reception(api: DeskApi) -> None:
    dossier = await api.ward.created(received=False)

    extension = await api.ward.change(dossier, "extension", new_due_at=LATER, reason="phức tạp")

    problem(extension, 409, "not-received")


async def test_a_correction_names_the_fields_and_not_their_values(api: DeskApi) -> None:
    dossier = await api.ward.created()

    answer = await correct(
        api,
        dossier,
        summary="Đăng ký khai sinh lại",
        applicant={"phone": "0912345678", "name": "Nguyễn Thị Hoa"},
        components=[{"name": "Giấy chứng sinh", "reuse": "component"}],
        channel="post",
    )

    stored = await api.ward.read(dossier)
    entry = (await api.ward.read(dossier, "/timeline"))["entries"][1]
    assert answer.json()["etag"] == stored["etag"] == '"2-2"'
    assert (stored["summary"], stored["channel"]) == ("Đăng ký khai sinh lại", "post")
    assert stored["applicant"]["phone"] == "0912345678"
    assert stored["applicant"]["identity_number"] == "025190000123"
    assert stored["components"][0]["reuse"] == "component"
    assert (entry["kind"], entry["text"]) == ("correction", "ghi nhầm")
    assert entry["facts"] == {"changed": ["channel", "components", "summary", "applicant.phone"]}
    assert "0912345678" not in str(entry)


async def test_a_correction_after_the_end_does_not_move_the_end(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.move(await api.ward.created(), 9)
    before = await delivery_of(sessions, dossier)

    answer = await correct(api, dossier, note="bổ sung ghi chú")

    after = await delivery_of(sessions, dossier)
    assert answer.status_code == 200
    assert (after.ended_at, after.ended_seq, after.desk_flagged_at) == (
        before.ended_at,
        before.ended_seq,
        None,
    )
    assert after.target_seq == before.target_seq + 1


async def test_a_correction_does_not_stand_in_the_way_of_an_earlier_step(api: DeskApi) -> None:
    dossier = await api.ward.created(received_at="2026-03-10T10:00:00+07:00")
    corrected = (await correct(api, dossier, note="ghi chú")).json()

    step = await api.ward.change(
        corrected, "progress", status=4, text="nhận", occurred_at="2026-03-10T11:00:00+07:00"
    )

    assert step.status_code == 200


async def test_null_empties_an_optional_field_and_is_refused_for_a_required_one(api: DeskApi) -> None:
    dossier = await api.ward.created(note="ghi chú")

    emptied = await correct(api, dossier, note=None, applicant={"identity_number": None})
    refused = await correct(api, emptied.json(), summary=None)

    stored = await api.ward.read(dossier)
    assert (stored["note"], stored["applicant"]["identity_number"]) == (None, None)
    assert problem(refused, 422, "validation-failed")["errors"][0]["pointer"] == "/summary"


async def test_a_correction_without_a_reason_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created()

    answer = await correct(api, dossier, reason="  ", summary="khác")

    assert problem(answer, 422, "validation-failed")["errors"][0]["pointer"] == "/reason"


async def test_a_correction_that_changes_nothing_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created()

    problem(await correct(api, dossier), 422, "nothing-to-correct")
    problem(await correct(api, dossier, summary="Đăng ký khai sinh"), 422, "nothing-to-correct")
