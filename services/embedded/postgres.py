import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.embedded.binaries import Binaries
from services.embedded.folder import ServerFolder
from services.embedded.ports import LOOPBACK

SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    # A socket's path may not exceed 107 bytes, which a project's folder easily does.
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "autovacuum_naptime": "15s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Parameters and the DETAIL of a violated constraint carry citizens' data, which no log may hold.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
THROW_AWAY_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """The server on a prepared cluster (`cluster.prepare_cluster`)."""

    binaries: Binaries
    folder: ServerFolder
    durable: bool

    name = "PostgreSQL"
    #: Fast shutdown first; SIGQUIT leaves the work to crash recovery; neither loses a committed row.
    stop_signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)

    @property
    def log(self) -> Path:
        return self.folder.postgres_log

    @property
    def owned_folder(self) -> Path:
        return self.folder.cluster

    def command(self, port: int) -> list[str]:
        settings = {**SETTINGS, **({} if self.durable else THROW_AWAY_SETTINGS), "port": str(port)}
        options = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        return [str(self.binaries.postgres_bin / "postgres"), "-D", str(self.folder.cluster), *options]

    def is_ready(self, *, pid: int, port: int) -> bool:
        """Ask the pid file, as pg_ctl does: pid, folder, start, port, socket, address, memory, status."""
        match self.folder.read_pid_file():
            case [noted_pid, _, _, noted_port, _, _, _, status]:
                return (noted_pid, noted_port, status.strip()) == (str(pid), str(port), "ready")
            case _:
                return False
