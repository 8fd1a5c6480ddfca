import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from services.embedded.binaries import Binaries
from services.embedded.folder import ServerFolder, write_private
from services.embedded.ports import LOOPBACK

#: One for each worker process of a test run on a large machine.
DATABASES = 128


@dataclass(frozen=True, slots=True)
class Valkey:
    binaries: Binaries
    folder: ServerFolder
    durable: bool
    password: str

    name = "Valkey"
    stop_signals = (signal.SIGTERM, signal.SIGKILL)

    @property
    def log(self) -> Path:
        return self.folder.valkey_log

    @property
    def owned_folder(self) -> None:
        """Valkey runs as any user, root included."""
        return

    def write_config(self) -> None:
        # Arguments are there for all to see in the process list; a file need not be.
        write_private(self.folder.valkey_config, f"requirepass {self.password}\n")

    def command(self, port: int) -> list[str]:
        settings = {
            "bind": LOOPBACK,
            "port": str(port),
            "dir": str(self.folder.valkey_data),
            "databases": str(DATABASES),
            "maxmemory-policy": "noeviction",
            # Snapshots would only double the writing: the append-only file is complete.
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
        }
        options = [argument for name, value in settings.items() for argument in (f"--{name}", value)]
        return [str(self.binaries.valkey_server), str(self.folder.valkey_config), *options]

    def is_ready(self, *, pid: int, port: int) -> bool:
        """Whether it has read its data back: until then it answers PING with an error."""
        _ = pid
        try:
            with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as replies:
                    return [replies.readline(), replies.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False


def valkey_url(*, port: int, password: str) -> str:
    return f"redis://:{password}@{LOOPBACK}:{port}/0"
