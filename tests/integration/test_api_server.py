"""The service as a process of its own, with real sockets and settings from the environment."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from services.core.persistence.engine import Sessions
from tests.desk_api import Desk, a_filing, problem, seed
from tests.ports import free_port
from tests.servers import WorkerServers


@asynccontextmanager
async def process(
    servers: WorkerServers, port: int, **settings: str | None
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LIENTHONG_")},
        "LIENTHONG_DATABASE_URL": servers.database_url,
        "LIENTHONG_REDIS_URL": servers.redis_url,
        "LIENTHONG_API_PORT": str(port),
        **settings,
    }
    given = {name: value for name, value in environment.items() if value is not None}
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from services.api.main import run; run()",
        env=given,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def until_ready(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                if (await http.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def test_the_service_serves_and_stops_when_told(sessions: Sessions, servers: WorkerServers) -> None:
    keys, port = await seed(sessions), free_port()
    async with (
        process(servers, port) as server,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {keys['ward']}"},
            trust_env=False,
        ) as http,
    ):
        await until_ready(http)
        desk = Desk(http)
        dossier = await desk.move(await desk.created(), 4, 9)
        too_large = await desk.create(a_filing(summary="x" * 1_100_000))
        shown = await desk.read(dossier)
        server.terminate()
        out, err = await asyncio.wait_for(server.communicate(), 25)

    assert shown["status"] == 9
    problem(too_large, 413, "body-too-large")
    assert "server" not in too_large.headers
    assert server.returncode == -signal.SIGTERM  # the server gives the signal on when all is closed
    assert err == b""
    assert b"Application shutdown complete" in out
    lines = [json.loads(line) for line in out.splitlines()]
    answered = [line for line in lines if line["event"] == "request.answered"]
    assert {"POST /v1/dossiers 201", "POST /v1/dossiers/{dossier}/progress 200"} <= {
        f"{line['method']} {line['route']} {line['status']}" for line in answered
    }
    assert all(line["service"] == "api" and line["request_id"] for line in answered)
    assert {line["client"] for line in answered if "client" in line} == {"ward"}
    assert dossier["code"] not in out.decode()
    assert "Hoa" not in out.decode()


async def test_what_was_acknowledged_survives_a_kill(sessions: Sessions, servers: WorkerServers) -> None:
    keys, port = await seed(sessions), free_port()
    acknowledged: set[str] = set()
    enough = asyncio.Event()
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}",
        headers={"Authorization": f"Bearer {keys['province']}"},
        trust_env=False,
    ) as http:
        desk = Desk(http)

        async def file_on(counter: int) -> None:
            for number in range(1000):
                try:
                    answer = await desk.create(key=f"{counter}-{number}")
                except httpx.TransportError:
                    return
                if answer.status_code == 201:
                    acknowledged.add(answer.json()["code"])
                if len(acknowledged) >= 20:
                    enough.set()

        async with process(servers, port) as server:
            await until_ready(http)
            counters = [asyncio.create_task(file_on(counter)) for counter in range(4)]
            await asyncio.wait_for(enough.wait(), 60)
            server.kill()
            await asyncio.gather(*counters)
        async with process(servers, port):
            await until_ready(http)
            stored = {item["code"] for item in await all_of(desk)}
            repeated = await desk.create(key="0-0")

    assert acknowledged <= stored
    assert repeated.headers["Idempotent-Replayed"] == "true"


async def all_of(desk: Desk) -> list[dict[str, str]]:
    items: list[dict[str, str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await desk.get("/v1/dossiers", limit=200, **cursor)
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = {"cursor": page["next_cursor"]}


async def test_a_missing_setting_stops_the_start_with_its_name(servers: WorkerServers) -> None:
    async with process(servers, free_port(), LIENTHONG_DATABASE_URL=None) as server:
        out, err = await asyncio.wait_for(server.communicate(), 25)

    assert server.returncode != 0
    assert b"database_url" in out + err
