"""Logging in and staying logged in, as a province's client sees it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.contract.mock_portal_desk import CALL, DSTCODE, LOGIN, Desk, accepted

ACCOUNT = {"username": "h22", "password": "right"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal(PortalSettings(accounts={"h22": "right"})) as address:
        yield address


@pytest.fixture
def http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as client:
        client.post("/_control/reset").raise_for_status()
        yield client


def log_in(http: httpx.Client) -> str:
    return str(http.post(LOGIN, params={"dstcode": DSTCODE}, json=ACCOUNT).json()["session"])


def look_up(http: httpx.Client, session: object) -> httpx.Response:
    body = {"session": session, "madonvi": "H22", "service": "TraCuuHoSo", "mahoso": "X-1"}
    return http.post(CALL, headers={"dstcode": DSTCODE}, json=body)


@pytest.mark.parametrize("prefix", ["/XrdAdapter", "/VXPAdapter"])
@pytest.mark.parametrize("place", ["header", "query"])
def test_login_gives_a_session_on_both_prefixes_with_dstcode_in_either_place(
    http: httpx.Client, prefix: str, place: str
) -> None:
    given = {"dstcode": DSTCODE}
    answer = http.post(
        f"{prefix}/RestService/forward/mapi/login",
        headers=given if place == "header" else {},
        params=given if place == "query" else {},
        json=ACCOUNT,
    ).json()

    assert accepted(answer)
    assert look_up(http, answer["session"]).json()["result"] == []


@pytest.mark.parametrize("dstcode", [None, "", "VN:GOV:000.00.00.G22:other"])
def test_a_missing_or_wrong_dstcode_is_refused(http: httpx.Client, dstcode: str | None) -> None:
    response = http.post(LOGIN, headers={} if dstcode is None else {"dstcode": dstcode}, json=ACCOUNT)

    assert response.status_code == 200
    assert str(response.json()["error_code"]) == "-1"
    assert "dstcode" in response.json()["message"]
    assert "session" not in response.json()


@pytest.mark.parametrize(
    "body",
    [{}, {"username": "h22"}, {"username": "h22", "password": "wrong"}, {"username": 1, "password": []}],
)
def test_a_wrong_account_gets_no_session(http: httpx.Client, body: dict[str, object]) -> None:
    answer = http.post(LOGIN, headers={"dstcode": DSTCODE}, json=body).json()

    assert str(answer["error_code"]) == "-1"
    assert "session" not in answer


def test_a_session_ends_after_ten_minutes_of_the_portals_clock(address: str, http: httpx.Client) -> None:
    with Desk(address) as desk:
        desk.freeze(datetime(2026, 1, 5, 8, tzinfo=UTC))
        session = log_in(http)
        desk.advance(timedelta(minutes=9, seconds=59))
        assert accepted(look_up(http, session).json())

        desk.advance(timedelta(seconds=1))
        response = look_up(http, session)

    assert response.status_code == 200
    assert str(response.json()["error_code"]) == "-2"
    assert "phiên" in response.json()["message"].lower()


@pytest.mark.parametrize("session", [None, "", "never-given", 7, ["x"]])
def test_an_unknown_session_is_refused_under_status_200(http: httpx.Client, session: object) -> None:
    response = look_up(http, session)

    assert response.status_code == 200
    assert str(response.json()["error_code"]) == "-2"


def test_error_codes_drift_in_type_but_repeat_after_a_reset(http: httpx.Client) -> None:
    def codes() -> list[object]:
        http.post("/_control/reset")
        session = log_in(http)
        return [look_up(http, session).json()["error_code"] for _ in range(30)]

    first = codes()

    assert {repr(code) for code in first} == {"0", "'0'", "'00'"}
    assert codes() == first


def test_error_codes_keep_their_type_when_drift_is_switched_off() -> None:
    with running_portal(PortalSettings(error_code_drift=False)) as address, Desk(address) as desk:
        found = {repr(desk.call("TraCuuHoSo", mahoso="X-1")["error_code"]) for _ in range(10)}
        refused = {repr(desk.call("TraCuuHoSo")["error_code"]) for _ in range(10)}

    assert found == {"0"}
    assert refused == {"'-1'"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "JSON"),
        (b"[]", "JSON"),
        (b'{"session": NaN}', "JSON"),
        (b'{"session": 1e999}', "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"{}", "service"),
        (b'{"service": "XoaHoSo"}', "service"),
        (b'{"service": ["TraCuuHoSo"]}', "service"),
    ],
)
def test_a_malformed_call_is_refused_in_words(http: httpx.Client, body: bytes, words: str) -> None:
    response = http.post(CALL, headers={"dstcode": DSTCODE}, content=body)

    assert response.status_code == 200
    assert str(response.json()["error_code"]) == "-1"
    assert words in response.json()["message"]


def test_a_body_above_the_limit_is_not_read_to_its_end() -> None:
    with running_portal(PortalSettings(max_body_bytes=1000)) as address, Desk(address) as desk:
        response = desk.http.post(CALL, content=b"x" * 1001)

    assert response.status_code == 413
