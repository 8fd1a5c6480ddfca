"""Every fault shape as it looks on the wire, and what the portal holds afterwards."""

import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from services.mock_portal.instance import running_portal
from tests.contract.mock_portal_desk import CALL, DSTCODE, LOGIN, Desk, accepted, dossier

CODE = "000.00.01.H22-260105-0001"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        assert desk.session
        yield desk


def order(desk: Desk, shape: str, **details: object) -> int:
    fault = desk.control("POST", "/faults", {"shape": shape, "duration_seconds": 30, **details})
    return int(fault["id"])


def stored(desk: Desk) -> int:
    return int(desk.control("GET", "/state")["dossiers"])


def end_faults(desk: Desk) -> None:
    desk.control("DELETE", "/faults")


def test_down_by_reset_breaks_the_connection_without_an_answer(desk: Desk) -> None:
    order(desk, "down")

    with pytest.raises(httpx.ReadError):
        desk.create(dossier(CODE))
    assert stored(desk) == 0


def test_down_by_close_ends_the_connection_without_an_answer(desk: Desk) -> None:
    order(desk, "down", manner="close")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        desk.create(dossier(CODE))
    assert stored(desk) == 0


@pytest.mark.parametrize("manner", ["reset", "close"])
def test_down_strikes_connections_that_were_open_before_and_the_next_call_recovers(
    desk: Desk, manner: str
) -> None:
    desk.look_up(CODE)
    order(desk, "down", manner=manner, first_n=2)

    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            desk.look_up(CODE)

    assert accepted(desk.create(dossier(CODE)))


def test_control_answers_while_the_wire_is_down(desk: Desk) -> None:
    order(desk, "down")

    assert desk.control("GET", "/health") == {"status": "ok"}


def test_a_hang_stays_silent_until_the_client_gives_up(desk: Desk) -> None:
    order(desk, "hang")
    started = time.monotonic()

    with pytest.raises(httpx.ReadTimeout):
        desk.http.post(LOGIN, json={"username": "a", "password": "b"}, timeout=0.3)

    assert time.monotonic() - started >= 0.3
    assert desk.control("GET", "/ledger/summary")["struck"] == {"hang": 1}


@pytest.mark.parametrize("end", ["expiry", "deletion", "reset"])
def test_a_hang_ends_without_an_answer_when_its_rule_ends(desk: Desk, end: str) -> None:
    fault = order(desk, "hang", duration_seconds=0.8 if end == "expiry" else 30)

    def end_once_struck() -> None:
        while desk.control("GET", "/ledger/summary")["struck"] != {"hang": 1}:
            time.sleep(0.01)
        if end == "deletion":
            desk.control("DELETE", f"/faults/{fault}")
        elif end == "reset":
            desk.control("POST", "/reset")

    ending = threading.Thread(target=end_once_struck)
    ending.start()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        desk.create(dossier(CODE))
    ending.join()

    assert stored(desk) == 0


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_has_its_status_and_stores_nothing(desk: Desk, status: int) -> None:
    order(desk, "http_5xx", status=status)

    assert desk.raw_call("DongBoHoSoMC", isUpdating="False", data=[dossier(CODE)]).status_code == status
    assert stored(desk) == 0


@pytest.mark.parametrize("status", [200, 502])
def test_a_maintenance_page_comes_as_html(desk: Desk, status: int) -> None:
    order(desk, "html", status=status)

    response = desk.raw_call("DongBoHoSoMC", isUpdating="False", data=[dossier(CODE)])

    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")
    assert stored(desk) == 0


@pytest.mark.parametrize("manner", ["content_length", "chunked"])
def test_a_cut_body_breaks_off_after_the_dossier_is_stored(desk: Desk, manner: str) -> None:
    order(desk, "cut_body", manner=manner)

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        desk.create(dossier(CODE))
    assert stored(desk) == 1


def test_a_cut_body_without_any_framing_looks_whole_to_http_and_is_half_a_json(desk: Desk) -> None:
    order(desk, "cut_body", manner="close_delimited")

    response = desk.raw_call("DongBoHoSoMC", isUpdating="False", data=[dossier(CODE)])

    assert response.status_code == 200
    assert response.content.startswith(b'{"error_code"')
    with pytest.raises(ValueError, match=r".+"):
        response.json()
    assert stored(desk) == 1


