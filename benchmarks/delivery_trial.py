"""How fast due dossiers get onto the portal: our worker, or one arq job for each."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks import arq_baseline
from benchmarks.cpu import cores_used, cpu_seconds
from benchmarks.database import BenchServers, TrialDatabase
from benchmarks.due_dossiers import ENTRIES_EACH, file_due_dossiers
from benchmarks.portal import Portal, running_portal
from benchmarks.program import Program, free_port, running

TIMEOUT_SECONDS: Final = 300.0
_LOOK_EVERY_SECONDS: Final = 0.02
_OUR_WORKER: Final = ["-c", "from services.sync_worker.main import run; run()"]

_PARTS: Final = 10
#: Kept by the worker itself, so that watching costs next to nothing.
_SYNCED: Final = "SELECT coalesce(sum(value), 0)::int FROM tallies WHERE name = 'accepted'"
_ENDED: Final = "SELECT clock_timestamp() WHERE NOT EXISTS (SELECT FROM deliveries WHERE state <> 'synced')"

#: Starts the worker under measurement on a database, for a portal, with a log file.
StartWorker = Callable[[TrialDatabase, Portal, Path], AbstractContextManager[Program]]


class NotDelivered(Exception):
    """A trial without a result: too slow, or the portal did not get exactly what was due."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """One trial.

    `cores` is how many processor cores each party kept busy, `memory_mib` what the worker held after every
    tenth of the dossiers.
    """

    contender: str
    latency_ms: int
    dossiers: int
    seconds: float
    portal_calls: int
    cores: Mapping[str, float]
    memory_mib: Sequence[float]

    @property
    def per_second(self) -> float:
        return self.dossiers / self.seconds

    @property
    def cpu_ms(self) -> float:
        """What a dossier costs the worker."""
        return self.cores["worker"] / self.per_second * 1000


def our_worker(dossiers_per_call: int) -> StartWorker:
    """Start the sync worker with its default settings but for the size of a call."""

    def start(database: TrialDatabase, portal: Portal, log: Path) -> AbstractContextManager[Program]:
        settings = {
            "LIENTHONG_DATABASE_URL": database.url,
            "LIENTHONG_REDIS_URL": database.redis_url,
            "LIENTHONG_PORTAL_DOSSIERS_PER_CALL": str(dossiers_per_call),
            "LIENTHONG_WORKER_METRICS_PORT": str(free_port()),
            **portal.settings,
        }
        return running(_OUR_WORKER, settings=settings, log=log)

    return start


def arq_worker(*, max_jobs: int, poll_seconds: float) -> StartWorker:
    """Start an arq worker that does one dossier per job."""

    def start(database: TrialDatabase, portal: Portal, log: Path) -> AbstractContextManager[Program]:
        asyncio.run(arq_baseline.enqueue_all(database))
        addresses = [database.url, database.redis_url, portal.url]
        arguments = ["-m", arq_baseline.__name__, *addresses, str(max_jobs), str(poll_seconds)]
        return running(arguments, settings={}, log=log)

    return start


def measure_delivery(
    servers: BenchServers, contender: str, start_worker: StartWorker, *, dossiers: int, latency_ms: int
) -> Deliveries:
    """Deliver that many; the clock runs from the first claim to the last dossier on record as synced.

    Raises `NotDelivered`.
    """
    folder = servers.folder
    with servers.fresh_database() as database, running_portal(folder, latency_ms=latency_ms) as portal:
        asyncio.run(file_due_dossiers(database, dossiers))
        with start_worker(database, portal, folder / "worker.log") as worker:
            roots = {
                "worker": worker.pid,
                "portal": portal.program.pid,
                "PostgreSQL": servers.postgres_pid,
            }
            memory = _Memory(worker.pid, dossiers)
            seconds, cores = asyncio.run(_watch(database, worker, roots, memory))
        summary = portal.summary()
    _check(summary, dossiers)
    calls = sum(sum(by_result.values()) for by_result in summary["calls"].values())
    return Deliveries(contender, latency_ms, dossiers, seconds, calls, cores, memory.read_mib)


class _Memory:
    """What a process holds, read after every tenth of the work."""

    def __init__(self, pid: int, dossiers: int) -> None:
        self.read_mib: list[float] = []
        self._status = Path(f"/proc/{pid}/status")
        self._tenth = dossiers / _PARTS

    def note(self, synced: int) -> None:
        if synced < self._tenth * (len(self.read_mib) + 1):
            return
        (line,) = (one for one in self._status.read_text().splitlines() if one.startswith("VmRSS:"))
        self.read_mib.append(int(line.split()[1]) / 1024)


async def _watch(
    database: TrialDatabase, worker: Program, roots: Mapping[str, int], memory: _Memory
) -> tuple[float, dict[str, float]]:
    """Give the time from the first claim to the end, by the database's clock, and who was busy meanwhile."""
    connection = await database.connect()
    try:
        started_at = await _value(connection, worker, "SELECT min(last_attempt_at) FROM deliveries")
        before, watched_from = cpu_seconds(roots), time.monotonic()
        ended_at = await _value(connection, worker, _ENDED, memory)
        cores = cores_used(before, cpu_seconds(roots), seconds=time.monotonic() - watched_from)
    finally:
        await connection.close()
    return (ended_at - started_at).total_seconds(), cores


async def _value(connection: Any, worker: Program, query: str, memory: _Memory | None = None) -> Any:
    """Ask until there is an answer."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        value = await connection.fetchval(query)
        if value is not None:
            return value
        worker.raise_if_ended()
        if memory is not None:
            memory.note(await connection.fetchval(_SYNCED))
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    states = await connection.fetch("SELECT state, last_cause, count(*) FROM deliveries GROUP BY 1, 2")
    raise NotDelivered(f"after {TIMEOUT_SECONDS:.0f} s: {states}\n{worker.last_lines()}")


def _check(summary: Mapping[str, Any], dossiers: int) -> None:
    got = {name: summary[name] for name in ("dossiers", "entries", "duplicate_dossiers", "duplicate_entries")}
    due = dict(zip(got, (dossiers, dossiers * ENTRIES_EACH, 0, 0), strict=True))
    if got != due:
        raise NotDelivered(f"the portal holds {got}, due was {due}")
