"""Many portals in one process, none of which knows of the others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from services.mock_portal.instance import running_portal
from tests.contract.mock_portal_desk import CALL, DSTCODE, LOGIN, Desk, accepted, dossier

TENANTS = 1000


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


def test_path_and_header_name_the_same_tenant_and_the_path_wins(address: str) -> None:
    with Desk(f"{address}/t/by-path") as desk:
        assert accepted(desk.create(dossier("H22-1")))
    by_header = {"x-mock-tenant": "by-path"}

    def held(path: str, headers: dict[str, str]) -> int:
        return int(httpx.get(f"{address}{path}/_control/state", headers=headers).json()["dossiers"])

    assert held("", by_header) == held("/t/by-path", {}) == held("/t/by-path", {"x-mock-tenant": "no"}) == 1
    assert held("", {}) == held("", {"x-mock-tenant": "no"}) == 0


def test_nothing_ordered_of_one_tenant_touches_another(address: str) -> None:
    with Desk(f"{address}/t/calm") as calm, Desk(f"{address}/t/stormy") as stormy:
        assert calm.session
        assert stormy.session
        stormy.control("POST", "/outages", {"kind": "down", "seconds": 60})
        stormy.control("PUT", "/clock", {"mode": "frozen", "at": "2026-01-05T08:00:00+07:00"})
        stormy.control("PUT", "/latency", {"min_ms": 5000, "max_ms": 5000})
        stormy.control("PUT", "/capacity", {"quota_calls": 0})
        stormy.control("PATCH", "/switches", {"error_code_drift": False, "refuse_existing_dossier": False})

        assert accepted(calm.create(dossier("H22-1")))
        assert not accepted(calm.create(dossier("H22-1")))
        assert calm.control("GET", "/clock")["mode"] == "real"
        assert calm.control("GET", "/faults") == []
        with pytest.raises(httpx.TransportError):
            stormy.create(dossier("H22-1"))


def test_a_session_of_one_tenant_is_none_of_another(address: str) -> None:
    with Desk(f"{address}/t/one") as one:
        envelope = {"session": one.session, "madonvi": "H22", "service": "TraCuuHoSo", "mahoso": "H22-1"}
    answer = httpx.post(f"{address}/t/two{CALL}", headers={"dstcode": DSTCODE}, json=envelope).json()

    assert "phiên" in answer["message"].lower()


def test_a_dropped_tenant_is_fresh_when_it_is_named_again(address: str) -> None:
    with Desk(f"{address}/t/dropped") as desk:
        desk.create(dossier("H22-1"))
        root = httpx.Client(base_url=f"{address}/_control")
        with root:
            names = {row["name"]: row["dossiers"] for row in root.get("/tenants").json()}
            dropped, again = root.delete("/tenants/dropped"), root.delete("/tenants/dropped")

        assert (names["dropped"], names["default"]) == (1, 0)
        assert (dropped.status_code, again.status_code) == (204, 404)
        assert desk.control("GET", "/state")["dossiers"] == 0


def test_dropping_a_tenant_lets_go_of_its_hanging_clients(address: str) -> None:
    with Desk(f"{address}/t/hanging", timeout_seconds=20) as desk:
        assert desk.session
        desk.control("POST", "/faults", {"shape": "hang", "duration_seconds": 60})
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(desk.create, dossier("H22-1"))
            while desk.http.get("/_control/state").json()["in_flight"] != 1:
                pass
            httpx.delete(f"{address}/_control/tenants/hanging").raise_for_status()

            with pytest.raises(httpx.TransportError):
                call.result(5)


@pytest.mark.parametrize("name", ["!", "a" * 65, ".hidden", "a%20b"])
def test_a_name_that_is_none_is_told_in_vietnamese_and_english(address: str, name: str) -> None:
    response = httpx.get(f"{address}/t/{name}/_control/state")

    assert response.status_code == 400
    assert "tenant" in response.json()["detail"]


def test_an_unknown_address_and_another_method_are_not_found(address: str) -> None:
    assert httpx.post(f"{address}/t/x/elsewhere").status_code == 404
    assert httpx.get(f"{address}{LOGIN}").status_code == 404


def test_a_thousand_tenants_take_the_same_codes_without_touching_one_another() -> None:
    def fill(http: httpx.Client, number: int) -> None:
        headers = {"dstcode": DSTCODE, "x-mock-tenant": f"suite-{number}"}
        login = http.post(LOGIN, headers=headers, json={"username": "a", "password": "b"}).json()
        items = [dossier(f"H22-{item}") for item in range(1 + number % 3)]
        envelope = {"session": login["session"], "madonvi": "H22", "service": "DongBoHoSoMC"}
        body = envelope | {"isUpdating": "False", "data": items}
        assert accepted(http.post(CALL, headers=headers, json=body).json())

    with running_portal() as address, httpx.Client(base_url=address, timeout=30) as http:
        for number in range(TENANTS):
            fill(http, number)
        rows = http.get("/_control/tenants").json()

    held = {row["name"]: (row["dossiers"], row["calls"]) for row in rows if row["name"] != "default"}
    assert held == {f"suite-{number}": (1 + number % 3, 2) for number in range(TENANTS)}
