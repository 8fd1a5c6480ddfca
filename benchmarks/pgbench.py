"""The ceiling for taking dossiers in: the same rows, written by PostgreSQL's own load program."""

import asyncio
import os
import re
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from benchmarks.database import TrialDatabase
from services.embedded.binaries import find_binaries

THREADS: Final = 2
_SCRIPTS: Final = Path(__file__).with_name("sql")
#: A statement for each row, in one transaction.
ROW_BY_ROW: Final = _SCRIPTS / "receive_row_by_row.sql"
#: All rows in a single statement.
AT_ONCE: Final = _SCRIPTS / "receive_at_once.sql"


class PgbenchFailed(Exception):
    """pgbench ended badly, or said nothing; the text is its own."""


@dataclass(frozen=True, slots=True)
class PgbenchResult:
    """Without percentiles, which pgbench would have to log every transaction for."""

    transactions: int
    per_second: float
    mean_ms: float
    cpu_seconds: float
    elapsed_seconds: float


def run_pgbench(database: TrialDatabase, script: Path, *, connections: int, seconds: float) -> PgbenchResult:
    """Run a script in prepared mode for whole seconds; raises `PgbenchFailed`."""
    url = urlsplit(database.dsn)
    client_id, first_unit = asyncio.run(_catalogue(database))
    command = [
        *(str(find_binaries().postgres_bin / "pgbench"), "--no-vacuum", "--protocol=prepared"),
        *(f"--client={connections}", f"--jobs={THREADS}", f"--time={max(1, round(seconds))}"),
        *(f"--define=client={client_id}", f"--define=first_unit={first_unit}", f"--file={script}"),
        *(f"--host={url.hostname}", f"--port={url.port}", f"--username={url.username}"),
        url.path.removeprefix("/"),
    ]
    cpu_before, started = _children_cpu(), time.monotonic()
    done = subprocess.run(
        command,
        env={**os.environ, "PGPASSWORD": url.password or ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PgbenchFailed(done.stderr)
    return PgbenchResult(
        transactions=int(_figure(done.stdout, r"actually processed: (\d+)")),
        per_second=_figure(done.stdout, r"tps = ([\d.]+)"),
        mean_ms=_figure(done.stdout, r"latency average = ([\d.]+)"),
        cpu_seconds=_children_cpu() - cpu_before,
        elapsed_seconds=time.monotonic() - started,
    )


async def _catalogue(database: TrialDatabase) -> tuple[str, int]:
    """Give the desk client and the first commune; the others follow it."""
    connection = await database.connect()
    try:
        client_id = await connection.fetchval("SELECT id FROM desk_clients")
        return str(client_id), await connection.fetchval("SELECT min(id) FROM units WHERE level = 'commune'")
    finally:
        await connection.close()


def _figure(output: str, pattern: str) -> float:
    found = re.search(pattern, output)
    if found is None:
        raise PgbenchFailed(output)
    return float(found.group(1))


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
