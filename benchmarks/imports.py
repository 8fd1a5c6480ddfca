"""Bringing a register in: one command, its time from start to end and its greatest resident memory."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.database import BenchServers, TrialDatabase
from benchmarks.register import write_register
from benchmarks.report import Part
from benchmarks.size import Size
from benchmarks.table import markdown_table

ROWS: Final = 100_000
_CLIENT: Final = "benchmark"
_HEAD: Final = (
    "run",
    "rows",
    "seconds",
    "rows/s",
    "own CPU s",
    "greatest resident MiB",
    "stored",
    "unchanged",
)
_TEXT: Final = """\
## Importing a register

`lienthong import dossiers` on an XLSX of {rows:,} finished dossiers with eighteen columns, title lines,
merged headings and a line of sums; each becomes a dossier with three or two progress entries and a delivery
row. The whole command is measured, from the start of Python to its last line. Aim: 100,000 rows in under 60 s
and 300 MiB. The second run finds everything there and compares it.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took; the processor seconds are those of the command, without PostgreSQL's."""

    seconds: float
    cpu_seconds: float
    mebibytes: float
    stored: int
    unchanged: int


def measure(servers: BenchServers, size: Size, *, say: Callable[[str], None]) -> Part:
    """Import a register twice into one database."""
    rows = ROWS // size.fewer
    path = servers.folder / "register.xlsx"
    write_register(path, rows)
    with servers.fresh_database() as database:
        runs = {}
        for name in ("first", "again"):
            runs[name] = run = _import(str(path), database)
            say(
                f"import, {name}: {rows} rows in {run.seconds:.1f} s, {run.cpu_seconds:.1f} s of own CPU, "
                f"{run.mebibytes:.0f} MiB"
            )
    path.unlink()
    _check(runs["first"].stored, rows)
    _check(runs["again"].unchanged, rows)
    lines = [
        (
            name,
            f"{rows:,}",
            f"{run.seconds:.1f}",
            f"{rows / run.seconds:,.0f}",
            f"{run.cpu_seconds:.1f}",
            f"{run.mebibytes:.0f}",
            f"{run.stored:,}",
            f"{run.unchanged:,}",
        )
        for name, run in runs.items()
    ]
    return Part(_TEXT.format(rows=rows), markdown_table(_HEAD, lines), ())


def _import(path: str, database: TrialDatabase) -> Run:
    before = time.monotonic()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "services.cli.main",
            "import",
            "dossiers",
            path,
            "--client",
            _CLIENT,
            "--json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LIENTHONG_DATABASE_URL": database.url},
    )
    if process.stdout is None:
        raise SystemExit("no output to read")
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - before
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"the import failed: {told.decode()[:2000]}")
    outcome = json.loads(told)
    return Run(
        seconds, usage.ru_utime + usage.ru_stime, _mebibytes(usage), outcome["stored"], outcome["unchanged"]
    )


def _mebibytes(usage: resource.struct_rusage) -> float:
    """Give the greatest resident memory; Linux counts it in KiB."""
    return usage.ru_maxrss / 1024


def _check(told: int, rows: int) -> None:
    if told != rows:
        raise SystemExit(f"{told} of {rows} rows accounted for")