@pytest.mark.parametrize("manner", ["close", "reset"])
def test_a_lost_answer_is_stored_and_the_repeat_meets_an_existing_dossier(desk: Desk, manner: str) -> None:
    order(desk, "answer_lost", manner=manner, first_n=1)

    with pytest.raises(httpx.TransportError):
        desk.create(dossier(CODE))
    answer = desk.create(dossier(CODE))

    assert "đã tồn tại" in answer["message"]
    assert stored(desk) == 1


def test_a_lost_answer_may_come_back_as_a_gateways_time_out(desk: Desk) -> None:
    order(desk, "answer_lost", manner="gateway_timeout")

    response = desk.raw_call("DongBoHoSoMC", isUpdating="False", data=[dossier(CODE)])

    assert response.status_code == 504
    assert response.headers["content-type"].startswith("text/html")
    assert stored(desk) == 1


def test_a_lost_answer_may_keep_the_client_waiting(desk: Desk) -> None:
    order(desk, "answer_lost", manner="hang", duration_seconds=0.8)

    with pytest.raises(httpx.RemoteProtocolError):
        desk.create(dossier(CODE))
    assert stored(desk) == 1


def test_a_slow_answer_is_stored_before_the_wait_and_arrives_whole(desk: Desk) -> None:
    order(desk, "slow", min_delay_ms=300, max_delay_ms=300)
    started = time.monotonic()

    assert accepted(desk.create(dossier(CODE)))

    assert 0.3 <= time.monotonic() - started < 3


def test_a_slow_request_is_stored_after_its_client_has_left(desk: Desk) -> None:
    order(desk, "slow", min_delay_ms=1000, max_delay_ms=1000, manner="request")
    body = {"session": desk.session, "madonvi": "H22", "service": "DongBoHoSoMC", "isUpdating": "False"}

    with pytest.raises(httpx.ReadTimeout):
        desk.http.post(CALL, json=body | {"data": [dossier(CODE)]}, timeout=0.1)

    assert stored(desk) == 0
    assert desk.control("GET", "/ledger/wait?dossiers=1&timeout=5")["reached"]


def test_a_slow_down_and_a_fault_strike_together(desk: Desk) -> None:
    order(desk, "slow", min_delay_ms=200, max_delay_ms=200)
    order(desk, "answer_lost")
    started = time.monotonic()

    with pytest.raises(httpx.RemoteProtocolError):
        desk.create(dossier(CODE))

    assert time.monotonic() - started >= 0.2
    assert stored(desk) == 1


@pytest.mark.parametrize("retry_after", ["1", "3600", "-5", "Wed, 21 Oct 2026 07:28:00 GMT", "soon", ""])
def test_throttling_sends_429_with_any_retry_after(desk: Desk, retry_after: str) -> None:
    order(desk, "throttled", retry_after=retry_after)

    response = desk.raw_call("DongBoHoSoMC", isUpdating="False", data=[dossier(CODE)])

    assert response.status_code == 429
    assert response.headers["retry-after"] == retry_after
    assert stored(desk) == 0


def test_an_ordered_expiry_ends_the_session_and_a_new_login_goes_on(desk: Desk) -> None:
    order(desk, "session_expired", first_n=1)

    refused = desk.create(dossier(CODE))
    still_refused = desk.create(dossier(CODE))
    desk.forget_session()

    assert "phiên" in refused["message"].lower()
    assert "phiên" in still_refused["message"].lower()
    assert accepted(desk.create(dossier(CODE)))


def test_a_rule_for_logins_leaves_calls_alone(desk: Desk) -> None:
    order(desk, "down", operation="login")

    assert accepted(desk.create(dossier(CODE)))
    desk.forget_session()
    with pytest.raises(httpx.TransportError):
        _ = desk.session


