"""When the database fails, the desk is told so, and is never told that something was stored."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence.engine import PoolLimits, create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole
from services.core.telemetry import logging
from tests.desk_api import CountingBell, Desk, DeskApi, SettableClock, a_filing, client_of, problem, serve
from tests.servers import WorkerServers

NOWHERE = "postgresql+asyncpg://nobody:nothing@127.0.0.1:9/none"

CREATE_DOOM = """
CREATE FUNCTION doom() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'hồ sơ của Nguyễn Thị Hoa 025190000123'; END $$
"""
ATTACH_DOOM = """
CREATE CONSTRAINT TRIGGER doom AFTER INSERT OR UPDATE ON dossiers
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION doom()
"""


@asynccontextmanager
async def doomed_commits(engine: AsyncEngine) -> AsyncIterator[None]:
    """Make every commit fail that wrote a dossier, after all its statements have gone well."""
    async with engine.begin() as connection:
        for statement in (CREATE_DOOM, ATTACH_DOOM):
            await connection.execute(text(statement))
    yield
    async with engine.begin() as connection:
        await connection.execute(text("DROP FUNCTION doom() CASCADE"))


async def test_a_creation_whose_commit_fails_is_no_success(api: DeskApi, engine: AsyncEngine) -> None:
    async with doomed_commits(engine):
        answers = [await api.ward.create(key="k1"), await api.ward.batch(a_filing())]

    for answer in answers:
        problem(answer, 500, "internal-error")
        assert "Hoa" not in answer.text
        assert "025190000123" not in answer.text
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM dossiers")) == 0
        assert await connection.scalar(text("SELECT count(*) FROM idempotency_keys")) == 0
    assert api.bell.rings == 0


async def test_a_change_whose_commit_fails_is_no_success(api: DeskApi, engine: AsyncEngine) -> None:
    dossier = await api.ward.created()
    async with doomed_commits(engine):
        failed = await api.ward.change(dossier, "progress", status=4, text="nhận")

    problem(failed, 500, "internal-error")
    assert (await api.ward.read(dossier))["etag"] == '"1-1"'
    assert api.bell.rings == 1


async def test_a_failure_is_logged_by_place_without_what_the_database_said(
    api: DeskApi, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    async with doomed_commits(engine):
        logging.configure(service="api", level="INFO")
        try:
            await api.ward.create()
        finally:
            structlog.reset_defaults()

    printed = capsys.readouterr().out
    lines = [json.loads(line) for line in printed.splitlines()]
    failed = next(line for line in lines if line["event"] == "request.failed")
    answered = next(line for line in lines if line["event"] == "request.answered")
    assert any("receptions.py" in frame for frame in failed["trace"])
    assert (answered["route"], answered["status"]) == ("/v1/dossiers", 500)
    assert "Hoa" not in printed
    assert "025190000123" not in printed


async def test_without_a_database_the_desk_is_asked_to_come_back() -> None:
    engine = create_engine(NOWHERE, application="test", role=DatabaseRole.API, limits=PoolLimits(connect=1.0))
    async with (
        serve(create_sessions(engine), clock=SettableClock(), bell=CountingBell()) as (app, _),
        client_of(app, "lt_" + "x" * 43) as http,
    ):
        answers = [await Desk(http).create(), await http.get("/v1/dossiers")]
        ready, alive = await http.get("/readyz"), await http.get("/healthz")
    await engine.dispose()

    for answer in answers:
        problem(answer, 503, "database-unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert ready.status_code == 503
    assert ready.json()["database"] is False
    assert alive.status_code == 200


async def test_a_lock_that_is_held_too_long_is_a_reason_to_come_back(
    api: DeskApi, engine: AsyncEngine, servers: WorkerServers
) -> None:
    dossier = await api.ward.created()
    hurried = create_engine(
        servers.database_url, application="test", role=DatabaseRole.API, limits=PoolLimits(lock=0.1)
    )
    async with (
        engine.begin() as holder,
        serve(create_sessions(hurried), clock=api.clock, bell=api.bell) as (app, _),
        client_of(app, api.keys["ward"]) as http,
    ):
        await holder.execute(text("SELECT FROM dossiers FOR UPDATE"))
        answer = await Desk(http).change(dossier, "progress", status=4, text="nhận")
    await hurried.dispose()

    problem(answer, 503, "database-unavailable")


async def test_an_empty_pool_is_a_reason_to_come_back(api: DeskApi, servers: WorkerServers) -> None:
    limits = PoolLimits(size=1, overflow=0, wait=0.1)
    narrow = create_engine(servers.database_url, application="test", role=DatabaseRole.API, limits=limits)
    async with (
        serve(create_sessions(narrow), clock=api.clock, bell=api.bell) as (app, _),
        client_of(app, api.keys["ward"]) as http,
        narrow.connect() as taken,
    ):
        await taken.execute(text("SELECT 1"))
        answer = await http.get("/v1/dossiers")
    await narrow.dispose()

    problem(answer, 503, "database-unavailable")


async def test_a_connection_that_died_at_rest_is_replaced_unnoticed(
    api: DeskApi, engine: AsyncEngine, servers: WorkerServers
) -> None:
    own = create_engine(
        servers.database_url,
        application="to-be-cut",
        role=DatabaseRole.API,
        limits=PoolLimits(size=1, overflow=0),
    )
    async with (
        serve(create_sessions(own), clock=api.clock, bell=api.bell) as (app, _),
        client_of(app, api.keys["ward"]) as http,
    ):
        assert (await http.get("/v1/dossiers")).status_code == 200
        async with engine.connect() as connection:
            cut = await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'to-be-cut'"
                )
            )
            assert cut.scalars().all() == [True]
        at_once = await http.get("/v1/dossiers")
        afterwards = await http.get("/v1/dossiers")
    await own.dispose()

    # Cut a moment after it was used: the first caller is asked to come back, the next one is served.
    problem(at_once, 503, "database-unavailable")
    assert afterwards.status_code == 200


async def test_a_schema_of_another_version_is_not_ready(api: DeskApi, engine: AsyncEngine) -> None:
    assert (await api.ward.http.get("/readyz")).json()["status"] == "ready"
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        ready = await api.ward.http.get("/readyz")
    finally:
        async with engine.begin() as connection:
            await connection.execute(
                text("UPDATE alembic_version SET version_num = :wanted"),
                {"wanted": api.runtime.schema_revision},
            )

    assert ready.status_code == 503
    assert ready.json()["schema_present"] == "9999"
