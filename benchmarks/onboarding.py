"""Figures of a unit, a citizen and a team, beside ten thousand and beside a million onboarding events."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx

from benchmarks.aims import Aim
from benchmarks.catalogue import API_KEY, UNIT_CODES
from benchmarks.cpu import cores_used, cpu_seconds
from benchmarks.create_trial import our_api
from benchmarks.database import BenchServers, TrialDatabase
from benchmarks.onboarding_events import PEOPLE_PER_EVENT, TEAMS, citizen_number, load_events
from benchmarks.program import free_port, running
from benchmarks.report import Part
from benchmarks.size import Size
from benchmarks.table import markdown_table

EVENTS: Final = (10_000, 1_000_000)
_CALLS: Final = 200
_WARM: Final = 20
_PART: Final = 0.95
_MOST_MS: Final = 100.0
_MOST_GROWTH: Final = 1.5
_A_MONTH: Final = {"first": "2026-01-15", "last": "2026-02-13"}

_TEXT: Final = """\
## Onboarding figures

The same sixty days, twenty communes and six steps with {small:,} and with {large:,} events; the events are
copied into the table, and everything that follows from them is made by the statements of
`lienthong onboarding rebuild`. Each figure is asked for {calls} times over one connection to the API, after
{warm} that do not count, by turns; the table shows p95 in milliseconds. *CPU per answer* is what one costs
API and PostgreSQL in processor milliseconds, all questions together.

- **unit**: `GET /v1/onboarding/coverage?unit=`, and with `on=` a day in the middle.
- **province**: the same for all communes together.
- **citizen**: `POST /v1/onboarding/standings:find`.
- **team**: `GET /v1/onboarding/teams?unit=&team=`, thirty days.
- **failures**: `GET /v1/onboarding/failures?unit=`, thirty days.
- **attempts**: `GET /v1/onboarding/attempts?unit=&state=stuck`, the first page.
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """One size: p95 in milliseconds by figure, and the seconds that the rebuild took.

    `cpu_ms` is what an answer costs API and PostgreSQL on average, whatever else the machine is doing.
    """

    events: int
    p95_ms: dict[str, float]
    cpu_ms: float
    cores: dict[str, float]
    rebuild_seconds: float


def measure(servers: BenchServers, size: Size, *, say: Callable[[str], None]) -> Part:
    """Run both sizes; `say` gets a line for each."""
    small, large = EVENTS[0], EVENTS[1] // size.fewer
    measured = []
    for events in (small, large):
        with servers.fresh_database() as database:
            measured.append(_measure(servers, database, events))
        slowest = max(measured[-1].p95_ms.values())
        say(f"onboarding, {events:,} events: slowest p95 {slowest:.1f} ms")
    text = _TEXT.format(small=small, large=large, calls=_CALLS, warm=_WARM)
    return Part(text, _table(*measured), _aims(*measured))


def _measure(servers: BenchServers, database: TrialDatabase, events: int) -> Figures:
    rebuild_seconds = asyncio.run(load_events(database, events))
    port = free_port()
    arguments, settings = our_api(database, port)
    with running(arguments, settings=settings, log=servers.folder / "onboarding-api.log") as api:
        url = f"http://127.0.0.1:{port}"
        api.wait_until_ready(f"{url}/readyz")
        roots = {"API": api.pid, "PostgreSQL": servers.postgres_pid, "load": os.getpid()}
        before, started = cpu_seconds(roots), time.perf_counter()
        p95_ms = asyncio.run(_ask(url, events))
        after, seconds = cpu_seconds(roots), time.perf_counter() - started
    answers = len(p95_ms) * (_WARM + _CALLS)
    used = sum(after[name] - before[name] for name in ("API", "PostgreSQL"))
    cores = cores_used(before, after, seconds=seconds)
    return Figures(events, p95_ms, used / answers * 1000, cores, rebuild_seconds)


async def _ask(url: str, events: int) -> dict[str, float]:
    headers = {"Authorization": f"Bearer {API_KEY}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30, trust_env=False) as http:
        taken: dict[str, list[float]] = {}
        for number in range(_WARM + _CALLS):
            for name, call in _questions(http, number, events).items():
                started = time.perf_counter()
                answer = await call()
                seconds = time.perf_counter() - started
                answer.raise_for_status()
                if number >= _WARM:
                    taken.setdefault(name, []).append(seconds)
    return {name: _p95(seconds) * 1000 for name, seconds in taken.items()}


def _questions(
    http: httpx.AsyncClient, number: int, events: int
) -> dict[str, Callable[[], Awaitable[httpx.Response]]]:
    unit = UNIT_CODES[number % len(UNIT_CODES)]
    person = number * 7919 % max(int(events * PEOPLE_PER_EVENT), 1)
    subject = {"kind": "person", "identity_number": citizen_number(person)}

    def get(path: str, **query: Any) -> Callable[[], Awaitable[httpx.Response]]:
        return lambda: http.get(f"/v1/onboarding/{path}", params=query)

    return {
        "unit": get("coverage", unit=unit),
        "unit on a day": get("coverage", unit=unit, on="2026-01-20"),
        "province": get("coverage"),
        "citizen": lambda: http.post("/v1/onboarding/standings:find", json={"subject": subject}),
        "team": get("teams", unit=unit, team=TEAMS[number % len(TEAMS)], **_A_MONTH),
        "failures": get("failures", unit=unit, **_A_MONTH),
        "attempts": get("attempts", unit=unit, state="stuck"),
    }


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(len(seconds) * _PART)]


def _table(small: Figures, large: Figures) -> str:
    rows = [
        (name, f"{ms:.1f}", f"{large.p95_ms[name]:.1f}", f"{large.p95_ms[name] / ms:.2f}")
        for name, ms in small.p95_ms.items()
    ]
    growth = large.cpu_ms / small.cpu_ms
    rows.append(("CPU per answer, all", f"{small.cpu_ms:.1f}", f"{large.cpu_ms:.1f}", f"{growth:.2f}"))
    rows.append(("rebuild, seconds", f"{small.rebuild_seconds:.1f}", f"{large.rebuild_seconds:.1f}", ""))
    return markdown_table(("", f"{small.events:,} events", f"{large.events:,} events", "growth"), rows)


def _aims(small: Figures, large: Figures) -> list[Aim]:
    slowest = max(large.p95_ms.values())
    growth = max(large.p95_ms[name] / ms for name, ms in small.p95_ms.items())
    return [
        Aim(f"{_MOST_MS:g} ms / slowest p95", [_MOST_MS / slowest], 1.0, large.cores, "API"),
        Aim("p95 beside few / beside many events", [1 / growth], 1 / _MOST_GROWTH, large.cores, "API"),
    ]
