"""PostgreSQL and Valkey for tests: one pair per test run, an empty database per pytest-xdist worker.

The process that outlives all workers starts the pair: the xdist controller, or pytest itself without xdist.
With LIENTHONG_TEST_DATABASE_URL and LIENTHONG_TEST_REDIS_URL set, those servers are used instead; their
database user must be allowed to create databases, and the Redis databases from the URL's number upwards,
one per worker, are emptied.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis

from services.embedded import EmbeddedError, EmbeddedServers, start_servers

DATABASE_VARIABLE = "LIENTHONG_TEST_DATABASE_URL"
REDIS_VARIABLE = "LIENTHONG_TEST_REDIS_URL"

WORKER_INPUT = "lienthong_servers"
EMBEDDED = pytest.StashKey[EmbeddedServers]()


class XdistNode(Protocol):
    """A worker process as the controller sees it (xdist has no types of its own)."""

    config: pytest.Config
    workerinput: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WorkerServers:
    """What the tests of one worker process have for themselves."""

    database_url: str
    redis_url: str
    #: Another database of the same server, for tests that create and drop their own.
    admin_url: str


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: XdistNode) -> None:
    node.workerinput[WORKER_INPUT] = servers_of_run(node.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    embedded = config.stash.get(EMBEDDED, None)
    if embedded:
        embedded.stop()
        shutil.rmtree(embedded.folder)


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[WorkerServers]:
    """Give an empty database and an empty Redis database to this worker, both gone after the session."""
    worker_input: dict[str, Any] = getattr(request.config, "workerinput", {})
    admin_url, redis_url = worker_input.get(WORKER_INPUT) or servers_of_run(request.config)
    worker = str(worker_input.get("workerid", "gw0"))
    run = str(worker_input.get("testrunuid", os.getpid()))[:8]

    database = f"lienthong_test_{worker}_{run}"
    own = WorkerServers(
        database_url=with_path(admin_url, database),
        redis_url=with_path(redis_url, str(redis_number(redis_url) + int(worker.removeprefix("gw")))),
        admin_url=admin_url,
    )
    asyncio.run(run_sql(admin_url, f'CREATE DATABASE "{database}"'))
    empty_redis(own.redis_url)
    yield own
    empty_redis(own.redis_url)
    asyncio.run(run_sql(admin_url, f'DROP DATABASE "{database}" WITH (FORCE)'))


def servers_of_run(config: pytest.Config) -> tuple[str, str]:
    """Give the URLs of an administration database and of Redis, starting the embedded pair if needed."""
    database_url, redis_url = os.environ.get(DATABASE_VARIABLE), os.environ.get(REDIS_VARIABLE)
    if database_url and redis_url:
        return database_url, redis_url
    if EMBEDDED not in config.stash:
        folder = Path(tempfile.mkdtemp(prefix="lienthong-tests-"))
        try:
            config.stash[EMBEDDED] = start_servers(folder, durable=False)
        except EmbeddedError as error:
            hint = f"For tests the variables are called {DATABASE_VARIABLE} and {REDIS_VARIABLE}."
            raise pytest.UsageError(f"{error}\n{hint}") from error
    embedded = config.stash[EMBEDDED]
    return database_url or embedded.admin_url, redis_url or embedded.redis_url


async def run_sql(database_url: str, statement: str) -> list[str]:
    """Run one statement on a connection of its own; give the first column of its rows, as text."""
    connection = await asyncpg.connect(asyncpg_dsn(database_url))
    try:
        return [str(row[0]) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


def asyncpg_dsn(database_url: str) -> str:
    """Turn SQLAlchemy's URL into the one that asyncpg itself reads."""
    return database_url.replace("postgresql+asyncpg://", "postgresql://", 1)


def empty_redis(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()


def redis_number(redis_url: str) -> int:
    return int(urlsplit(redis_url).path.strip("/") or "0")


def with_path(url: str, path: str) -> str:
    return urlsplit(url)._replace(path=f"/{path}").geturl()
