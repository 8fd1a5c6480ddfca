"""The client of the portal against the mock portal, which was written from the same facts by other eyes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.filing import DossierBody
from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    AuthRefused,
    Found,
    Outcome,
    PortalRecord,
    Rejected,
    Throttled,
    Unknown,
)
from services.core.domain.ports import EntriesOf
from services.core.gateways.portal import PortalAddress, PortalClient
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.unit.test_portal_wire import BODY

CODE = BODY.code
ENTRIES = tuple(
    ProgressEntry(seq, status, datetime(2026, 1, 4 + seq, 1, 30, tzinfo=UTC), "A", None, "Bước")
    for seq, status in enumerate((Status.RECEIVED, Status.SUPPLEMENT_REQUESTED, Status.FINISHED), start=1)
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_portal(PortalSettings(accounts={"h44": "pw"})) as url:
        yield url


@pytest.fixture
async def control(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{url}/_control") as control:
        yield control


@pytest.fixture
async def client(url: str, control: httpx.AsyncClient) -> AsyncIterator[PortalClient]:
    await order(control, "/reset", {})
    client = PortalClient(address(url))
    yield client
    await client.close()


def address(url: str, **changes: Any) -> PortalAddress:
    plain = PortalAddress(
        url=url,
        login_path="/XrdAdapter/RestService/forward/mapi/login",
        call_path="/XrdAdapter/RestService/forward/mapi/g",
        dstcode="VN:GOV:000.00.00.G22:vpcpdvcprovider",
        organisation_code="H44",
        username="h44",
        password="pw",
        call_seconds=1.5,
        reply_bytes=100_000,
        connections=8,
    )
    return replace(plain, **changes)


async def order(control: httpx.AsyncClient, path: str, details: dict[str, Any]) -> None:
    (await control.post(path, json=details)).raise_for_status()


async def create(client: PortalClient, *bodies: DossierBody) -> Outcome:
    return (await client.push_dossiers(bodies or [BODY], create=True)).outcome


async def append(client: PortalClient, *entries: ProgressEntry) -> Outcome:
    return (await client.push_entries([EntriesOf(CODE, entries)])).outcome


async def shown(client: PortalClient) -> PortalRecord | None:
    found = await client.look_up(CODE)
    assert isinstance(found, Found), found
    return found.record


async def test_a_dossier_travels_and_can_be_looked_up(client: PortalClient) -> None:
    assert await shown(client) is None
    assert isinstance(await create(client), Accepted)
    assert await shown(client) == PortalRecord(CODE, ())
    assert isinstance((await client.push_dossiers([BODY], create=False)).outcome, Accepted)
    assert isinstance(await append(client, *ENTRIES), Accepted)

    record = await shown(client)
    assert record is not None
    assert record.entries is not None
    assert [(entry.at, entry.status) for entry in record.entries] == [
        (entry.occurred_at, entry.status) for entry in ENTRIES
    ]


async def test_refusals_of_the_mock_are_read_as_meant(client: PortalClient) -> None:
    assert isinstance(await append(client, ENTRIES[0]), Rejected)
    assert isinstance((await client.push_dossiers([BODY], create=False)).outcome, Rejected)
    unknown = await create(client, replace(BODY, procedure_code="9.999999"))
    assert isinstance(unknown, Rejected)
    assert "MaTTHC" in unknown.message
    assert await shown(client) is None
    assert isinstance(await create(client), Accepted)
    assert isinstance(await create(client), AlreadyExists)
    assert isinstance(await create(client, replace(BODY, code="D-9"), BODY), AlreadyExists)


async def test_drifting_codes_are_all_understood(client: PortalClient) -> None:
    outcomes = [await create(client, replace(BODY, code=f"D-{number}")) for number in range(12)]
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    outcomes = [await create(client, replace(BODY, code=f"D-{number}")) for number in range(12)]
    assert {type(outcome) for outcome in outcomes} == {AlreadyExists}


@pytest.mark.parametrize(
    ("fault", "outcome", "stored"),
    [
        ({"shape": "down", "manner": "reset"}, Unknown("ReadError"), False),
        ({"shape": "down", "manner": "close"}, Unknown("RemoteProtocolError"), False),
        ({"shape": "hang"}, Unknown("TimeoutError", lingering=True), False),
        ({"shape": "http_5xx", "status": 502}, Unknown("HTTP 502"), False),
        ({"shape": "html", "status": 503}, Unknown("HTTP 503"), False),
        ({"shape": "cut_body", "manner": "content_length"}, Unknown("RemoteProtocolError"), True),
        ({"shape": "cut_body", "manner": "chunked"}, Unknown("RemoteProtocolError"), True),
        ({"shape": "answer_lost", "manner": "reset"}, Unknown("ReadError"), True),
        ({"shape": "answer_lost", "manner": "close"}, Unknown("RemoteProtocolError"), True),
        ({"shape": "answer_lost", "manner": "hang"}, Unknown("TimeoutError", lingering=True), True),
        ({"shape": "answer_lost", "manner": "gateway_timeout"}, Unknown("HTTP 504", lingering=True), True),
        ({"shape": "throttled", "retry_after": "9"}, Throttled(timedelta(seconds=9)), False),
    ],
    ids=lambda value: "-".join(str(v) for v in value.values()) if isinstance(value, dict) else None,
)
async def test_every_fault_is_read_as_what_it_proves(
    client: PortalClient,
    control: httpx.AsyncClient,
    fault: dict[str, Any],
    outcome: Outcome,
    *,
    stored: bool,
) -> None:
    await create(client)
    await order(control, "/faults", {"duration_seconds": 30, "operation": "CapNhatTienDoHoSoMC", **fault})

    assert await append(client, *ENTRIES) == outcome

    record = await shown(client)
    assert record is not None
    assert record.entries is not None
    assert len(record.entries) == (3 if stored else 0)


@pytest.mark.parametrize("fault", [{"shape": "html"}, {"shape": "cut_body", "manner": "close_delimited"}])
async def test_an_unreadable_answer_is_unknown(
    client: PortalClient, control: httpx.AsyncClient, fault: dict[str, Any]
) -> None:
    await order(control, "/faults", {"duration_seconds": 30, "operation": "DongBoHoSoMC", **fault})
    outcome = await create(client)
    assert isinstance(outcome, Unknown)
    assert "unreadable" in outcome.reason


async def test_an_expired_session_goes_unnoticed(client: PortalClient, control: httpx.AsyncClient) -> None:
    await create(client)
    await order(control, "/faults", {"shape": "session_expired", "duration_seconds": 30, "first_n": 1})
    outcomes = await asyncio.gather(*(append(client, entry) for entry in ENTRIES))
    assert {type(outcome) for outcome in outcomes} == {Accepted}


async def test_a_wrong_password_is_a_matter_of_the_login(url: str) -> None:
    client = PortalClient(address(url, password="falsch"))
    assert await create(client) == AuthRefused("login answered -1")
    await client.close()


async def test_a_wrong_dstcode_is_a_matter_of_the_login(url: str) -> None:
    client = PortalClient(address(url, dstcode="VN:GOV:elsewhere"))
    assert await create(client) == AuthRefused("login answered -1")
    await client.close()
