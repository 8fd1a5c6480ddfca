"""What a tester can read of everything that arrived."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.mock_portal.instance import running_portal
from tests.contract.mock_portal_desk import Desk, dossier, entry

CODE = "000.00.01.H22-260105-0001"
MORNING, NOON = "20260106080000", "20260106120000"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        yield desk


def test_a_dossiers_ledger_has_every_call_in_order_refused_and_struck_ones_too(desk: Desk) -> None:
    eight = datetime(2026, 1, 6, 1, tzinfo=UTC)
    desk.freeze(eight)
    desk.create(dossier(CODE, TrangThaiHoSo="0"))
    desk.create(dossier("H22-other"), dossier(CODE))
    desk.advance(timedelta(minutes=1))
    desk.control("POST", "/faults", {"shape": "http_5xx", "duration_seconds": 60, "first_n": 1})
    desk.raw_call("CapNhatTienDoHoSoMC", data=[entry(CODE, 2, MORNING)])
    desk.progress(entry("H22-other", 4, NOON), entry(CODE, 2, MORNING))

    ledger = desk.control("GET", f"/ledger?mahoso={CODE}")

    assert [(item["service"], item["outcome"], item["fault"]) for item in ledger["received"]] == [
        ("DongBoHoSoMC", "refused", None),
        ("DongBoHoSoMC", "accepted", None),
        ("CapNhatTienDoHoSoMC", "not_processed", "http_5xx"),
        ("CapNhatTienDoHoSoMC", "accepted", None),
    ]
    assert "TrangThaiHoSo" in ledger["received"][0]["message"]
    assert ledger["received"][1]["item"] == dossier(CODE)
    assert ledger["received"][3]["item"] == entry(CODE, 2, MORNING)
    assert ledger["stored"] is True
    (progress,) = ledger["progress"]
    assert (progress["status"], progress["occurred"]) == ("2", MORNING)
    assert datetime.fromisoformat(progress["arrived_at"]) == eight + timedelta(minutes=1)


def test_a_dossier_never_heard_of_has_no_ledger(desk: Desk) -> None:
    assert desk.http.get("/_control/ledger", params={"mahoso": "H22-none"}).status_code == 404


def test_a_refused_dossier_is_in_the_ledger_but_not_stored(desk: Desk) -> None:
    desk.update(dossier(CODE))

    ledger = desk.control("GET", f"/ledger?mahoso={CODE}")

    assert (ledger["stored"], len(ledger["received"]), ledger["progress"]) == (False, 1, [])


def test_the_summary_counts_calls_duplicates_and_disorder(desk: Desk) -> None:
    desk.create(dossier(CODE), dossier("H22-2"))
    desk.create(dossier(CODE))
    desk.progress(entry(CODE, 4, NOON), entry(CODE, 2, MORNING), entry("H22-2", 2, MORNING))
    desk.progress(entry(CODE, 4, NOON))
    desk.progress(entry(CODE, 4, NOON, NoiDungXuLy="khác"))
    desk.call("XoaHoSo")
    desk.control("POST", "/faults", {"shape": "answer_lost", "duration_seconds": 60})
    with pytest.raises(httpx.TransportError):
        desk.look_up(CODE)

    summary = desk.control("GET", "/ledger/summary")

    assert summary == {
        "dossiers": 2,
        "entries": 5,
        "duplicate_dossiers": 0,
        "duplicate_entries": 1,
        "out_of_order_entries": 1,
        "logins": 1,
        "calls": {
            "CapNhatTienDoHoSoMC": {"accepted": 3},
            "DongBoHoSoMC": {"accepted": 1, "refused": 1},
            "TraCuuHoSo": {"accepted": 1},
            "login": {"accepted": 1},
            "unknown": {"refused": 1},
        },
        "struck": {"answer_lost": 1},
    }


def test_duplicates_are_listed_with_the_calls_that_brought_them(desk: Desk) -> None:
    desk.create(dossier(CODE), dossier("H22-2"), dossier("H22-3"))
    desk.update(dossier(CODE), dossier("H22-3", TrangThaiHoSo="4"))
    desk.progress(entry("H22-2", 4, NOON), entry("H22-2", 9, NOON), entry("H22-3", 4, NOON))
    desk.progress(entry("H22-2", 4, NOON))

    rows = desk.control("GET", "/ledger/duplicates")["rows"]
    first_page = desk.control("GET", "/ledger/duplicates?limit=1")
    second_page = desk.control("GET", f"/ledger/duplicates?limit=1&offset={first_page['next_offset']}")

    assert [(row["code"], row["repeated_bodies"], row["calls"]) for row in rows] == [
        (CODE, 1, [3]),
        ("H22-2", 0, [4, 5]),
    ]
    (repeated,) = rows[1]["repeated_entries"]
    assert (repeated["status"], repeated["occurred"], repeated["times"]) == ("4", NOON, 2)
    assert first_page["rows"] + second_page["rows"] == rows


def test_codes_are_paged_in_order_of_arrival(desk: Desk) -> None:
    codes = [f"H22-{number:03d}" for number in range(5)]
    desk.create(*(dossier(code) for code in codes))
    desk.progress(entry(codes[4], 2, MORNING), entry(codes[4], 4, NOON))

    first = desk.control("GET", "/ledger/codes?limit=3")
    second = desk.control("GET", f"/ledger/codes?limit=3&offset={first['next_offset']}")

    assert [row["code"] for row in first["rows"] + second["rows"]] == codes
    assert second["rows"][-1] == {"code": codes[4], "bodies": 1, "entries": 2}
    assert second["next_offset"] is None


def test_waiting_ends_when_enough_has_arrived(desk: Desk, address: str) -> None:
    assert desk.session
    answers: list[dict[str, object]] = []

    def wait() -> None:
        with Desk(address) as other:
            answers.append(other.control("GET", "/ledger/wait?dossiers=2&entries=1&timeout=8"))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while desk.control("GET", "/state")["waits"] != 1:
        time.sleep(0.01)
    desk.create(dossier(CODE))
    desk.create(dossier("H22-2"))
    desk.progress(entry(CODE, 2, MORNING))
    waiting.join(5)

    assert answers == [{"reached": True, "dossiers": 2, "entries": 1}]


def test_waiting_in_vain_ends_at_its_time_limit(desk: Desk) -> None:
    started = time.monotonic()

    answer = desk.control("GET", "/ledger/wait?dossiers=1&timeout=0.2")

    assert answer == {"reached": False, "dossiers": 0, "entries": 0}
    assert 0.2 <= time.monotonic() - started < 3


def test_a_reset_forgets_everything_received(desk: Desk) -> None:
    desk.create(dossier(CODE))
    desk.progress(entry(CODE, 2, MORNING))

    desk.reset()

    assert desk.control("GET", "/ledger/summary")["calls"] == {}
    assert desk.control("GET", "/ledger/codes") == {"rows": [], "next_offset": None}
    assert desk.http.get("/_control/ledger", params={"mahoso": CODE}).status_code == 404
    assert desk.control("GET", "/state")["sessions"] == 0
