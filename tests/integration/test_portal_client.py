"""The client of the portal against a server that does everything servers do on bad days."""

import asyncio
import gzip
import hashlib
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.core.domain.dossier import Status
from services.core.domain.filing import Applicant, ApplicantKind
from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    Found,
    NotSent,
    Outcome,
    PortalEntry,
    PortalRecord,
    Rejected,
    Throttled,
    Unknown,
    Unsendable,
)
from services.core.domain.ports import EntriesOf
from services.core.gateways.portal import PortalClient
from services.core.telemetry import correlation
from tests.integration.portal_clients import ENTRY, HASTY, PATIENT, append, connected, create
from tests.integration.raw_portal import (
    CALL_PATH,
    LOGIN_PATH,
    Answer,
    RawPortal,
    answer,
    done,
    hang,
    raw,
    raw_portal,
    refused,
    reset,
)
from tests.unit.test_portal_wire import BODY

OK = b'{"error_code":0,"message":"Th\xc3\xa0nh c\xc3\xb4ng","result":[]}'
HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
async def portal() -> AsyncIterator[RawPortal]:
    async with raw_portal() as portal:
        yield portal


@pytest.fixture
async def client(portal: RawPortal) -> AsyncIterator[PortalClient]:
    async with connected(portal.url) as client:
        yield client


async def test_a_call_travels_in_the_portals_envelope(portal: RawPortal, client: PortalClient) -> None:
    correlation.begin("desk-7")
    sent = await client.push_dossiers([BODY, replace(BODY, code="D-2")], create=True)

    login, call = portal.requests
    assert login.body == {"username": "h44", "password": "bí mật"}
    assert sent.outcome == Accepted("Thành công")
    assert {name: call.body[name] for name in ("session", "madonvi", "service", "isUpdating")} == {
        "session": "session-1",
        "madonvi": "H44",
        "service": "DongBoHoSoMC",
        "isUpdating": "False",
    }
    assert [item["MaHoSo"] for item in call.body["data"]] == [BODY.code, "D-2"]
    for request in portal.requests:
        assert request.headers["dstcode"] == "VN:GOV:000.00.00.G22:vpcpdvcprovider"
        assert request.headers["content-type"] == "application/json"
        assert request.headers["x-request-id"] == "desk-7"
        assert request.headers["accept-encoding"] == "identity"
    data = call.raw[call.raw.index(b',"data":') + len(b',"data":') : -1]
    assert sent.digest == hashlib.sha256(data).digest()


async def test_each_operation_has_its_service(portal: RawPortal, client: PortalClient) -> None:
    await client.push_dossiers([BODY], create=False)
    await client.push_entries([EntriesOf("D-1", (ENTRY,)), EntriesOf("D-2", (ENTRY, ENTRY))])
    await client.look_up("D-1")

    update, progress, look_up = [request.body for request in portal.pushed]
    assert (update["service"], update["isUpdating"]) == ("DongBoHoSoMC", "True")
    assert (progress["service"], progress.get("isUpdating")) == ("CapNhatTienDoHoSoMC", None)
    assert [item["MaHoSo"] for item in progress["data"]] == ["D-1", "D-2", "D-2"]
    assert (look_up["service"], look_up["mahoso"]) == ("TraCuuHoSo", "D-1")
    assert portal.login_count == 1


SITUATIONS: dict[str, tuple[Answer, Outcome]] = {
    "hangs": (hang, Unknown("TimeoutError", lingering=True)),
    "drips a byte at a time": (
        raw(HEAD, *[bytes([byte]) for byte in b"Content-Length: 61\r\n\r\n" + OK], pause=0.08),
        Unknown("TimeoutError", lingering=True),
    ),
    "never ends its headers": (
        raw(HEAD, *[b"X-A: b\r\n"] * 100, pause=0.05),
        Unknown("TimeoutError", lingering=True),
    ),
    "stops in the middle": (
        raw(HEAD + b"Content-Length: 500\r\n\r\n" + OK[:20], pause=9),
        Unknown("TimeoutError", lingering=True),
    ),
    "resets": (reset, Unknown("ReadError")),
    "closes without a word": (raw(), Unknown("RemoteProtocolError")),
    "cuts what it announced": (
        raw(HEAD + b"Content-Length: 61\r\n\r\n" + OK[:20]),
        Unknown("RemoteProtocolError"),
    ),
    "cuts a chunk": (
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\n" + OK[:16] + b"\r\n"),
        Unknown("RemoteProtocolError"),
    ),
    "cuts without announcement": (
        raw(HEAD + b"Connection: close\r\n\r\n" + OK[:20]),
        Unknown("HTTP 200, unreadable body of 20 bytes"),
    ),
    "ends by closing": (raw(HEAD + b"Connection: close\r\n\r\n" + OK), Accepted("Thành công")),
    "is not HTTP": (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Unknown("RemoteProtocolError")),
    "answers with a page": (
        answer(200, b"<html>Bao tri</html>", "Content-Type: text/html"),
        Unknown("HTTP 200, unreadable body of 20 bytes"),
    ),
    "answers with too much": (answer(200, b" " * 10_001), Unknown("reply too large")),
    "never stops": (
        raw(HEAD + b"Connection: close\r\n\r\n", *[b"x" * 5_000] * 200),
        Unknown("reply too large"),
    ),
    "packs a bomb": (
        answer(200, gzip.compress(b" " * 5_000_000), "Content-Encoding: gzip"),
        Unknown(f"HTTP 200, unreadable body of {len(gzip.compress(b' ' * 5_000_000))} bytes"),
    ),
    "points elsewhere": (answer(302, b"", "Location: /mapi/other"), Unknown("HTTP 302")),
    "breaks down": (answer(500, b""), Unknown("HTTP 500")),
    "stands behind a tired gateway": (answer(504, b""), Unknown("HTTP 504", lingering=True)),
    "is busy": (answer(429, b"", "Retry-After: 12"), Throttled(timedelta(seconds=12))),
    "rests": (answer(503, b"", "Retry-After: 600"), Throttled(timedelta(minutes=10))),
    "refuses": (refused(-1, "MaTTHC không có"), Rejected("-1", "MaTTHC không có")),
    "has it": (refused("3", "Hồ sơ đã tồn tại"), AlreadyExists("Hồ sơ đã tồn tại")),
    "is content": (done(), Accepted("Thành công")),
}


