"""Finding calls in the ledger: matches, near misses, and waiting for what is to come."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from services.mock_portal.instance import running_portal
from tests.contract.mock_portal_desk import Desk, dossier, entry

CODE, OTHER = "000.00.01.H22-260105-0001", "000.00.01.H22-260105-0002"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        yield desk


def find(desk: Desk, query: str = "", **wanted: object) -> dict[str, Any]:
    found: dict[str, Any] = desk.control("POST", f"/ledger/find{query}", wanted)
    return found


def test_calls_are_listed_in_order_with_what_was_answered(desk: Desk) -> None:
    desk.create(dossier(CODE), dossier(OTHER))
    desk.control("POST", "/faults", {"shape": "http_5xx", "duration_seconds": 60, "first_n": 1})
    desk.raw_call("TraCuuHoSo", mahoso=CODE)
    desk.create(dossier(CODE))

    page = desk.control("GET", "/ledger/calls")

    assert [(row["number"], row["service"], row["outcome"], row["fault"]) for row in page["rows"]] == [
        (1, "login", "accepted", None),
        (2, "DongBoHoSoMC", "accepted", None),
        (3, "TraCuuHoSo", "not_processed", "http_5xx"),
        (4, "DongBoHoSoMC", "refused", None),
    ]
    assert page["rows"][1]["dossiers"] == [CODE, OTHER]
    assert page["rows"][2]["dossiers"] == [CODE]
    assert "đã tồn tại" in page["rows"][3]["message"]
    assert [row["number"] for row in desk.control("GET", "/ledger/calls?after=1&limit=2")["rows"]] == [2, 3]
    assert [row["number"] for row in desk.control("GET", "/ledger/calls?limit=1")["rows"]] == [4]
    assert page["last_number"] == 4


def test_what_is_looked_for_is_found_by_any_of_its_marks(desk: Desk) -> None:
    desk.create(dossier(CODE), dossier(OTHER), madonvi="H22.07")
    desk.progress(entry(CODE, 9, "20260106080000"))

    assert find(desk, mahoso="*-0001")["matched"] == 2
    assert find(desk, unit="H22.07")["matched"] == 2
    (match,) = find(desk, service="CapNhatTienDoHoSoMC", item={"TrangThai": "9"}, outcome="accepted")[
        "matches"
    ]
    assert (match["call"], match["item"]["MaHoSo"]) == (3, CODE)
    assert find(desk, mahoso="*-0001", after=2)["matched"] == 1


def test_a_near_miss_names_the_field_it_failed_by(desk: Desk) -> None:
    desk.create(dossier(CODE), dossier(OTHER, TrangThaiHoSo="4"))
    desk.progress(entry(CODE, 4, "20260106080000"))

    found = find(desk, service="CapNhatTienDoHoSoMC", mahoso=CODE, item={"TrangThai": "9"})

    assert found["matched"] == 0
    nearest = found["near_misses"][0]
    assert nearest["differs_in"] == [{"field": "item.TrangThai", "wanted": "9", "got": "4"}]
    assert nearest["call"] == 3
    distances = [len(near["differs_in"]) for near in found["near_misses"]]
    assert distances == sorted(distances)
    assert len(find(desk, "?limit=1", item={"TrangThai": "9"})["near_misses"]) == 1


def test_a_password_is_nowhere_in_the_ledger(desk: Desk) -> None:
    assert desk.session

    assert "secret" not in str(find(desk, service="login")) + str(desk.control("GET", "/state/export"))


def test_waiting_for_an_item_ends_when_it_arrives(desk: Desk, address: str) -> None:
    assert desk.session
    answers: list[dict[str, Any]] = []

    def wait() -> None:
        with Desk(address) as other:
            wanted = {"mahoso": CODE, "item": {"TrangThai": "9"}, "outcome": "accepted"}
            answers.append(other.control("POST", "/ledger/await?count=2&timeout=8", wanted))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while desk.control("GET", "/state")["waits"] != 1:
        time.sleep(0.01)
    desk.create(dossier(CODE))
    desk.progress(entry(CODE, 4, "20260106080000"), entry(CODE, 9, "20260106090000"))
    assert answers == []
    desk.progress(entry(CODE, 9, "20260106090000"))
    waiting.join(5)

    assert [(answer["reached"], answer["matched"]) for answer in answers] == [(True, 2)]


def test_waiting_in_vain_tells_what_came_close(desk: Desk) -> None:
    desk.create(dossier(CODE))

    answer = desk.control("POST", "/ledger/await?timeout=0.2", {"mahoso": OTHER, "service": "DongBoHoSoMC"})

    assert (answer["reached"], answer["matched"]) == (False, 0)
    assert answer["near_misses"][0]["differs_in"] == [{"field": "mahoso", "wanted": OTHER, "got": CODE}]


def test_refused_and_struck_calls_can_be_awaited_too(desk: Desk) -> None:
    desk.control("POST", "/faults", {"shape": "html", "duration_seconds": 60})
    desk.http.post("/VXPAdapter/RestService/forward/mapi/login", json={"username": "a", "password": "b"})

    assert desk.control("POST", "/ledger/await?timeout=5", {"fault": "html"})["reached"]
