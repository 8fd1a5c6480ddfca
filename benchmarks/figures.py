"""The report of all published figures for a year, beside ten thousand and beside a million dossiers."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import httpx

from benchmarks.aims import Aim
from benchmarks.catalogue import API_KEY
from benchmarks.cpu import cores_used, cpu_seconds
from benchmarks.create_trial import our_api
from benchmarks.database import BenchServers, TrialDatabase
from benchmarks.program import free_port, running
from benchmarks.report import Part
from benchmarks.size import Size
from benchmarks.table import markdown_table
from benchmarks.year_of_dossiers import OPEN, PROCEDURES, RUNNING, UNITS, fill_year
from services.core.application.figure_sources import SOURCES, FigureScope
from services.core.application.find_subtree import find_subtree
from services.core.domain.deadline import VIETNAM
from services.core.domain.figures import Period
from services.core.persistence.engine import create_engine, create_sessions
from services.core.persistence.one_state import read_one_state

DOSSIERS: Final = (10_000, 1_000_000)
_CALLS: Final = 20
_WARM: Final = 2
_PART: Final = 0.95
_MOST_SECONDS: Final = 2.0
_MOST_OF_A_SOURCE: Final = 1.0

_TEXT: Final = """\
## The report of a year

All published figures of the last 365 days, for a province of {units} units and {procedures} procedures, with
{open:,} dossiers that wait and {running:,} that desks are working on, beside {small:,} and beside {large:,}
dossiers in all. The dossiers are copied in; the database counts them by its triggers, and what the worker
does once a minute adds up their deliveries. Each answer of `GET /v1/reports/figures` is asked for {calls}
times after {warm} that do not count, by turns; the table shows p95 in milliseconds. Below it, what each
source of the report takes by itself (median), each of them one query or two.
"""

_QUESTIONS: Final[dict[str, dict[str, str]]] = {
    "JSON": {},
    "JSON, each unit": {"by": "unit"},
    "XLSX, each unit": {"by": "unit", "format": "xlsx"},
    "JSON, one commune": {"unit": "H44.S7"},
}


@dataclass(frozen=True, slots=True)
class Reports:
    """One size: milliseconds by question (p95), and by source (median)."""

    dossiers: int
    whole: dict[str, float]
    sources: dict[str, float]
    cores: dict[str, float]


def measure(servers: BenchServers, size: Size, *, say: Callable[[str], None]) -> Part:
    """Run both sizes; `say` gets a line for each."""
    small, large = DOSSIERS[0], DOSSIERS[1] // size.fewer
    measured = []
    for dossiers in (small, large):
        with servers.fresh_database() as database:
            measured.append(_measure(servers, database, dossiers))
        say(f"report of a year, {dossiers:,} dossiers: slowest p95 {max(measured[-1].whole.values()):.0f} ms")
    text = _TEXT.format(
        units=UNITS,
        procedures=PROCEDURES,
        open=OPEN,
        running=RUNNING,
        small=small,
        large=large,
        calls=_CALLS,
        warm=_WARM,
    )
    return Part(text, _table(*measured), _aims(measured[-1]))


def _measure(servers: BenchServers, database: TrialDatabase, dossiers: int) -> Reports:
    asyncio.run(fill_year(database, dossiers))
    today = datetime.now(UTC).astimezone(VIETNAM).date()
    year = Period(today - timedelta(days=364), today)
    port = free_port()
    arguments, settings = our_api(database, port)
    with running(arguments, settings=settings, log=servers.folder / "figures-api.log") as api:
        url = f"http://127.0.0.1:{port}"
        api.wait_until_ready(f"{url}/readyz")
        roots = {"API": api.pid, "PostgreSQL": servers.postgres_pid, "load": os.getpid()}
        before, started = cpu_seconds(roots), time.perf_counter()
        whole = _ask(url, year)
        after, seconds = cpu_seconds(roots), time.perf_counter() - started
    sources = asyncio.run(_time_sources(database, year, today))
    return Reports(dossiers, whole, sources, cores_used(before, after, seconds=seconds))


def _ask(url: str, year: Period) -> dict[str, float]:
    headers = {"Authorization": f"Bearer {API_KEY}"}
    period = {"from": year.first.isoformat(), "to": year.last.isoformat()}
    taken: dict[str, list[float]] = {name: [] for name in _QUESTIONS}
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as http:
        for number in range(_WARM + _CALLS):
            for name, query in _QUESTIONS.items():
                started = time.perf_counter()
                answer = http.get("/v1/reports/figures", params=period | query)
                seconds = time.perf_counter() - started
                answer.raise_for_status()
                if number >= _WARM:
                    taken[name].append(seconds * 1000)
    return {name: sorted(ms)[int(len(ms) * _PART)] for name, ms in taken.items()}


async def _time_sources(database: TrialDatabase, year: Period, today: date) -> dict[str, float]:
    """Give the median milliseconds of each part of the report, under the limits of the API."""
    engine = create_engine(database.url, application="lienthong-bench")
    taken: dict[str, list[float]] = {source.__name__: [] for source in SOURCES}
    try:
        for _ in range(_CALLS // 4):
            async with create_sessions(engine)() as session:
                await read_one_state(session)
                province = await find_subtree(session, code=None)
                scope = FigureScope(path=province.path, period=year, today=today)
                for source in SOURCES:
                    started = time.perf_counter()
                    await source(session, scope)
                    taken[source.__name__].append((time.perf_counter() - started) * 1000)
    finally:
        await engine.dispose()
    return {name: _median(ms) for name, ms in taken.items()}


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _table(small: Reports, large: Reports) -> str:
    rows = [
        (name, f"{ms:.0f}", f"{of_large[name]:.0f}", f"{of_large[name] / ms:.1f}")
        for of_small, of_large in ((small.whole, large.whole), (small.sources, large.sources))
        for name, ms in of_small.items()
    ]
    return markdown_table(
        ("ms", f"{small.dossiers:,} dossiers", f"{large.dossiers:,} dossiers", "growth"), rows
    )


def _aims(large: Reports) -> list[Aim]:
    slowest, source = max(large.whole.values()) / 1000, max(large.sources.values()) / 1000
    return [
        Aim(
            f"{_MOST_SECONDS:g} s / slowest p95 of a report",
            [_MOST_SECONDS / slowest],
            1.0,
            large.cores,
            "API",
        ),
        Aim(
            f"{_MOST_OF_A_SOURCE:g} s / slowest source", [_MOST_OF_A_SOURCE / source], 1.0, large.cores, "API"
        ),
    ]
