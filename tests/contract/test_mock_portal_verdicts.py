"""The portal's view of each dossier, by its own clock, over HTTP."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from services.mock_portal.verdict import VerdictRules
from tests.contract.mock_portal_desk import HANOI, Desk, dossier, entry, wire

CODE = "000.00.01.H22-260105-0001"
MONDAY = datetime(2026, 1, 5, 8, tzinfo=HANOI)
DUE = datetime(2026, 1, 9, 17, tzinfo=HANOI)
# Longer than any test's clock moves, so that only what is tested ends a verdict's rest.
LONG_SESSIONS = PortalSettings(session_seconds=10**7)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal(LONG_SESSIONS) as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        desk.freeze(MONDAY)
        yield desk


def verdict(desk: Desk, code: str = CODE, query: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = desk.control("GET", f"/verdicts/{code}{query}")
    return answer


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_running_dossier_turns_late_when_the_clock_passes_its_due_time(desk: Desk) -> None:
    desk.create(dossier(CODE))
    desk.freeze(DUE)
    before = verdict(desk)
    desk.advance(timedelta(seconds=1))
    after = verdict(desk)

    assert (before["standing"], before["flagged_since"]) == ("running", None)
    assert moment(before["late_after"]) == DUE
    assert after["standing"] == "late"
    assert moment(after["flagged_since"]) == DUE
    assert after["was_flagged_late_from"] is None


def test_a_finish_that_arrives_late_clears_the_verdict_but_not_the_memory(desk: Desk) -> None:
    desk.create(dossier(CODE))
    desk.freeze(DUE + timedelta(hours=3))
    desk.progress(entry(CODE, 9, wire(DUE - timedelta(hours=1))))

    shown = verdict(desk)

    assert (shown["standing"], shown["rule"], shown["ended_by"]) == ("on_time", 2, "status_9")
    assert moment(shown["ended_at"]) == DUE - timedelta(hours=1)
    assert shown["flagged_since"] is None
    assert moment(shown["was_flagged_late_from"]) == DUE
    assert moment(shown["was_flagged_late_until"]) == DUE + timedelta(hours=3)


def test_a_repeated_supplement_request_makes_the_dossier_late(desk: Desk) -> None:
    desk.create(dossier(CODE))
    request = entry(CODE, 5, wire(MONDAY + timedelta(hours=2)))
    desk.progress(request)
    asked_once = verdict(desk)["standing"]
    desk.progress(request)

    assert asked_once == "waiting"
    assert verdict(desk)["standing"] == "late"
    assert verdict(desk)["supplement_requests"] == 2


def test_entries_count_by_their_own_time_whatever_the_order_of_arrival(desk: Desk) -> None:
    desk.create(dossier(CODE))
    desk.progress(entry(CODE, 4, wire(MONDAY + timedelta(hours=5))))
    desk.progress(entry(CODE, 5, wire(MONDAY + timedelta(hours=2))))

    shown = verdict(desk)

    assert (shown["standing"], shown["supplement_seconds"]) == ("running", 3 * 3600)


def test_a_dossier_without_due_time_is_held_to_the_procedures_limit(desk: Desk) -> None:
    desk.create(dossier(CODE, NgayHenTra="", MaTTHC="1.004873.000.00.00.H22"))

    shown = verdict(desk)

    assert shown["due_by"] == "legal_limit"
    assert moment(shown["due_at"]) == MONDAY + timedelta(days=3)


def test_an_updated_due_time_counts_from_its_arrival(desk: Desk) -> None:
    desk.create(dossier(CODE))
    desk.freeze(DUE + timedelta(days=1))
    desk.update(dossier(CODE, NgayHenTra=wire(DUE + timedelta(days=4))))

    shown = verdict(desk)

    assert shown["standing"] == "running"
    assert moment(shown["was_flagged_late_until"]) == DUE + timedelta(days=1)


def test_the_reporting_period_and_the_comparison_can_be_chosen_per_question(desk: Desk) -> None:
    desk.create(dossier(CODE))
    evening = "?as_of=2026-01-09T20:00:00%2B07:00"

    assert verdict(desk)["standing"] == "running"
    assert verdict(desk, query=evening)["standing"] == "late"
    assert verdict(desk, query=f"{evening}&compare=date")["standing"] == "running"


def test_the_explanation_names_the_values_in_vietnamese_first(desk: Desk) -> None:
    desk.create(dossier(CODE))
    desk.progress(entry(CODE, 9, wire(DUE)))

    explanation = verdict(desk)["explanation"]

    assert explanation.startswith("Kết thúc 17:00:00 09/01/2026 (status_9)")
    assert "hạn 17:00:00 09/01/2026 (NgayHenTra)" in explanation


def test_the_summary_and_the_pages_agree(desk: Desk) -> None:
    codes = [f"H22-{number:03d}" for number in range(450)]
    for start in range(0, 450, 50):
        desk.create(*(dossier(code) for code in codes[start : start + 50]))
    desk.progress(*(entry(code, 9, wire(MONDAY)) for code in codes[:300]))
    desk.freeze(DUE + timedelta(days=1))
    desk.progress(*(entry(code, 9, wire(MONDAY)) for code in codes[300:400]))

    summary = desk.control("GET", "/verdicts/summary")
    rows: list[dict[str, Any]] = []
    offset = 0
    while offset is not None:
        page = desk.control("GET", f"/verdicts?standing=on_time&limit=150&offset={offset}")
        rows, offset = rows + page["rows"], page["next_offset"]

    assert summary["standings"] == {"on_time": 400, "late": 50, "running": 0, "waiting": 0, "not_received": 0}
    assert (summary["dossiers"], summary["finished"]) == (450, 400)
    assert (summary["flagged"], summary["once_flagged"]) == (50, 100)
    assert [row["mahoso"] for row in rows] == codes[:400]


def test_an_unknown_dossier_has_no_verdict(desk: Desk) -> None:
    assert desk.http.get("/_control/verdicts/H22-none").status_code == 404


def test_the_portals_own_reading_can_be_the_date() -> None:
    rules = VerdictRules(compare="date")
    with running_portal(PortalSettings(verdict_rules=rules)) as address, Desk(address) as desk:
        desk.create(dossier(CODE))
        desk.progress(entry(CODE, 9, wire(DUE + timedelta(hours=2))))

        assert verdict(desk)["standing"] == "on_time"
        assert verdict(desk, query="?compare=instant")["standing"] == "late"


def test_the_clock_runs_stops_shifts_and_goes_on(desk: Desk) -> None:
    desk.control("PUT", "/clock", {"mode": "real"})
    assert abs(moment(desk.control("GET", "/clock")["now"]) - datetime.now(HANOI)) < timedelta(seconds=5)

    shifted = desk.control("PUT", "/clock", {"mode": "offset", "seconds": -86_400})
    assert abs(moment(shifted["now"]) + timedelta(days=1) - datetime.now(HANOI)) < timedelta(seconds=5)

    advanced = desk.control("PUT", "/clock", {"mode": "advance", "seconds": 86_400})
    assert (advanced["mode"], advanced["offset_seconds"]) == ("real", 0)

    desk.freeze(MONDAY)
    desk.advance(timedelta(hours=1))
    frozen = desk.control("GET", "/clock")
    assert (frozen["mode"], moment(frozen["now"])) == ("frozen", MONDAY + timedelta(hours=1))


@pytest.mark.parametrize(
    "order",
    [
        {"mode": "frozen", "at": "2026-01-05T08:00:00"},
        {"mode": "frozen", "at": "1999-12-31T00:00:00Z"},
        {"mode": "advance", "seconds": -1},
        {"mode": "offset", "seconds": 10**9},
        {"mode": "backwards"},
    ],
)
def test_an_impossible_clock_is_refused(desk: Desk, order: dict[str, object]) -> None:
    assert desk.http.put("/_control/clock", json=order).status_code == 422
    assert moment(desk.control("GET", "/clock")["now"]) == MONDAY


def test_the_clock_stops_before_the_calendar_does(desk: Desk) -> None:
    ten_years = {"mode": "advance", "seconds": 10 * 366 * 86_400}

    statuses = [desk.http.put("/_control/clock", json=ten_years).status_code for _ in range(9)]

    assert (statuses[0], statuses[-1]) == (200, 422)


@pytest.mark.parametrize(("counts", "standing", "seconds"), [(True, "on_time", 259_200), (False, "late", 0)])
def test_supplements_of_the_body_count_if_so_set(*, counts: bool, standing: str, seconds: float) -> None:
    supplement = {"NgayBoSung": "20260106080000", "NgayTiepNhanBoSung": "20260109080000"}
    settings = PortalSettings(verdict_rules=VerdictRules(supplements_from_body=counts))
    with running_portal(settings) as address, Desk(address) as desk:
        desk.create(dossier(CODE, DanhSachHoSoBoSung=[supplement]))
        desk.progress(entry(CODE, 2, "20260105080000"), entry(CODE, 9, "20260110080000"))
        shown = verdict(desk)

    assert (shown["standing"], shown["supplement_seconds"]) == (standing, seconds)


def test_a_supplement_in_body_and_progress_is_one_request() -> None:
    supplement = {"NgayBoSung": "20260106080000", "NgayTiepNhanBoSung": ""}
    settings = PortalSettings(verdict_rules=VerdictRules(supplements_from_body=True))
    with running_portal(settings) as address, Desk(address) as desk:
        desk.create(dossier(CODE, DanhSachHoSoBoSung=[supplement]))
        desk.progress(entry(CODE, 2, "20260105080000"), entry(CODE, 5, "20260106080000"))

        assert verdict(desk)["supplement_requests"] == 1
        assert verdict(desk)["standing"] == "waiting"
