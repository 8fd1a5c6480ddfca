"""How fast dossiers are taken in: our API, a plain FastAPI and ORM service, and pgbench."""

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from benchmarks import load, plain_api
from benchmarks.catalogue import API_KEY, UNIT_CODES
from benchmarks.cpu import OTHERS, cores_used, cpu_seconds
from benchmarks.database import BenchServers, TrialDatabase
from benchmarks.filings import filings
from benchmarks.pgbench import run_pgbench
from benchmarks.program import ProgramFailed, free_port, running, tied_to_us
from benchmarks.size import Size

CONNECTIONS: Final = 16
_BODIES: Final = len(UNIT_CODES) * 20
_OUR_API: Final = "from services.api.main import run; run()"

#: The arguments of Python and the settings of one process of a service, on a database and a port.
Service = Callable[[TrialDatabase, int], tuple[list[str], dict[str, str]]]


class NotTheSameRows(Exception):
    """What a contender left in the tables is not one full reception per answer."""


@dataclass(frozen=True, slots=True)
class Creates:
    """One trial; times in milliseconds, `cores` is how many processor cores each party kept busy."""

    contender: str
    processes: int
    per_second: float
    mean_ms: float
    p99_ms: float | None
    cores: Mapping[str, float]

    @property
    def cpu_ms(self) -> float:
        """What a dossier costs the service, or pgbench and its server."""
        own = self.cores.get("service", self.cores["load"] + self.cores["PostgreSQL"])
        return own / self.per_second * 1000


def our_api(database: TrialDatabase, port: int) -> tuple[list[str], dict[str, str]]:
    """Run the API service as it is delivered."""
    settings = {
        "LIENTHONG_DATABASE_URL": database.url,
        "LIENTHONG_REDIS_URL": database.redis_url,
        "LIENTHONG_API_PORT": str(port),
    }
    return ["-c", _OUR_API], settings


def plain_service(database: TrialDatabase, port: int) -> tuple[list[str], dict[str, str]]:
    """Run the baseline."""
    return ["-m", plain_api.__name__, database.url, str(port)], {}


def measure_service(
    servers: BenchServers, contender: str, service: Service, *, processes: int, size: Size
) -> Creates:
    """Load a service for some seconds, after a warm-up.

    Raises `ProgramFailed` if it refuses a filing or a connection, `NotTheSameRows` if it stored anything else
    than it answered.
    """
    folder = servers.folder
    with servers.fresh_database() as database, _serving(service, database, folder, processes) as ports:
        roots = {f"service {number}": pid for number, pid in enumerate(ports.values())}
        roots["PostgreSQL"] = servers.postgres_pid
        result, cores = _load(list(ports), roots, size)
        asyncio.run(check_rows(database, result.created))
    return Creates(
        contender=contender,
        processes=processes,
        per_second=result.measured / result.seconds,
        mean_ms=result.mean_ms,
        p99_ms=result.p99_ms,
        cores=_merged(cores),
    )


def measure_pgbench(servers: BenchServers, contender: str, script: Path, *, size: Size) -> Creates:
    """Run pgbench for some seconds, after a warm-up. Raises as `measure_service` does."""
    with servers.fresh_database() as database:
        warm = run_pgbench(database, script, connections=CONNECTIONS, seconds=size.warm_seconds)
        roots = {"PostgreSQL": servers.postgres_pid}
        before = cpu_seconds(roots)
        result = run_pgbench(database, script, connections=CONNECTIONS, seconds=size.seconds)
        cores = cores_used(before, cpu_seconds(roots), seconds=result.elapsed_seconds)
        load_cores = result.cpu_seconds / result.elapsed_seconds
        asyncio.run(check_rows(database, warm.transactions + result.transactions))
    return Creates(
        contender=contender,
        processes=1,
        per_second=result.per_second,
        mean_ms=result.mean_ms,
        p99_ms=None,
        cores={"load": load_cores, **cores, OTHERS: max(0.0, cores[OTHERS] - load_cores)},
    )


async def check_rows(database: TrialDatabase, receptions: int) -> None:
    """Compare the tables with the number of answers."""
    connection = await database.connect()
    try:
        rows = await connection.fetchrow(
            "SELECT (SELECT count(*) FROM dossiers) AS dossiers,"
            " (SELECT count(*) FROM progress_entries) AS entries,"
            " (SELECT count(*) FROM deliveries WHERE state = 'due') AS deliveries,"
            " (SELECT count(*) FROM idempotency_keys) AS answers,"
            " (SELECT sum(last_number) FROM dossier_numbers) AS numbers,"
            " (SELECT sum(value) FROM tallies WHERE name = 'received') AS tally,"
            " (SELECT count(*) FROM look_ups WHERE state = 'pending') AS look_ups,"
            " (SELECT count(*) FROM audit_log WHERE action = 'dossier.create') AS acts,"
            " (SELECT sum(needed) FROM look_up_days) AS days,"
            " (SELECT sum(value) FROM tallies WHERE name = 'lookups_needed') AS needed"
        )
    finally:
        await connection.close()
    if set(rows.values()) != {receptions}:
        raise NotTheSameRows(f"{receptions} answers, but {dict(rows)}")


@contextmanager
def _serving(
    service: Service, database: TrialDatabase, folder: Path, processes: int
) -> Iterator[dict[int, int]]:
    """Run so many processes, each on a port of its own; give their ids by port."""
    with ExitStack() as stack:
        ports: dict[int, int] = {}
        for number in range(processes):
            port = free_port()
            arguments, settings = service(database, port)
            program = stack.enter_context(
                running(arguments, settings=settings, log=folder / f"service-{number}.log")
            )
            program.wait_until_ready(f"http://127.0.0.1:{port}/readyz")
            ports[port] = program.pid
        yield ports


def _load(ports: list[int], roots: Mapping[str, int], size: Size) -> tuple[load.LoadResult, dict[str, float]]:
    plan = load.Plan(
        ports=ports,
        connections=CONNECTIONS,
        warm_seconds=size.warm_seconds,
        seconds=size.seconds,
        path="/v1/dossiers",
        headers={"Authorization": f"Bearer {API_KEY}"},
        bodies=filings(_BODIES),
    )
    with subprocess.Popen(
        tied_to_us(["-m", load.__name__]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as generator:
        if generator.stdin is None or generator.stdout is None:
            raise ProgramFailed("the load generator has no pipes")
        everybody = {**roots, "load": generator.pid}
        print(json.dumps(asdict(plan)), file=generator.stdin, flush=True)
        generator.stdout.readline()
        before = cpu_seconds(everybody)
        line = generator.stdout.readline()
        after = cpu_seconds(everybody)
    result = load.LoadResult(**json.loads(line))
    if result.failure is not None:
        raise ProgramFailed(result.failure)
    return result, cores_used(before, after, seconds=result.seconds)


def _merged(cores: Mapping[str, float]) -> dict[str, float]:
    """Add up the processes of the service."""
    service = sum(used for name, used in cores.items() if name.startswith("service"))
    rest = {name: used for name, used in cores.items() if not name.startswith("service")}
    return {"service": service, **rest}
