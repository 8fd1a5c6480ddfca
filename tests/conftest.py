"""Every test that touches data gets a migrated PostgreSQL of its own, emptied before it starts."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence import schema
from services.core.persistence.engine import Sessions, create_engine, create_sessions
from services.core.persistence.models import Base
from tests.roles import dispose_roles

# Imported by pytest below, which rewrites its asserts; an import here would come too early for that.
if TYPE_CHECKING:
    from tests.servers import WorkerServers

pytest_plugins = ["tests.servers"]

# A machine that stalls for a moment has not found a bug.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_xdist_auto_num_workers() -> int:
    """Say what `-n auto` means: a worker per core. The servers take the rest; tests of times need theirs."""
    return os.cpu_count() or 1


@pytest.fixture(scope="session")
def database_url(servers: "WorkerServers") -> str:
    """Give the URL of this worker's database, at the newest schema."""
    asyncio.run(_upgrade(servers.database_url))
    return servers.database_url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url, application="lienthong-tests")
    await empty(engine)
    yield engine
    await dispose_roles(engine)
    await engine.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> Sessions:
    return create_sessions(engine)


#: Append-only tables refuse a DELETE through a trigger, which replicas do not fire.
_EMPTY = "; ".join(
    [
        "BEGIN",
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in Base.metadata.tables),  # noqa: S608 - names of our models
        "COMMIT",
    ]
)


async def empty(engine: AsyncEngine) -> None:
    """Delete all rows in one round trip: sixty statements of their own take 80 ms, and TRUNCATE longer."""
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.execute(_EMPTY)


async def _upgrade(url: str) -> None:
    engine = create_engine(url, application="lienthong-tests")
    await schema.upgrade(engine)
    await engine.dispose()
