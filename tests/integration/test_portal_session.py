"""One session for all calls: when a new one is asked for, and when not."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.core.domain.outcome import Accepted, AuthRefused, NotSent, Outcome, Throttled, Unknown
from services.core.gateways.portal import PortalClient
from tests.integration.portal_clients import HASTY, PATIENT, address, append, connected
from tests.integration.raw_portal import Answer, RawPortal, answer, done, hang, raw_portal, refused, reset


@pytest.fixture
async def portal() -> AsyncIterator[RawPortal]:
    async with raw_portal() as portal:
        yield portal


@pytest.fixture
async def client(portal: RawPortal) -> AsyncIterator[PortalClient]:
    async with connected(portal.url) as client:
        yield client


@pytest.mark.parametrize("calls", [1, 12])
async def test_one_login_serves_all_calls(portal: RawPortal, client: PortalClient, calls: int) -> None:
    portal.login_takes = 0.05
    outcomes = await asyncio.gather(*(append(client) for _ in range(calls)))
    assert outcomes == [Accepted("Thành công")] * calls
    assert portal.login_count == 1


async def test_a_refused_session_costs_one_new_login_for_all(portal: RawPortal, client: PortalClient) -> None:
    await client.look_up("D-0")
    portal.login_takes = 0.05
    portal.calls.extend([refused(-2, "Phiên làm việc đã hết hạn")] * 5)

    outcomes = await asyncio.gather(*(append(client) for _ in range(5)))

    assert outcomes == [Accepted("Thành công")] * 5
    assert portal.login_count == 2
    assert {request.body["session"] for request in portal.pushed[6:]} == {"session-2"}


@pytest.mark.parametrize("refusal", [refused(-2, "Session expired"), answer(401, b""), answer(403, b"")])
async def test_a_session_that_is_refused_twice_is_a_matter_of_the_login(
    portal: RawPortal, client: PortalClient, refusal: Answer
) -> None:
    portal.calls.extend([refusal, refusal])
    assert await append(client) == AuthRefused("session refused twice")
    assert (portal.login_count, len(portal.pushed)) == (2, 2)


async def test_an_unauthorised_call_is_repeated_once_with_a_new_session(
    portal: RawPortal, client: PortalClient
) -> None:
    portal.calls.append(answer(401, b""))
    assert await append(client) == Accepted("Thành công")
    assert [request.body["session"] for request in portal.pushed] == ["session-1", "session-2"]


async def test_an_old_session_is_not_used_any_more(portal: RawPortal) -> None:
    async with connected(portal.url, session_seconds=0.1) as client:
        await client.look_up("D-1")
        await client.look_up("D-1")
        assert portal.login_count == 1
        await asyncio.sleep(0.15)
        await client.look_up("D-1")
        assert portal.login_count == 2


@pytest.mark.parametrize(
    ("login", "outcome"),
    [
        (refused(-1, "Sai mật khẩu"), AuthRefused("login answered -1")),
        (done(), AuthRefused("login answered 0")),  # without a session
        (answer(401, b""), AuthRefused("HTTP 401")),
        (answer(400, {"error_code": -1, "message": "x"}), AuthRefused("login answered HTTP 400")),
        (answer(429, b"", "Retry-After: 5"), Throttled(timedelta(seconds=5))),
        (answer(502, b""), NotSent("login unknown")),
        (reset, NotSent("login unknown")),
        (hang, NotSent("login unknown")),
        (answer(200, b"<html></html>"), NotSent("login unknown")),
    ],
)
async def test_a_failed_login_means_that_the_call_never_left(
    portal: RawPortal, login: Answer, outcome: Outcome
) -> None:
    portal.logins.append(login)
    async with connected(portal.url, call_seconds=HASTY if login is hang else PATIENT) as client:
        started = time.monotonic()
        assert await append(client) == outcome
        assert time.monotonic() - started < 4.0
    assert portal.pushed == []


async def test_refused_logins_are_not_repeated_until_the_account_is_locked(
    portal: RawPortal, client: PortalClient
) -> None:
    portal.logins.extend([refused(-1, "Sai mật khẩu")] * 50)
    outcomes = await asyncio.gather(*(append(client) for _ in range(10)))
    outcomes += [await append(client) for _ in range(10)]
    assert outcomes == [AuthRefused("login answered -1")] * 20
    assert portal.login_count == 1


async def test_all_logins_fit_into_the_time_of_one_call(portal: RawPortal) -> None:
    """Calls that wait for somebody else's hanging login end when they would have ended themselves."""
    portal.logins.extend([hang] * 50)
    async with connected(portal.url, call_seconds=HASTY) as client:
        started = time.monotonic()
        outcomes = await asyncio.gather(*(append(client) for _ in range(10)))
        assert time.monotonic() - started < 4.0, "ten logins one after the other would take seven seconds"
    assert {type(outcome) for outcome in outcomes} == {NotSent}


async def test_a_login_between_two_tries_does_not_stretch_the_call(portal: RawPortal) -> None:
    async with connected(portal.url, call_seconds=2.0) as client:
        await client.look_up("D-0")
        portal.login_takes = 1.5
        portal.calls.extend([refused(-2, "Session expired"), hang])
        started = time.monotonic()
        assert await append(client) == Unknown("TimeoutError", lingering=True)
        assert time.monotonic() - started < 3.0, "a whole call after the login would take until 3.5"


async def test_logins_are_reported_by_outcome(portal: RawPortal) -> None:
    seen: list[str] = []
    client = PortalClient(address(portal.url), on_login=seen.append)
    portal.logins.append(answer(502, b""))
    await append(client)
    await asyncio.sleep(1.05)
    await append(client)
    await client.close()
    assert seen == ["not_sent", "accepted"]


async def test_what_the_portal_has_us_carry_travels_with_every_later_call(
    portal: RawPortal, client: PortalClient
) -> None:
    body = {"error_code": 0, "message": "Thành công", "result": []}
    portal.calls.append(answer(200, body, "Set-Cookie: machine=7; Path=/"))
    for code in ("D-1", "D-2", "D-3"):
        await client.look_up(code)
    assert [request.headers.get("cookie") for request in portal.pushed] == [None, "machine=7", "machine=7"]
