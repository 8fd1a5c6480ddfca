"""A durable PostgreSQL and a Valkey for the run, and an equal fresh database for every trial."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg

from benchmarks.catalogue import fill_catalogue
from benchmarks.cpu import parent_of
from services.core.persistence import schema
from services.core.persistence.engine import create_engine, create_sessions
from services.embedded import EmbeddedServers, start_servers

#: On the disk of the project, where the demo's data lies, too: /tmp may be memory, where fsync costs nothing.
PARENT: Final = Path(__file__).resolve().parents[1] / ".lienthong"
_TEMPLATE: Final = "bench_template"


@dataclass(frozen=True, slots=True)
class TrialDatabase:
    """An own database with catalogue and nothing else."""

    url: str
    redis_url: str

    @property
    def dsn(self) -> str:
        """The address as asyncpg reads it."""
        return self.url.replace("postgresql+asyncpg://", "postgresql://", 1)

    async def connect(self) -> Any:
        """Open a plain asyncpg connection."""
        return await asyncpg.connect(self.dsn)


class BenchServers:
    """The servers of one run."""

    def __init__(self, servers: EmbeddedServers, folder: Path) -> None:
        self.folder = folder
        self._servers = servers
        self._trials = 0
        template = TrialDatabase(servers.create_database(_TEMPLATE), servers.redis_url)
        asyncio.run(_prepare(template.url))
        self.postgres_version, self.postgres_pid = asyncio.run(_identify(template))

    @contextmanager
    def fresh_database(self) -> Iterator[TrialDatabase]:
        """Give a database for one trial, after a checkpoint, so that no trial pays for the one before."""
        self._trials += 1
        name = f"bench_{self._trials}"
        database = TrialDatabase(
            self._servers.create_database(name, template=_TEMPLATE), self._servers.redis_url
        )
        asyncio.run(execute(database, "CHECKPOINT"))
        try:
            yield database
        finally:
            self._servers.drop_database(name)


@contextmanager
def bench_servers() -> Iterator[BenchServers]:
    """Start the servers on a folder that is gone afterwards."""
    PARENT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=PARENT) as name:
        folder = Path(name)
        with start_servers(folder / "servers") as servers:
            yield BenchServers(servers, folder)


async def execute(database: TrialDatabase, statement: str, *values: object) -> None:
    """Run one statement on a connection of its own."""
    connection = await database.connect()
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def _prepare(url: str) -> None:
    engine = create_engine(url, application="lienthong-bench")
    try:
        await schema.upgrade(engine)
        async with create_sessions(engine).begin() as session:
            await fill_catalogue(session)
    finally:
        await engine.dispose()


async def _identify(database: TrialDatabase) -> tuple[str, int]:
    """Give the server's version and the id of its main process."""
    connection = await database.connect()
    try:
        version = str(await connection.fetchval("SHOW server_version"))
        return version, parent_of(connection.get_server_pid())
    finally:
        await connection.close()
