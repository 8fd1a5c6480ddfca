"""What the API counts about itself."""

import asyncio
import signal
import time
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence.engine import Sessions
from services.core.telemetry.metric_names import api as names
from tests.desk_api import Desk, DeskApi, seed
from tests.integration.test_api_failure import doomed_commits
from tests.integration.test_api_server import process, until_ready
from tests.ports import free_port
from tests.servers import WorkerServers

FILING = ("POST", "/v1/dossiers")
NOWHERE = ("", "")


def counted(call: tuple[str, str], status: str) -> float | None:
    labels = {"method": call[0], "route": call[1], "status": status}
    return REGISTRY.get_sample_value(names.REQUESTS.name, labels)


def timed(call: tuple[str, str], *, within: str = "+Inf") -> float | None:
    labels = {"method": call[0], "route": call[1], "le": within}
    return REGISTRY.get_sample_value(f"{names.REQUEST_SECONDS.name}_bucket", labels)


def standing() -> list[float | None]:
    return [*(counted(FILING, status) for status in ("2xx", "4xx", "5xx")), timed(FILING)]


async def test_calls_are_counted_by_route_and_class_and_a_failure_is_not_timed(
    api: DeskApi, engine: AsyncEngine
) -> None:
    before = standing()
    await api.ward.created()
    await api.ward.create({})
    async with doomed_commits(engine):
        await api.ward.create()

    steps = [now - (was or 0) for now, was in zip(standing(), before, strict=True) if now is not None]
    assert steps == [1, 1, 1, 2]


@pytest.mark.usefixtures("api")
async def test_a_route_is_at_zero_before_it_is_called() -> None:
    assert counted(("POST", "/v1/parked:close"), "5xx") == 0
    assert counted(("GET", "/v1/dossiers/{dossier}/delivery"), "5xx") == 0


async def test_what_callers_make_up_is_one_series_and_probes_are_none(api: DeskApi) -> None:
    before = counted(NOWHERE, "4xx") or 0
    for path in ("/v1/025190000123", "/admin.php"):
        await api.ward.http.get(path)
    await api.ward.http.get("/healthz")

    assert counted(NOWHERE, "4xx") == before + 2
    shown = {
        sample.labels["route"]
        for family in REGISTRY.collect()
        if family.name.startswith("lienthong_api_")
        for sample in family.samples
    }
    assert "/healthz" not in shown
    assert not [route for route in shown if "025190000123" in route]


async def test_several_processes_are_added_up_on_one_port(sessions: Sessions, servers: WorkerServers) -> None:
    keys, port, metrics_port = await seed(sessions), free_port(), free_port()
    several = {
        "LIENTHONG_API_PROCESSES": "2",
        "LIENTHONG_API_METRICS_PORT": str(metrics_port),
        "LIENTHONG_COMMIT": "abc1234",
    }
    async with process(servers, port, **several) as server:
        created = 0
        for _ in range(8):
            # Each on a connection of its own, for which the processes compete.
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}",
                headers={"Authorization": f"Bearer {keys['ward']}"},
                trust_env=False,
            ) as http:
                await until_ready(http)
                created += (await Desk(http).create()).status_code == 201
        async with httpx.AsyncClient(trust_env=False) as http:
            page = (await http.get(f"http://127.0.0.1:{metrics_port}/metrics")).text
        own_bytes = _resident_bytes(server.pid)
        server.send_signal(signal.SIGTERM)
        await asyncio.wait_for(server.communicate(), 25)

    found = [
        sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == names.REQUESTS.name
        and sample.labels == {"method": "POST", "route": "/v1/dossiers", "status": "2xx"}
    ]
    assert found == [created] == [8]
    samples = {s.name: s for f in text_string_to_metric_families(page) for s in f.samples}
    build = samples["lienthong_build_info"].labels
    assert build == {"version": version("lienthong"), "python": python_version(), "commit": "abc1234"}
    assert abs(samples["process_start_time_seconds"].value - time.time()) < 60
    # Two processes that serve beside the one that starts them.
    assert samples["process_resident_memory_bytes"].value > 1.5 * own_bytes


def _resident_bytes(pid: int) -> int:
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in line]
    return int(line.split()[1]) * 1024