def test_a_rule_for_some_dossiers_leaves_others_alone(desk: Desk) -> None:
    order(desk, "http_5xx", dossier_pattern="*-0002")

    assert accepted(desk.create(dossier(CODE)))
    assert desk.raw_call("TraCuuHoSo", mahoso="H22-0002").status_code == 503
    assert desk.raw_call("CapNhatTienDoHoSoMC", data=[{"MaHoSo": "H22-0002"}]).status_code == 503


@pytest.mark.parametrize(
    "fault",
    [
        {"shape": "down"},
        {"shape": "down", "duration_seconds": 0},
        {"shape": "down", "duration_seconds": 86_401},
        {"shape": "melt", "duration_seconds": 1},
        {"shape": "down", "duration_seconds": 1, "manner": "politely"},
        {"shape": "down", "duration_seconds": 1, "operation": "DongBoHoSo"},
        {"shape": "http_5xx", "duration_seconds": 1, "status": 404},
        {"shape": "slow", "duration_seconds": 1, "min_delay_ms": 5, "max_delay_ms": 4},
        {"shape": "throttled", "duration_seconds": 1, "retry_after": "1\r\nx: y"},
        {"shape": "down", "duration_seconds": 1, "probability": 0},
    ],
)
def test_a_rule_without_expiry_or_with_a_wrong_detail_is_refused(
    desk: Desk, fault: dict[str, object]
) -> None:
    assert desk.http.post("/_control/faults", json=fault).status_code == 422


def test_running_rules_are_listed_with_their_hits_and_can_be_ended(desk: Desk) -> None:
    first = order(desk, "http_5xx", first_n=1)
    second = order(desk, "down")
    desk.raw_call("TraCuuHoSo", mahoso=CODE)

    listed = desk.control("GET", "/faults")

    assert [(rule["id"], rule["hits"]) for rule in listed] == [(first, 1), (second, 0)]
    assert all(0 < rule["seconds_left"] <= 30 for rule in listed)
    desk.control("DELETE", f"/faults/{second}")
    assert desk.look_up(CODE) == []
    assert desk.http.delete(f"/_control/faults/{second}").status_code == 404


@pytest.mark.parametrize("kind", ["down", "hang", "http_5xx", "html", "cut_body", "answer_lost"])
def test_an_outage_strikes_every_call_and_leaves_its_times_on_record(desk: Desk, kind: str) -> None:
    outage = desk.control("POST", "/outages", {"kind": kind, "seconds": 0.8 if kind == "hang" else 60})
    if kind in {"http_5xx", "html"}:
        assert not desk.raw_call("LayDanhSachTTHC").is_success or kind == "html"
    else:
        with pytest.raises(httpx.TransportError):
            desk.raw_call("LayDanhSachTTHC")
    desk.http.delete(f"/_control/faults/{outage['id']}")

    (listed,) = desk.control("GET", "/outages")

    assert (listed["kind"], listed["calls_struck"]) == (kind, 1)
    assert listed["started_at"] < listed["ended_at"]
    assert accepted(desk.call("LayDanhSachTTHC"))


def test_latency_delays_every_answer_between_its_bounds(desk: Desk) -> None:
    desk.control("PUT", "/latency", {"min_ms": 100, "max_ms": 120})
    started = time.monotonic()

    desk.look_up(CODE)

    assert time.monotonic() - started >= 0.1
    assert desk.control("GET", "/latency") == {"kind": "range", "min_ms": 100, "max_ms": 120}
    assert desk.http.put("/_control/latency", json={"min_ms": 9, "max_ms": 1}).status_code == 422


def test_a_reset_ends_all_misbehaviour(desk: Desk) -> None:
    desk.control("PUT", "/latency", {"min_ms": 100, "max_ms": 120})
    desk.control("POST", "/outages", {"kind": "down", "seconds": 60})

    desk.reset()

    assert accepted(desk.create(dossier(CODE)))
    assert desk.control("GET", "/faults") == desk.control("GET", "/outages") == []
    assert desk.control("GET", "/latency") == {"kind": "none"}


def test_another_address_of_the_same_portal_suffers_too(desk: Desk, address: str) -> None:
    order(desk, "http_5xx")

    response = httpx.post(
        f"{address}/XrdAdapter/RestService/forward/mapi/login", headers={"dstcode": DSTCODE}, json={}
    )

    assert response.status_code == 503
