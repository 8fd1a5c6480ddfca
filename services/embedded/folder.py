import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from services.embedded.errors import FolderNotOurs, PasswordLost


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """What lies where in the folder that holds one pair of servers."""

    root: Path

    @property
    def cluster(self) -> Path:
        return self.root / "postgres"

    @property
    def cluster_draft(self) -> Path:
        """A cluster in the making; it gets its final name when it is complete."""
        return self.root / "postgres.draft"

    @property
    def valkey_data(self) -> Path:
        return self.root / "valkey"

    @property
    def valkey_config(self) -> Path:
        return self.root / "valkey.conf"

    @property
    def postgres_log(self) -> Path:
        return self.root / "logs" / "postgres.log"

    @property
    def initdb_log(self) -> Path:
        return self.root / "logs" / "initdb.log"

    @property
    def valkey_log(self) -> Path:
        return self.root / "logs" / "valkey.log"

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's own note of its process."""
        return self.cluster / "postmaster.pid"

    @property
    def password_file(self) -> Path:
        return self.root / "password"

    @property
    def state_file(self) -> Path:
        return self.root / "state.json"

    @property
    def owner_lock(self) -> Path:
        return self.root / "owner.lock"

    @property
    def servers_lock(self) -> Path:
        return self.root / "servers.lock"

    def make_password(self) -> str:
        """Read the password of both servers, making it on first use; `PasswordLost` if data has none."""
        if not self.password_file.exists() and not self.cluster.exists():
            write_private(self.password_file, secrets.token_hex(24))
        return self.read_password()

    def read_password(self) -> str:
        try:
            password = self.password_file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            password = ""
        if not password:
            raise PasswordLost(self.password_file, self.cluster)
        return password

    def read_pid_file(self) -> list[str]:
        """Read the lines of `pid_file`; none if PostgreSQL was stopped cleanly."""
        try:
            return self.pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []


def open_folder(path: Path) -> ServerFolder:
    """Make the folder if need be, closed to other users. Raises `FolderNotOurs` if another user owns it."""
    root = path.expanduser().resolve()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner, user = root.stat().st_uid, os.geteuid()
    if owner != user:
        raise FolderNotOurs(root, owner=owner, user=user)
    folder = ServerFolder(root)
    folder.valkey_data.mkdir(exist_ok=True)
    folder.postgres_log.parent.mkdir(exist_ok=True)
    return folder


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, so that nobody ever reads half of it; only its owner may read it at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
