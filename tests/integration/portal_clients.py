"""The client under test, set up for a portal made of bare sockets, and one call of each kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.outcome import Outcome
from services.core.domain.ports import EntriesOf
from services.core.gateways.portal import PortalAddress, PortalClient
from tests.integration.raw_portal import CALL_PATH, LOGIN_PATH
from tests.unit.test_portal_wire import BODY

#: For calls that are to end by themselves, however busy the machine is; and for those that are cut off.
PATIENT, HASTY = 20.0, 0.7
ENTRY = ProgressEntry(1, Status.RECEIVED, datetime(2026, 1, 5, 1, 0, tzinfo=UTC), "A", None, "Tiếp nhận")


def address(url: str, **changes: Any) -> PortalAddress:
    plain = PortalAddress(
        url=url,
        login_path=LOGIN_PATH,
        call_path=CALL_PATH,
        dstcode="VN:GOV:000.00.00.G22:vpcpdvcprovider",
        organisation_code="H44",
        username="h44",
        password="bí mật",
        call_seconds=PATIENT,
        reply_bytes=10_000,
        connections=20,
    )
    return replace(plain, **changes)


@asynccontextmanager
async def connected(url: str, **changes: Any) -> AsyncIterator[PortalClient]:
    client = PortalClient(address(url, **changes))
    try:
        yield client
    finally:
        await client.close()


async def create(client: PortalClient) -> Outcome:
    return (await client.push_dossiers([BODY], create=True)).outcome


async def append(client: PortalClient) -> Outcome:
    return (await client.push_entries([EntriesOf("D-1", (ENTRY,))])).outcome