@pytest.mark.parametrize("name", SITUATIONS)
async def test_a_portal_that(name: str, portal: RawPortal) -> None:
    behaviour, outcome = SITUATIONS[name]
    cut_off = outcome == Unknown("TimeoutError", lingering=True)
    async with connected(portal.url, call_seconds=HASTY if cut_off else PATIENT) as client:
        await client.look_up("D-0")
        portal.calls.append(behaviour)
        started = time.monotonic()
        assert await create(client) == outcome
        assert time.monotonic() - started < 4.0
        assert len(portal.pushed) == 2, "nothing is repeated, no redirect is followed"
        assert await append(client) == Accepted("Thành công"), "the next call is well again"


async def test_a_portal_that_is_not_there_got_nothing() -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        async with connected(url) as client:
            assert await create(client) == NotSent("login not_sent")
            assert await client.look_up("D-1") == NotSent("login not_sent")


async def test_a_portal_that_goes_away_after_the_login_got_nothing() -> None:
    async with raw_portal() as portal, connected(portal.url) as client:
        portal.calls.append(answer(200, {"error_code": 0, "result": []}, "Connection: close"))
        assert await client.look_up("D-1") == Found(None)
        url = portal.url
    async with connected(url) as client:
        assert isinstance(await create(client), NotSent)


async def test_the_limit_of_connections_is_not_the_portals_fault(portal: RawPortal) -> None:
    async with connected(portal.url, connections=1, call_seconds=3.0) as client:
        await client.look_up("D-0")
        portal.calls.append(hang)
        hanging = asyncio.create_task(create(client))
        await asyncio.sleep(0.05)
        assert await append(client) == NotSent("PoolTimeout")
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)


async def test_a_body_that_cannot_be_written_never_leaves(portal: RawPortal, client: PortalClient) -> None:
    number: Any = 12345678901
    without_due = replace(BODY, code="D-1", due_at=None)
    ill_typed = replace(BODY, code="D-2", applicant=Applicant(ApplicantKind.CITIZEN, "A", number))
    sent = await client.push_dossiers([without_due, ill_typed], create=True)
    assert isinstance(sent.outcome, Unsendable)
    assert sent.left_out == {"D-1": "NgayHenTra is missing", "D-2": "TypeError"}
    assert portal.requests == []


async def test_a_body_that_cannot_be_written_does_not_keep_the_others_back(
    portal: RawPortal, client: PortalClient
) -> None:
    await client.look_up("D-0")
    without_due = replace(BODY, code="D-1", due_at=None)
    sent = await client.push_dossiers([without_due, BODY], create=True)
    assert not isinstance(sent.outcome, Unsendable)
    assert list(sent.left_out) == ["D-1"]
    (item,) = portal.requests[-1].body["data"]
    assert item["MaHoSo"] == BODY.code


def found(*items: object) -> Answer:
    return done(result=list(items))


AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
LINE = {"ThoiDiemXuLy": "20260105080000", "TrangThai": "2"}


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (found(), Found(None)),
        (found({"MaHoSo": "D-1"}), Found(PortalRecord("D-1", None))),
        (
            found({"MaHoSo": "D-1", "DanhSachTienDo": [LINE]}),
            Found(PortalRecord("D-1", (PortalEntry(AT, Status.RECEIVED),))),
        ),
        (found({"MaHoSo": "D-2"}), Unknown("answer about another dossier")),
        (found({"MaHoSo": "D-1"}, {"MaHoSo": "D-1"}), Unknown("answer about another dossier")),
        (found({"MaHoSo": "D-1", "DanhSachTienDo": [{}]}), Unknown("unreadable record")),
        (found("D-1"), Unknown("unreadable record")),
        (done(), Unknown("answer without a result")),
        (refused(-1, "Không được phép"), Rejected("-1", "Không được phép")),
        (refused(-1, "Lỗi hệ thống"), Unknown("-1: Lỗi hệ thống")),
        (answer(200, b""), Unknown("HTTP 200, unreadable body of 0 bytes")),
        (reset, Unknown("ReadError")),
    ],
)
async def test_a_look_up_proves(
    portal: RawPortal, client: PortalClient, behaviour: Answer, outcome: object
) -> None:
    portal.calls.append(behaviour)
    assert await client.look_up("D-1") == outcome


async def test_no_identity_number_stands_in_an_address(portal: RawPortal, client: PortalClient) -> None:
    await create(client)
    await client.look_up(BODY.code)
    number = BODY.applicant.identity_number
    assert number is not None
    for request in portal.requests:
        assert request.target in (LOGIN_PATH, CALL_PATH)
        assert number not in json.dumps(request.headers)


async def test_a_cancelled_call_leaves_a_working_client(portal: RawPortal, client: PortalClient) -> None:
    await client.look_up("D-0")
    portal.calls.append(hang)
    task = asyncio.create_task(append(client))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await append(client) == Accepted("Thành công")
