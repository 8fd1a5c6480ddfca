"""Index 766 over the desk API: as JSON, as CSV, page by page."""

import csv
import io
from typing import Any

import pytest

from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi, client_of, problem
from tests.integration.delivery_cases import ScriptedPortal, delivering, rounds
from tests.integration.index766_cases import BY_HAND, BY_HAND_TOTAL, file_january, refresh

REPORT = "/v1/reports/index766"


@pytest.fixture
async def january(api: DeskApi, sessions: Sessions) -> dict[str, dict[str, Any]]:
    dossiers = await file_january(sessions, api.province)
    await rounds(delivering(sessions, ScriptedPortal()))
    await refresh(sessions)
    return dossiers


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff"), "Excel reads it as Unicode"
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.usefixtures("january")
async def test_the_report_shows_every_indicator_with_what_it_lost(api: DeskApi) -> None:
    report = await api.province.get(REPORT, month="2026-01")

    lines = {line["code"]: line for line in report["indicators"]}
    shown = {code: (line["numerator"], line["denominator"], line["points"]) for code, line in lines.items()}
    assert shown == BY_HAND
    assert (report["unit_code"], report["month"]) == ("H44", "2026-01")
    assert (report["points"], report["maximum"], report["lost"]) == (BY_HAND_TOTAL, 100, 47.16)
    assert report["not_held_points"] == 12
    assert lines["PROGRESS"]["lost"] == 10
    assert lines["PROGRESS"]["missing"] == 1
    assert lines["DOSSIER_SYNC"]["missing"] is None
    assert lines["REUSED_DIGITIZED_DATA"]["doubts"] == ["input", "cap"]
    assert {group["group"]: group["points"] for group in report["groups"]}["dossier-digitized"] == 4.51


@pytest.mark.usefixtures("january")
async def test_a_key_sees_its_own_unit_by_default_and_no_other_tree(api: DeskApi) -> None:
    ward = await api.ward.get(REPORT, month="2026-01")

    assert ward["unit_code"] == "H44.101"
    other = {"unit": "H44.102", "indicator": "PROGRESS"}
    problem(await api.ward.http.get(f"{REPORT}/dossiers", params=other), 422, "unknown-unit")
    problem(await api.ward.http.get(REPORT, params={"unit": "H44"}), 422, "unknown-unit")


async def test_a_month_without_dossiers_and_without_counts_is_shown_as_such(api: DeskApi) -> None:
    report = await api.province.get(REPORT)

    lines = {line["code"]: line for line in report["indicators"]}
    assert report["refreshed_at"] is None
    assert lines["DOSSIER_SYNC"]["points"] is None
    assert (lines["PROGRESS"]["points"], lines["PROGRESS"]["denominator"]) == (0, 0)


@pytest.mark.usefixtures("january")
async def test_the_table_says_what_the_report_says(api: DeskApi) -> None:
    answer = await api.province.http.get(REPORT, params={"month": "2026-01", "format": "csv"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = table(answer.text)
    progress = next(row for row in rows if row["code"] == "PROGRESS")
    assert len(rows) == len(BY_HAND)
    assert (progress["name_vi"], progress["points"], progress["lost"]) == (
        "Hồ sơ giải quyết đúng hạn",
        "10.0",
        "10.0",
    )


async def test_dossiers_that_cost_points_come_page_by_page(
    api: DeskApi, january: dict[str, dict[str, Any]]
) -> None:
    asked: dict[str, Any] = {"month": "2026-01", "indicator": "PROGRESS", "limit": 2}
    first = await api.province.get(f"{REPORT}/dossiers", **asked)
    second = await api.province.get(f"{REPORT}/dossiers", **asked, cursor=first["next_cursor"])

    assert second["next_cursor"] is None
    listed = [one["code"] for one in first["items"] + second["items"]]
    assert sorted(listed) == sorted(january[name]["code"] for name in ("late", "running", "from december"))
    assert "applicant" not in str(first)
    assert "Nguyễn" not in str(first)


async def test_the_page_as_a_table_names_the_next_one_in_a_header(
    api: DeskApi, january: dict[str, dict[str, Any]]
) -> None:
    asked: dict[str, Any] = {"month": "2026-01", "indicator": "PAYMENT_DOSSIERS", "format": "csv"}
    whole = await api.province.http.get(f"{REPORT}/dossiers", params=asked)
    asked["indicator"] = "PROGRESS"
    part = await api.province.http.get(f"{REPORT}/dossiers", params=asked | {"limit": 1})

    assert [row["code"] for row in table(whole.text)] == [january["late"]["code"]]
    assert "x-next-cursor" not in whole.headers
    assert len(table(part.text)) == 1
    assert part.headers["x-next-cursor"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"indicator": "NO_SUCH"}, "unknown-indicator"),
        ({"indicator": "ONLINE_USED"}, "indicator-without-dossiers"),
        ({"indicator": "PROGRESS", "cursor": "AAAA"}, "cursor-invalid"),
        ({"indicator": "PROGRESS", "month": "2026-13"}, "validation-failed"),
        ({"indicator": "PROGRESS", "unit": "H\x00"}, "validation-failed"),
        ({}, "validation-failed"),
    ],
)
async def test_wrong_questions_are_refused(api: DeskApi, asked: dict[str, str], code: str) -> None:
    answer = await api.province.http.get(f"{REPORT}/dossiers", params=asked)

    assert (answer.status_code in {400, 422}, answer.json()["code"]) == (True, code)


async def test_a_key_without_the_scope_is_turned_away(api: DeskApi) -> None:
    async with client_of(api.app, api.keys["dossiers:write"]) as writer:
        problem(await writer.get(REPORT), 403, "scope-missing")
