"""PostgreSQL and Valkey that can be killed and started again, each by itself, on its own port."""

import asyncio
import itertools
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg

from services.embedded.binaries import find_binaries
from services.embedded.cluster import prepare_cluster
from services.embedded.database import ADMIN_DATABASE, DatabaseAccess
from services.embedded.errors import ServerFailed
from services.embedded.folder import open_folder
from services.embedded.ports import choose_port
from services.embedded.postgres import Postgres
from services.embedded.process import Nursery, Server, ServerProcess
from services.embedded.valkey import Valkey, valkey_url
from tests.servers import run_sql

#: A new postmaster is refused for as long as a child of the killed one holds the shared memory.
RESTART_SECONDS: Final = 20.0


class Machine:
    """One server. Its data survive it; fsync and synchronous commit are on."""

    def __init__(self, server: Server, nursery: Nursery) -> None:
        self._server = server
        self._nursery = nursery
        self.port = choose_port(None)
        self._process: ServerProcess | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> None:
        """Start, and come back when it answers."""
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            child = self._nursery.start(
                self._server.command(self.port),
                log=self._server.log,
                death_signal=signal.SIGQUIT,
                owned_folder=self._server.owned_folder,
            )
            self._process = ServerProcess(self._server, child, self.port)
            try:
                self._process.wait_until_ready()
            except ServerFailed:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
                continue
            return

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        while self._process is not None and self._process.is_alive:
            time.sleep(0.005)

    def stop(self) -> None:
        if self._process is not None and self._process.is_alive:
            self._process.stop()


class Machines:
    """The pair, and the databases on it."""

    def __init__(self, folder: Path, nursery: Nursery) -> None:
        layout = open_folder(folder)
        binaries = find_binaries()
        self._password = layout.make_password()
        self._numbers = itertools.count(1)
        valkey = Valkey(binaries, layout, durable=True, password=self._password)
        valkey.write_config()
        prepare_cluster(binaries, layout, nursery, durable=True)
        self.postgres = Machine(Postgres(binaries, layout, durable=True), nursery)
        self.valkey = Machine(valkey, nursery)
        self.logs = layout.postgres_log.parent

    @property
    def redis_url(self) -> str:
        return valkey_url(port=self.valkey.port, password=self._password)

    @property
    def admin_url(self) -> str:
        return self._access.url(ADMIN_DATABASE)

    @property
    def _access(self) -> DatabaseAccess:
        return DatabaseAccess(port=self.postgres.port, password=self._password)

    async def new_database(self) -> str:
        """Create an empty database and give its URL."""
        name = f"fault_{next(self._numbers)}"
        await run_sql(self.admin_url, f"CREATE DATABASE {name}")
        return self._access.url(name)

    async def drop_database(self, url: str) -> None:
        await run_sql(self.admin_url, f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")

    def crash_backend(self, url: str) -> bool:
        """Kill one connection to this database by SIGKILL; say whether there was one.

        PostgreSQL then ends all others and recovers from its log. Its processes are looked for as the
        operating system counts them: in a user namespace PostgreSQL knows them by other numbers.
        """
        database = url.rsplit("/", 1)[1]
        children = Path(f"/proc/{self.postgres.pid}/task/{self.postgres.pid}/children").read_text().split()
        for child in children:
            if f" {database} " in Path(f"/proc/{child}/cmdline").read_text(errors="replace"):
                os.kill(int(child), signal.SIGKILL)
                return True
        return False

    async def until_ready(self) -> None:
        """Wait until PostgreSQL takes connections again."""
        async with asyncio.timeout(RESTART_SECONDS):
            while True:
                try:
                    await run_sql(self.admin_url, "SELECT 1")
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await asyncio.sleep(0.02)
                    continue
                return


@contextmanager
def running_machines(folder: Path) -> Iterator[Machines]:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    nursery = Nursery(folder, lock_fd=lock)
    machines = Machines(folder, nursery)
    try:
        machines.valkey.start()
        machines.postgres.start()
        yield machines
    finally:
        machines.postgres.stop()
        machines.valkey.stop()
        nursery.close()
        os.close(lock)
