import time
from pathlib import Path
from types import TracebackType
from typing import Self

from services.embedded.binaries import find_binaries
from services.embedded.database import ADMIN_DATABASE, DATABASE, DatabaseAccess
from services.embedded.engine import Engine
from services.embedded.errors import FolderBusy, ServersNotDurable
from services.embedded.folder import ServerFolder, open_folder
from services.embedded.ownership import claim, has_owner
from services.embedded.ports import answers
from services.embedded.process import POLL_SECONDS
from services.embedded.state import State, read_state
from services.embedded.valkey import valkey_url

JOIN_SECONDS = 60.0


class EmbeddedServers:
    """A running PostgreSQL and Valkey; `start_servers` makes it.

    As a context manager it stops the servers at the end of the block, if this process started them: also on
    Ctrl-C, and on SIGTERM where the program turns that into an exit. Should the process end in any other way,
    `kill -9` included, the kernel tells the servers to stop and they do so cleanly by themselves.
    """

    def __init__(self, folder: ServerFolder, state: State, engine: Engine | None) -> None:
        self._layout = folder
        self._engine = engine
        self._joined = engine is None
        self._password = folder.read_password()
        self._databases = DatabaseAccess(port=state.postgres_port, password=self._password)
        self._valkey_port = state.valkey_port

    @property
    def folder(self) -> Path:
        return self._layout.root

    @property
    def joined(self) -> bool:
        """Whether another process runs the servers; they then end with that process, not with this object."""
        return self._joined

    @property
    def database_url(self) -> str:
        return self._databases.url(DATABASE)

    @property
    def admin_url(self) -> str:
        """The maintenance database, for creating and dropping others. The user is a superuser everywhere."""
        return self._databases.url(ADMIN_DATABASE)

    @property
    def redis_url(self) -> str:
        return valkey_url(port=self._valkey_port, password=self._password)

    @property
    def postgres_log(self) -> Path:
        return self._layout.postgres_log

    @property
    def valkey_log(self) -> Path:
        return self._layout.valkey_log

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Create a database and return its URL. `EmbeddedError` if it exists, or the template is in use."""
        createdb = find_binaries().postgres_bin / "createdb"
        self._databases.run_tool(createdb, f"--template={template}", database=name)
        return self._databases.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, cutting off whoever is connected to it."""
        dropdb = find_binaries().postgres_bin / "dropdb"
        self._databases.run_tool(dropdb, "--if-exists", "--force", database=name)

    def check(self) -> None:
        """Raise `EmbeddedError`, with the end of its log, if a server of ours has ended by itself."""
        if self._engine:
            self._engine.check()

    def stop(self) -> None:
        """Stop both servers cleanly, if this process started them. A second call does nothing."""
        engine, self._engine = self._engine, None
        if engine:
            engine.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def start_servers(folder: Path, *, durable: bool = True) -> EmbeddedServers:
    """Run PostgreSQL and Valkey on the data in `folder`, made on first use; or join the pair that runs there.

    Takes about a second on a new folder, less on a used one, and blocks: from asyncio call it by
    `asyncio.to_thread`. The servers live no longer than the returned object. With `durable=False` a power cut
    may cost the data, and Valkey forgets everything at its end: for tests only.

    Raises `EmbeddedError`, whose text tells a person what to do.
    """
    layout = open_folder(folder)
    deadline = time.monotonic() + JOIN_SECONDS
    while True:
        ownership = claim(layout)
        if ownership:
            engine = Engine(layout, ownership)
            return EmbeddedServers(layout, engine.start(durable=durable), engine)
        # Looked at in this order, because an owner clears what a dead one left before it announces itself.
        announced = has_owner(layout)
        state = read_state(layout)
        if announced and state and _can_join(state):
            if durable and not state.durable:
                raise ServersNotDurable(layout.root)
            return EmbeddedServers(layout, state, engine=None)
        if time.monotonic() > deadline:
            raise FolderBusy(layout.root, seconds=JOIN_SECONDS, pids=state.pids if state else ())
        time.sleep(POLL_SECONDS)


def _can_join(state: State) -> bool:
    return state.ready and answers(state.postgres_port) and answers(state.valkey_port)
