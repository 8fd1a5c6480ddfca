from dataclasses import replace

from services.embedded.binaries import find_binaries
from services.embedded.cluster import prepare_cluster
from services.embedded.errors import ServerFailed
from services.embedded.folder import ServerFolder
from services.embedded.ownership import Ownership
from services.embedded.ports import choose_port, is_free
from services.embedded.postgres import Postgres
from services.embedded.process import Nursery, Server, ServerProcess
from services.embedded.state import State, read_state, write_state
from services.embedded.valkey import Valkey

PORT_ATTEMPTS = 5


class Engine:
    """The running pair, in the hands of the process that started it."""

    def __init__(self, folder: ServerFolder, ownership: Ownership) -> None:
        self._folder = folder
        self._ownership = ownership
        self._nursery = Nursery(folder.root, lock_fd=ownership.servers_fd)
        self._processes: list[ServerProcess] = []

    def start(self, *, durable: bool) -> State:
        """Both servers answer when this returns. Raises `EmbeddedError`, having stopped what did start."""
        try:
            return self._start(durable=durable)
        except BaseException:
            self.stop()
            raise

    def check(self) -> None:
        """Raise `ServerFailed`, with the end of its log, if a server has ended by itself."""
        for process in self._processes:
            process.raise_if_ended()

    def stop(self) -> None:
        """Stop both cleanly and give the folder back. PostgreSQL first, being the one that matters."""
        for process in reversed(self._processes):
            process.stop()
        self._nursery.close()
        self._ownership.release()

    def _start(self, *, durable: bool) -> State:
        former = read_state(self._folder)
        if former:
            # A killed owner left its state as ready; that has to go before others learn that we are here.
            write_state(self._folder, replace(former, ready=False, pids=()))
        self._ownership.announce()

        binaries = find_binaries()
        password = self._folder.make_password()
        valkey = Valkey(binaries, self._folder, durable=durable, password=password)
        postgres = Postgres(binaries, self._folder, durable=durable)
        valkey.write_config()
        prepare_cluster(binaries, self._folder, self._nursery, durable=durable)
        valkey_process = self._serve(valkey, former.valkey_port if former else None)
        postgres_process = self._serve(postgres, former.postgres_port if former else None)

        state = State(
            postgres_port=postgres_process.port,
            valkey_port=valkey_process.port,
            durable=durable,
            ready=True,
            pids=(postgres_process.pid, valkey_process.pid),
        )
        write_state(self._folder, state)
        return state

    def _serve(self, server: Server, remembered_port: int | None) -> ServerProcess:
        port = choose_port(remembered_port)
        for _ in range(PORT_ATTEMPTS):
            process = self._launch(server, port)
            try:
                process.wait_until_ready()
            except ServerFailed:
                if process.is_alive or is_free(port):
                    raise
                # Somebody took the port between our look at it and the server's.
                self._processes.remove(process)
                port = choose_port(None)
                continue
            return process
        raise ServerFailed(server.name, server.log)

    def _launch(self, server: Server, port: int) -> ServerProcess:
        child = self._nursery.start(
            server.command(port),
            log=server.log,
            death_signal=server.stop_signals[0],
            owned_folder=server.owned_folder,
        )
        process = ServerProcess(server, child, port)
        self._processes.append(process)
        return process
