"""Roles belong to the cluster: they are made once, by whoever may, for all databases in it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.core.persistence import schema
from services.core.persistence.engine import create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole
from services.embedded import start_servers
from tests.servers import WorkerServers, run_sql, with_path

PASSWORD: Final = "chi-de-thu"


@pytest.fixture
async def plain_login(database_url: str, servers: WorkerServers) -> AsyncIterator[str]:
    """Give the URL of a database, with a login that owns it and may do nothing else."""
    assert database_url  # the cluster has our roles
    name = f"plain_{uuid4().hex[:8]}"
    await run_sql(servers.admin_url, f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    await run_sql(servers.admin_url, f"CREATE DATABASE {name} OWNER {name}")
    parts = urlsplit(with_path(servers.admin_url, name))
    yield parts._replace(netloc=f"{name}:{PASSWORD}@{parts.hostname}:{parts.port}").geturl()
    await run_sql(servers.admin_url, f"DROP DATABASE {name} WITH (FORCE)")
    await run_sql(servers.admin_url, f"DROP ROLE {name}")


async def test_a_login_that_may_not_become_the_owner_is_told_what_to_do(plain_login: str) -> None:
    with pytest.raises(DBAPIError, match="may not make the role lienthong_owner, or become it"):
        await upgrade(plain_login)


async def test_an_ordinary_login_migrates_up_and_down_with_roles_that_it_was_granted(
    plain_login: str, servers: WorkerServers
) -> None:
    login = urlsplit(plain_login).username
    for role in DatabaseRole:
        await run_sql(servers.admin_url, f"GRANT {role.value} TO {login}")
    for revision in ("head", "head", "base", "head"):
        await upgrade(plain_login, revision)
    for role in set(DatabaseRole) - {DatabaseRole.OWNER}:
        engine = create_engine(plain_login, application="test", role=role)
        async with create_sessions(engine).begin() as session:
            assert await session.scalar(text("SELECT current_user")) == role.value
            assert await schema.present_revision(session) == schema.wanted_revision()
        await engine.dispose()


async def test_a_role_that_was_not_granted_opens_no_connection(plain_login: str) -> None:
    engine = create_engine(plain_login, application="test", role=DatabaseRole.API)
    with pytest.raises(DBAPIError, match="permission denied to set role"):
        async with create_sessions(engine).begin() as session:
            await session.execute(text("SELECT 1"))
    await engine.dispose()


async def test_databases_of_a_new_cluster_make_their_roles_at_the_same_time(tmp_path: Path) -> None:
    cluster = await asyncio.to_thread(start_servers, tmp_path / "servers", durable=False)
    try:
        urls = [await asyncio.to_thread(cluster.create_database, f"db{number}") for number in range(3)]
        assert await asyncio.gather(*map(upgrade_apart, urls)) == [0, 0, 0]
        found = await run_sql(cluster.admin_url, "SELECT rolname FROM pg_roles WHERE rolname ~ '^lienthong_'")
        assert set(found) == {role.value for role in DatabaseRole}
    finally:
        await asyncio.to_thread(cluster.stop)


async def upgrade(url: str, revision: str = "head") -> None:
    engine = create_engine(url, application="test")
    try:
        await schema.upgrade(engine, revision=revision)
    finally:
        await engine.dispose()


async def upgrade_apart(url: str) -> int:
    """Upgrade in a process of its own, because alembic knows one migration at a time; gives its exit code."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli.main", "db", "upgrade"),
        env={**os.environ, "LIENTHONG_DATABASE_URL": url},
    )
    return await process.wait()
