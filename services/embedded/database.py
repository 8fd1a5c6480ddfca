import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from services.embedded.errors import DatabaseToolFailed
from services.embedded.ports import LOOPBACK
from services.embedded.process import server_environment

USER = "lienthong"
DATABASE = "lienthong"
ADMIN_DATABASE = "postgres"


@dataclass(frozen=True, slots=True)
class DatabaseAccess:
    """The running PostgreSQL as its superuser reaches it."""

    port: int
    password: str

    def url(self, database: str) -> str:
        address = f"{LOOPBACK}:{self.port}"
        return f"postgresql+asyncpg://{USER}:{self.password}@{address}/{quote(database, safe='')}"

    def run_tool(self, program: Path, *arguments: str, database: str) -> None:
        """Run createdb or dropdb on `database`. Raises `DatabaseToolFailed` with the tool's own words."""
        address = (f"--host={LOOPBACK}", f"--port={self.port}", f"--username={USER}")
        completed = subprocess.run(
            [program, *address, *arguments, "--", database],
            env=server_environment() | {"PGPASSWORD": self.password},
            capture_output=True,
            text=True,
            check=False,
        )
        if completed.returncode != 0:
            raise DatabaseToolFailed(program.name, database, completed.stderr)
