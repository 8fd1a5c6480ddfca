"""What a process takes on: so many calls at once and of one client, and bodies that arrive in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from services.api.main import create_app
from services.api.runtime import Runtime
from services.api.shelter import Limits
from services.core.jobs.rates import NoRates, OwnRates, Rate, SharedRates, create_rates
from services.core.persistence.engine import Sessions
from tests.desk_api import BODY_BYTES, DeskApi, a_filing, client_of, problem
from tests.integration.test_api_access import OPEN, a_body, operations
from tests.integration.test_api_server import process, until_ready
from tests.ports import free_port
from tests.servers import WorkerServers


@asynccontextmanager
async def served(api: DeskApi, limits: Limits | None = None, *, docs: bool = True) -> AsyncIterator[FastAPI]:
    """Run a second application over the same runtime."""

    @asynccontextmanager
    async def start() -> AsyncIterator[Runtime]:
        yield api.runtime

    app = create_app(start, body_bytes=BODY_BYTES, limits=limits, docs=docs)
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def desk_with(api: DeskApi, limits: Limits) -> AsyncIterator[httpx.AsyncClient]:
    async with served(api, limits) as app, client_of(app, api.keys["province"]) as http:
        yield http


async def slowly(*parts: bytes, seconds: float) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
        await asyncio.sleep(seconds)


async def test_one_call_more_than_a_process_takes_on_is_told_to_come_again(
    api: DeskApi, sessions: Sessions
) -> None:
    async with desk_with(api, Limits(in_flight=1)) as http:
        async with sessions.begin() as session:
            await session.execute(text("LOCK TABLE dossier_numbers"))
            waiting = asyncio.create_task(create(http))
            await asyncio.sleep(0.2)
            refused = await http.get("/v1/dossiers")
            alive = await http.get("/healthz")

        problem(refused, 503, "overloaded")
        assert refused.headers["Retry-After"] == "1"
        assert alive.status_code == 200
        assert (await waiting).status_code == 201
        assert (await http.get("/v1/dossiers")).status_code == 200


async def test_a_body_that_does_not_come_is_not_waited_for(api: DeskApi) -> None:
    async with desk_with(api, Limits(body_seconds=0.1, body_rate=1_000_000)) as http:
        answer = await http.post(
            "/v1/dossiers",
            content=slowly(b'{"procedure_code":', b'"1"', b"}", seconds=1.0),
            headers={"Content-Type": "application/json", "Idempotency-Key": "k"},
        )

    problem(answer, 408, "body-too-slow")
    assert answer.headers["Connection"] == "close"


async def test_a_long_body_over_a_bad_line_may_take_its_time(api: DeskApi) -> None:
    async with desk_with(api, Limits(body_seconds=0.1, body_rate=200)) as http:
        answer = await http.post(
            "/v1/citizens:find",
            content=slowly(b" " * 100, b" " * 100, b'{"identity_number": "025190000123"}', seconds=0.2),
            headers={"Content-Type": "application/json"},
        )

    problem(answer, 404, "citizen-not-found")


async def test_slow_bodies_keep_nobody_else_out(api: DeskApi) -> None:
    async with desk_with(api, Limits(in_flight=1)) as http:
        slow = asyncio.create_task(
            http.post(
                "/v1/citizens:find",
                content=slowly(b"{", b"}", seconds=0.5),
                headers={"Content-Type": "application/json"},
            )
        )
        await asyncio.sleep(0.1)
        assert (await http.get("/v1/dossiers")).status_code == 200
        problem(await slow, 422, "validation-failed")


@pytest.mark.parametrize(
    "headers",
    [{"X-Long": "x" * 40_000}, {f"X-{number}": "x" for number in range(120)}],
    ids=["one long header", "many headers"],
)
async def test_a_head_larger_than_we_ask_for_is_refused(api: DeskApi, headers: dict[str, str]) -> None:
    problem(await api.province.http.get("/v1/dossiers", headers=headers), 431, "head-too-large")


async def test_every_route_with_a_body_takes_json_only(api: DeskApi) -> None:
    for method, path, _ in operations(api):
        if method == "GET" or path in OPEN:
            continue
        answer = await api.province.http.request(
            method,
            path.replace("{dossier}", "H44.101-260310-0001"),
            content=str(a_body(path)).encode(),
            headers={"Content-Type": "text/plain", "Idempotency-Key": "k", "If-Match": '"1-1"'},
        )
        problem(answer, 415, "media-type-unsupported")


async def test_the_service_describes_itself_only_where_it_is_told_to(api: DeskApi) -> None:
    async with served(api, docs=False) as app, client_of(app, api.keys["province"]) as http:
        for path in ("/docs", "/openapi.json", "/docs/static/swagger-ui-bundle.js"):
            problem(await http.get(path), 404, "not-found")
        assert (await http.get("/v1/dossiers")).status_code == 200


async def test_all_answers_carry_the_headers_that_keep_browsers_from_harm(api: DeskApi) -> None:
    http = api.province.http
    json = {"Content-Type": "application/json"}
    async with desk_with(api, Limits(body_seconds=0.01)) as slow:
        answers = [
            await http.get("/v1/dossiers"),
            await http.get("/healthz"),
            await http.get("/nowhere"),
            await http.delete("/v1/dossiers"),
            await http.get("/v1/dossiers", headers={"Authorization": "Bearer lt_x"}),
            await http.get("/v1/dossiers", headers={"X-Long": "x" * 40_000}),
            await http.post("/v1/citizens:find", content=b"{", headers=json),
            await http.post("/v1/citizens:find", content=b" " * (BODY_BYTES + 1), headers=json),
            await slow.post("/v1/citizens:find", content=slowly(b"{", b"}", seconds=0.5), headers=json),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 405, 401, 431, 400, 413, 408]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert "Server" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_client_beyond_its_rate_is_told_when_to_come_again(
    servers: WorkerServers, api: DeskApi
) -> None:
    port = free_port()
    settings = {"LIENTHONG_API_CLIENT_RATE": "0.2", "LIENTHONG_API_CLIENT_BURST": "3"}
    async with process(servers, port, **settings):
        address = f"http://127.0.0.1:{port}"
        headers = {"Authorization": f"Bearer {api.keys['province']}"}
        async with httpx.AsyncClient(base_url=address, headers=headers) as http:
            await until_ready(http)
            answers = [await http.get("/v1/dossiers") for _ in range(4)]
            other = await http.get("/v1/dossiers", headers={"Authorization": f"Bearer {api.keys['ward']}"})

    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    document = problem(answers[3], 429, "too-many-requests")
    assert document["facts"]["retry_after"] == int(answers[3].headers["Retry-After"]) <= 5
    assert other.status_code == 200


async def test_processes_share_a_rate_through_valkey(servers: WorkerServers) -> None:
    one, other = (SharedRates(Rate(1, 4), servers.redis_url) for _ in range(2))
    try:
        waits = [await rates.take("a") for rates in (one, other, one, other, one, other)]
        assert waits[:4] == [0, 0, 0, 0]
        assert all(0 < wait <= 1 for wait in waits[4:])
        assert await other.take("b") == 0
    finally:
        await one.close()
        await other.close()


async def test_a_process_goes_on_counting_when_valkey_is_gone() -> None:
    rates = SharedRates(Rate(1, 4), f"redis://127.0.0.1:{free_port()}/0")
    try:
        waits = [await rates.take("a") for _ in range(3)]
    finally:
        await rates.close()
    assert waits[:2] == [0, 0]  # half of the burst
    assert waits[2] > 0


async def test_a_client_that_waits_as_long_as_it_was_told_gets_through() -> None:
    now = 100.0
    rates = OwnRates(Rate(2, 3), now=lambda: now)
    passed = 0
    for _ in range(50):
        wait = await rates.take("a")
        passed += wait == 0
        now += wait
    assert passed >= 25
    assert (now - 100) == pytest.approx((passed - 3) / 2, abs=0.51)


async def test_without_a_rate_nobody_waits() -> None:
    assert isinstance(create_rates(None, "redis://127.0.0.1:1/0"), NoRates)
    assert await NoRates().take("a") == 0


async def create(http: httpx.AsyncClient) -> httpx.Response:
    return await http.post("/v1/dossiers", json=a_filing(), headers={"Idempotency-Key": "k"})
