"""A scrape of the metrics service beside ten thousand and beside a million dossiers."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import httpx

from benchmarks.aims import Aim
from benchmarks.cpu import cores_used, cpu_seconds
from benchmarks.database import BenchServers, TrialDatabase
from benchmarks.program import free_port, running
from benchmarks.report import Part
from benchmarks.scraped_dossiers import OPEN, RUNNING, UNITS, fill_province
from benchmarks.size import Size
from benchmarks.table import markdown_table
from services.metrics.main import SHARED_SECONDS

DOSSIERS: Final = (10_000, 1_000_000)
_OUR_METRICS: Final = "from services.metrics.main import run; run()"
_SCRAPES: Final = 60
_WARM: Final = 5
_MOST_MS: Final = 100.0
_MOST_GROWTH: Final = 1.5
_MOST_SERIES: Final = 2_000

_TEXT: Final = """\
## A scrape

`GET /metrics` of the service as it is delivered, with {units} units, {open:,} dossiers that wait and
{running:,} that desks are working on, beside {small:,} and beside {large:,} dossiers in all. There are
{scrapes} scrapes after {warm} that do not count, each later than the second in which scrapes share an answer.
*CPU* is what a scrape costs service and PostgreSQL in processor milliseconds. Onboarding steps add three
series for each unit and step in use, and are not part of it.
"""


@dataclass(frozen=True, slots=True)
class Scrapes:
    """One size: milliseconds of each scrape, what one cost, and how many series it showed."""

    dossiers: int
    ms: Sequence[float]
    cpu_ms: float
    series: int
    slowest_query: str
    cores: dict[str, float]

    @property
    def p95_ms(self) -> float:
        return sorted(self.ms)[int(len(self.ms) * 0.95)]


def measure(servers: BenchServers, size: Size, *, say: Callable[[str], None]) -> Part:
    """Run both sizes; `say` gets a line for each."""
    small, large = DOSSIERS[0], DOSSIERS[1] // size.fewer
    measured = []
    for dossiers in (small, large):
        with servers.fresh_database() as database:
            measured.append(_measure(servers, database, dossiers))
        say(f"scrape, {dossiers:,} dossiers: p95 {measured[-1].p95_ms:.1f} ms")
    text = _TEXT.format(
        units=UNITS, open=OPEN, running=RUNNING, small=small, large=large, scrapes=_SCRAPES, warm=_WARM
    )
    return Part(text, _table(measured), _aims(*measured))


def _measure(servers: BenchServers, database: TrialDatabase, dossiers: int) -> Scrapes:
    asyncio.run(fill_province(database, dossiers))
    port = free_port()
    settings = {"LIENTHONG_DATABASE_URL": database.url, "LIENTHONG_METRICS_PORT": str(port)}
    with running(["-c", _OUR_METRICS], settings=settings, log=servers.folder / "metrics.log") as service:
        url = f"http://127.0.0.1:{port}"
        service.wait_until_ready(f"{url}/readyz")
        roots = {"metrics": service.pid, "PostgreSQL": servers.postgres_pid, "load": os.getpid()}
        before, started = cpu_seconds(roots), time.perf_counter()
        ms, page = _scrape(url)
        after, seconds = cpu_seconds(roots), time.perf_counter() - started
    used = sum(after[name] - before[name] for name in ("metrics", "PostgreSQL"))
    return Scrapes(
        dossiers,
        ms,
        used / (_WARM + _SCRAPES) * 1000,
        sum(line.startswith("lienthong_") for line in page.splitlines()),
        _slowest_query(page),
        cores_used(before, after, seconds=seconds),
    )


def _scrape(url: str) -> tuple[list[float], str]:
    """Give the milliseconds of each scrape, and the last page."""
    taken: list[float] = []
    page = ""
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
        for number in range(_WARM + _SCRAPES):
            time.sleep(1.05 * SHARED_SECONDS)
            started = time.perf_counter()
            answer = http.get("/metrics")
            seconds = time.perf_counter() - started
            page = answer.raise_for_status().text
            if number >= _WARM:
                taken.append(seconds * 1000)
    return taken, page


def _slowest_query(page: str) -> str:
    lines = [line for line in page.splitlines() if line.startswith("lienthong_metrics_query_seconds{")]
    _, query, seconds = max((line.split('"') for line in lines), key=lambda parts: float(parts[2][1:]))
    return f"`{query}` {float(seconds[1:]) * 1000:.1f} ms"


def _table(measured: Sequence[Scrapes]) -> str:
    rows = [
        (
            f"{one.dossiers:,}",
            f"{sorted(one.ms)[len(one.ms) // 2]:.1f}",
            f"{one.p95_ms:.1f}",
            f"{one.cpu_ms:.1f}",
            f"{one.series:,}",
            one.slowest_query,
        )
        for one in measured
    ]
    head = ("dossiers", "median ms", "p95 ms", "CPU ms", "series", "slowest query of the last")
    return markdown_table(head, rows)


def _aims(small: Scrapes, large: Scrapes) -> list[Aim]:
    growth = large.p95_ms / small.p95_ms
    return [
        Aim(f"{_MOST_MS:g} ms / p95", [_MOST_MS / large.p95_ms], 1.0, large.cores, "metrics"),
        Aim("p95 beside few / beside many dossiers", [1 / growth], 1 / _MOST_GROWTH, large.cores, "metrics"),
        Aim(f"{_MOST_SERIES:,} / series", [_MOST_SERIES / large.series], 1.0, large.cores, "metrics"),
    ]
