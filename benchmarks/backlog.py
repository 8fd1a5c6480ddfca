"""A long backlog, what bare connections could post, and a claim in front of a million finished dossiers."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks import bare_httpx
from benchmarks.aims import Aim
from benchmarks.cpu import OTHERS
from benchmarks.database import BenchServers, TrialDatabase
from benchmarks.deliveries import ARQ, OURS, OURS_SINGLY
from benchmarks.delivery_trial import Deliveries, measure_delivery
from benchmarks.due_dossiers import file_due_dossiers, file_finished_dossiers
from benchmarks.portal import running_portal
from benchmarks.report import Part
from benchmarks.size import Size
from benchmarks.table import markdown_table
from services.core.config import WorkerSettings
from services.core.persistence.deliveries import DeliveryRepository
from services.core.persistence.engine import Sessions, create_engine, create_sessions

BACKLOG: Final = 100_000
FINISHED: Final = 1_000_000
_DUE: Final = 10_000
_CLAIMS: Final = 200
_CONNECTIONS: Final = WorkerSettings().calls_in_flight
#: Dossiers that take the bare connections some seconds, by the number in a call.
_BARE: Final = {1: 1_500, 50: 20_000}

_TEXT: Final = """\
## A long backlog

- **ours** delivers {backlog:,} dossiers as above; its memory is read whenever the portal holds ten thousand
  more.
- **arq** as above.
- **bare httpx** posts ready-made requests of the same kind over as many connections as our worker may use
  ({connections}), and does nothing with the answers (`bare_httpx.py`). What it posts per second is the
  ceiling for anybody who writes down what happened.
- **claim** is the time of one claim of 50 among {due:,} due dossiers, alone in the table and beside
  {finished:,} that the portal already has: two databases, asked by turns, so that both see the same minutes;
  median of {claims} each, all rolled back.
"""


def measure(servers: BenchServers, size: Size, *, say: Callable[[str], None]) -> Part:
    """Run every trial once; `say` gets a line for each."""
    long = measure_delivery(servers, OURS.name, OURS.start, dossiers=BACKLOG // size.fewer, latency_ms=0)
    say(f"{long.contender}, {long.dossiers:,}: {_speed(long)}")
    arq = measure_delivery(servers, ARQ.name, ARQ.start, dossiers=ARQ.dossiers[0] // size.fewer, latency_ms=0)
    singly = measure_delivery(
        servers, OURS_SINGLY.name, OURS_SINGLY.start, dossiers=_BARE[1] // size.fewer, latency_ms=0
    )
    bare = {n: _measure_bare(servers, _BARE[n] // size.fewer, n) for n in _BARE}
    for number, rate in bare.items():
        say(f"bare httpx, {number} per call: {rate:,.0f} dossiers/s")
    claims = _measure_claims(servers, (0, FINISHED // size.fewer))
    for number, seconds in claims.items():
        say(f"claim beside {number:,} finished: {seconds * 1000:.2f} ms")
    return Part(
        _TEXT.format(backlog=BACKLOG, connections=_CONNECTIONS, due=_DUE, finished=FINISHED, claims=_CLAIMS),
        _table(long, arq, singly, bare, claims),
        _aims(long, arq, singly, bare, claims),
    )


def _measure_bare(servers: BenchServers, dossiers: int, per_call: int) -> float:
    """Give dossiers per second."""
    with running_portal(servers.folder, latency_ms=0) as portal:
        words = [portal.url, str(_CONNECTIONS), str(dossiers), str(per_call)]
        run = subprocess.run(
            [sys.executable, "-m", bare_httpx.__name__, *words],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).resolve().parents[1],
        )
        held = portal.summary()["dossiers"]
    if held != dossiers:
        raise AssertionError(f"the portal holds {held} of {dossiers}")
    return dossiers / float(run.stdout)


def _measure_claims(servers: BenchServers, finished: Sequence[int]) -> dict[int, float]:
    """Give seconds by the number of dossiers that are finished."""
    with ExitStack() as stack:
        databases = {number: stack.enter_context(servers.fresh_database()) for number in finished}
        for number, database in databases.items():
            asyncio.run(file_finished_dossiers(database, number))
            asyncio.run(file_due_dossiers(database, _DUE))
        return asyncio.run(_claim_by_turns(databases))


async def _claim_by_turns(databases: Mapping[int, TrialDatabase]) -> dict[int, float]:
    engines = {n: create_engine(one.url, application="lienthong-bench") for n, one in databases.items()}
    taken: dict[int, list[float]] = {number: [] for number in databases}
    try:
        for _ in range(_CLAIMS):
            for number, engine in engines.items():
                taken[number].append(await _claim_once(create_sessions(engine)))
    finally:
        for engine in engines.values():
            await engine.dispose()
    return {number: median(seconds) for number, seconds in taken.items()}


async def _claim_once(sessions: Sessions) -> float:
    async with sessions() as session:
        started = perf_counter()
        await DeliveryRepository(session).claim(
            size=50, owner="bench", lease=timedelta(minutes=1), chance=0.5
        )
        taken = perf_counter() - started
        await session.rollback()
    return taken


def _aims(
    long: Deliveries, arq: Deliveries, singly: Deliveries, bare: dict[int, float], claims: dict[int, float]
) -> list[Aim]:
    alone, beside = claims.values()
    quiet = {"claim": 0.0, OTHERS: 0.0}
    first, last = long.memory_mib[0], long.memory_mib[-1]
    return [
        Aim(
            f"{long.dossiers:,} dossiers / {ARQ.name}",
            [long.per_second / arq.per_second],
            30.0,
            long.cores,
            "worker",
        ),
        Aim("memory after the first / after the last part", [first / last], 0.9, long.cores, "worker"),
        Aim(
            f"{OURS_SINGLY.name} / {ARQ.name}",
            [singly.per_second / arq.per_second],
            2.0,
            singly.cores,
            "worker",
        ),
        Aim(f"{OURS_SINGLY.name} / bare httpx", [singly.per_second / bare[1]], 0.7, singly.cores, "worker"),
        Aim(f"{OURS.name} / bare httpx", [long.per_second / bare[50]], None, long.cores, "worker"),
        Aim("claim alone / beside the finished", [alone / beside], 1 / 1.2, quiet, "claim"),
    ]


def _table(
    long: Deliveries, arq: Deliveries, singly: Deliveries, bare: dict[int, float], claims: dict[int, float]
) -> str:
    rows = [
        (f"{trial.contender}, {trial.dossiers:,} dossiers", _speed(trial)) for trial in (long, arq, singly)
    ]
    rows += [(f"bare httpx, {number} per call", f"{rate:,.0f} dossiers/s") for number, rate in bare.items()]
    memory = " · ".join(f"{mib:.0f}" for mib in long.memory_mib)
    rows.append(("memory of the worker, part by part", f"{memory} MiB"))
    rows += [
        (f"claim beside {number:,} finished", f"{seconds * 1000:.2f} ms")
        for number, seconds in claims.items()
    ]
    return markdown_table(("", ""), rows)


def _speed(trial: Deliveries) -> str:
    return f"{trial.per_second:,.0f} dossiers/s, {trial.cpu_ms:.2f} ms of the worker's processor time each"
