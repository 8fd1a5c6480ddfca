"""The whole line from the delivery row to the portal's ledger, over HTTP, on a day when half goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import product
from typing import Any

import httpx
import pytest

from services.core.domain.delivery import RetryPolicy
from services.core.domain.dossier import Status
from services.core.domain.pace import GatePolicy
from services.core.gateways.portal import PortalAddress, PortalClient
from services.core.persistence.engine import Sessions
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from services.sync_worker.lanes import DeliveryLanes, Rhythm
from tests.integration.delivery_cases import (
    ScriptedPortal,
    delivering,
    file_dossier,
    pacing_of,
    record_entry,
    seed_catalogue,
    states,
)

NUMBER = 20
#: All but the login, after whose failures a second passes.
SERVICES = ("DongBoHoSoMC", "CapNhatTienDoHoSoMC", "TraCuuHoSo")
BAD_DAY: list[dict[str, Any]] = [
    {"shape": "answer_lost", "manner": "close", "probability": 0.2, "seed": 1},
    {"shape": "cut_body", "manner": "close_delimited", "probability": 0.15, "seed": 2},
    {"shape": "http_5xx", "status": 502, "probability": 0.2, "seed": 3},
    {"shape": "session_expired", "probability": 0.1, "seed": 4},
    {"shape": "throttled", "retry_after": "0", "probability": 0.1, "seed": 5},
]


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


@pytest.fixture
async def portal() -> AsyncIterator[httpx.AsyncClient]:
    with running_portal(PortalSettings(refused_call_keeps_earlier_items=True)) as url:
        async with httpx.AsyncClient(base_url=url) as control:
            yield control


def client_of(portal: httpx.AsyncClient) -> PortalClient:
    return PortalClient(
        PortalAddress(
            url=str(portal.base_url),
            login_path="/XrdAdapter/RestService/forward/mapi/login",
            call_path="/XrdAdapter/RestService/forward/mapi/g",
            dstcode="VN:GOV:000.00.00.G22:vpcpdvcprovider",
            organisation_code="H44",
            username="h44",
            password="pw",
            call_seconds=5.0,
            reply_bytes=100_000,
            connections=30,
        )
    )


async def test_nothing_is_lost_or_doubled_on_a_bad_day(desk: Sessions, portal: httpx.AsyncClient) -> None:
    for operation, order in product(SERVICES, BAD_DAY):
        fault = {"duration_seconds": 600, "operation": operation, **order}
        (await portal.post("/_control/faults", json=fault)).raise_for_status()
    ids = [
        await file_dossier(desk, f"D-{number}", (Status.RECEIVED, Status.IN_PROCESS))
        for number in range(NUMBER)
    ]
    client = client_of(portal)
    policy = RetryPolicy(base=0.02, cap=0.1, outage_cap=0.1, ask_after=0.02, linger=0.02)
    pacing = pacing_of(desk, lanes=3, gates=GatePolicy(open_seconds=0.05, open_cap_seconds=0.05))
    work = delivering(desk, ScriptedPortal(), policy=policy, pacing=pacing, dossiers_per_call=9)
    lanes = DeliveryLanes(replace(work, portal=client), Rhythm(poll=0.05, sweep=1, stop=5))
    running = asyncio.create_task(lanes.run())
    for status in (Status.SUPPLEMENT_REQUESTED, Status.IN_PROCESS, Status.FINISHED):
        for dossier_id in ids:
            await record_entry(desk, dossier_id, status)
        lanes.bell.set()
    async with asyncio.timeout(30):
        while await states(desk) != {"synced": NUMBER}:  # noqa: ASYNC110 - the database has no event to wait for
            await asyncio.sleep(0.05)
    lanes.stop()
    await running
    await client.close()

    summary = (await portal.get("/_control/ledger/summary")).json()
    counted = {name: summary[name] for name in ("dossiers", "entries", "duplicate_dossiers")}
    assert counted == {"dossiers": NUMBER, "entries": 5 * NUMBER, "duplicate_dossiers": 0}
    assert (summary["duplicate_entries"], summary["out_of_order_entries"]) == (0, 0)
    assert len(summary["struck"]) == len(BAD_DAY), "every kind of trouble has struck"
    for number in range(NUMBER):
        ledger = (await portal.get("/_control/ledger", params={"mahoso": f"D-{number}"})).json()
        assert [entry["status"] for entry in ledger["progress"]] == ["2", "4", "5", "4", "9"]
