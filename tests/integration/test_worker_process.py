"""The sync worker as a process: it finds its way by its environment, wakes by the bell, ends by a signal."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from services.core.config import PortalSettings, WorkerSettings
from services.core.jobs.doorbell import ArqDoorbell
from services.core.persistence.engine import Sessions
from services.embedded.ports import choose_port
from services.mock_portal.instance import running_portal
from services.sync_worker.main import check_lease
from tests.integration.delivery_cases import delivery_of, file_dossier, seed_catalogue, states, table

if TYPE_CHECKING:
    from tests.servers import WorkerServers

RUN = "from services.sync_worker.main import run; run()"


@asynccontextmanager
async def worker_process(**settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", RUN, env=os.environ | settings)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until(sessions: Sessions, wanted: dict[str, int]) -> None:
    async with asyncio.timeout(20):
        while await states(sessions) != wanted:  # noqa: ASYNC110 - the database has no event to wait for
            await asyncio.sleep(0.05)


async def until_seen(sessions: Sessions) -> None:
    """Wait until the worker has asked whether the portal shows what it has acknowledged."""
    async with asyncio.timeout(20):
        while not await table(sessions, "SELECT 1 FROM sightings WHERE seen_at IS NOT NULL"):  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.05)


async def build_of(port: str) -> str:
    async with httpx.AsyncClient(trust_env=False) as http:
        page = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
    assert "process_start_time_seconds" in page
    return next(line for line in page.splitlines() if line.startswith("lienthong_build_info"))


async def test_a_worker_delivers_when_rung_and_gives_back_what_hangs_when_told_to_stop(
    servers: "WorkerServers", database_url: str, sessions: Sessions
) -> None:
    await seed_catalogue(sessions)
    bell = ArqDoorbell(servers.redis_url)
    with running_portal() as portal:
        settings = {
            "LIENTHONG_DATABASE_URL": database_url,
            "LIENTHONG_REDIS_URL": servers.redis_url,
            "LIENTHONG_PORTAL_URL": portal,
            "LIENTHONG_PORTAL_USERNAME": "h44",
            "LIENTHONG_PORTAL_PASSWORD": "pw",
            "LIENTHONG_PORTAL_ORGANISATION_CODE": "H44",
            "LIENTHONG_WORKER_POLL_SECONDS": "600",
            "LIENTHONG_WORKER_STOP_SECONDS": "0.5",
            "LIENTHONG_WORKER_METRICS_PORT": str(choose_port(None)),
            "LIENTHONG_COMMIT": "abc1234",
        }
        async with worker_process(**settings) as worker, httpx.AsyncClient(base_url=portal) as control:
            await file_dossier(sessions, "D-1")
            await until(sessions, {"synced": 1})  # found at the start, or by the bell
            await until_seen(sessions)
            assert 'commit="abc1234"' in await build_of(settings["LIENTHONG_WORKER_METRICS_PORT"])
            await file_dossier(sessions, "D-2")
            await bell.ring()
            await until(sessions, {"synced": 2})

            await control.post("/_control/faults", json={"shape": "hang", "duration_seconds": 60})
            hanging = await file_dossier(sessions, "D-3")
            await bell.ring()
            await until(sessions, {"synced": 2, "leased": 1})
            await asyncio.sleep(0.2)
            started = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            assert await worker.wait() == 0
            assert time.monotonic() - started < 5

    await bell.close()
    row = await delivery_of(sessions, hanging)
    assert (row.state, row.lease_owner, row.last_cause) == ("unknown", None, "released at stop")


def test_a_lease_that_could_run_out_during_a_call_is_refused() -> None:
    portal = PortalSettings.model_construct(call_seconds=20.0)
    check_lease(WorkerSettings.model_construct(lease_seconds=60.0), portal)
    with pytest.raises(ValueError, match="LIENTHONG_WORKER_LEASE_SECONDS"):
        check_lease(WorkerSettings.model_construct(lease_seconds=59.9), portal)
