"""The console's pages beside a million dossiers: how long they take, and how much goes over the wire."""

import asyncio
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import httpx

from benchmarks.aims import Aim
from benchmarks.cpu import cores_used, cpu_seconds
from benchmarks.database import BenchServers
from benchmarks.program import free_port, running
from benchmarks.report import Part
from benchmarks.scraped_dossiers import RUNNING, UNITS, fill_province
from benchmarks.size import Size
from benchmarks.table import markdown_table

DOSSIERS: Final = 1_000_000
#: A morning's worth after an outage of the portal.
WAITING: Final = 10_000
FIRST: Final = "/"
OTHERS: Final = ("/late", "/parked", "/interventions", "/outages", "/reconciliation", "/look-ups")
MOST_MS: Final = 200.0
MOST_BYTES: Final = 150_000
_OUR_CONSOLE: Final = "from services.console.main import run; run()"
_CALLS: Final = 60
_WARM: Final = 5
_FILE: Final = re.compile(r'(?:src|href)="(/static/[^"]+)"')

_TEXT: Final = """\
## The console

Pages of the console as it is delivered, with {units} units, {waiting:,} dossiers that wait and {running:,}
that desks are working on, beside {dossiers:,} in all. Each page is asked for {calls} times after {warm} that
do not count. *kB* are those of the answer's body; for the first page also with all files that it names, which
a browser keeps afterwards.
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One address: milliseconds of each call, bytes of the answer, and bytes with the files that it names."""

    address: str
    ms: Sequence[float]
    bytes: int
    bytes_in_all: int
    files: int

    @property
    def p95_ms(self) -> float:
        return sorted(self.ms)[int(len(self.ms) * 0.95)]


@dataclass(frozen=True, slots=True)
class Pages:
    """All pages of one run, the first page first."""

    pages: Sequence[Page]
    cores: Mapping[str, float]


def measure(servers: BenchServers, size: Size, *, say: Callable[[str], None]) -> Part:
    """Ask for every page; `say` gets a line for the first one."""
    dossiers = DOSSIERS // size.fewer
    measured = read_pages(servers, dossiers=dossiers)
    first = measured.pages[0]
    say(f"console, {dossiers:,} dossiers: first page p95 {first.p95_ms:.1f} ms, {first.bytes_in_all:,} bytes")
    text = _TEXT.format(
        units=UNITS, waiting=WAITING, running=RUNNING, dossiers=dossiers, calls=_CALLS, warm=_WARM
    )
    return Part(text, _table(measured.pages), _aims(first, measured.cores))


def read_pages(servers: BenchServers, *, dossiers: int = DOSSIERS) -> Pages:
    """Fill a database and read all pages from a console of its own."""
    port = free_port()
    with servers.fresh_database() as database:
        asyncio.run(fill_province(database, dossiers, waiting=WAITING))
        settings = {"LIENTHONG_DATABASE_URL": database.url, "LIENTHONG_CONSOLE_PORT": str(port)}
        with running(["-c", _OUR_CONSOLE], settings=settings, log=servers.folder / "console.log") as service:
            url = f"http://127.0.0.1:{port}"
            service.wait_until_ready(f"{url}/readyz")
            roots = {"console": service.pid, "PostgreSQL": servers.postgres_pid, "load": os.getpid()}
            before, started = cpu_seconds(roots), time.perf_counter()
            with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
                pages = [_read(http, address) for address in (FIRST, *OTHERS)]
            after, seconds = cpu_seconds(roots), time.perf_counter() - started
    return Pages(pages, cores_used(before, after, seconds=seconds))


def _read(http: httpx.Client, address: str) -> Page:
    taken: list[float] = []
    for number in range(_WARM + _CALLS):
        started = time.perf_counter()
        answer = http.get(address).raise_for_status()
        if number >= _WARM:
            taken.append((time.perf_counter() - started) * 1000)
    files = sorted(set(_FILE.findall(answer.text)))
    size = answer.num_bytes_downloaded
    in_all = size + sum(http.get(file).raise_for_status().num_bytes_downloaded for file in files)
    return Page(address, taken, size, in_all, len(files))


def _table(pages: Sequence[Page]) -> str:
    rows = [
        (
            f"`{page.address}`",
            f"{median(page.ms):.1f}",
            f"{page.p95_ms:.1f}",
            f"{page.bytes / 1000:.1f}",
            f"{page.bytes_in_all / 1000:.1f}" if page.address == FIRST else "",
        )
        for page in pages
    ]
    return markdown_table(("page", "median ms", "p95 ms", "kB", "kB with files"), rows)


def _aims(first: Page, cores: Mapping[str, float]) -> list[Aim]:
    return [
        Aim(f"{MOST_MS:g} ms / p95 of the first page", [MOST_MS / first.p95_ms], 1.0, cores, "console"),
        Aim(
            f"{MOST_BYTES // 1000} kB / first page with files",
            [MOST_BYTES / first.bytes_in_all],
            1.0,
            cores,
            "console",
        ),
    ]
