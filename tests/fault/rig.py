"""The whole system under test: API, workers, portal, and a network between them that can be broken."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg
import httpx

from services import cli
from services.core.application.import_catalogue import import_procedures
from services.core.persistence import schema
from services.core.persistence.deliveries import UNPARKED
from services.core.persistence.engine import create_engine, create_sessions
from services.mock_portal.settings import PortalSettings
from tests import desk_api
from tests.fault.checker import Violation, check
from tests.fault.desk import CANARIES, POISON_PROCEDURE, Desk
from tests.fault.evidence import Evidence, read_database, read_ledger
from tests.fault.history import History
from tests.fault.machines import Machines
from tests.fault.processes import Service, serve_api, serve_portal, serve_worker
from tests.fault.proxy import FaultProxy, running_proxy
from tests.fault.score import Score
from tests.ports import free_port
from tests.servers import asyncpg_dsn

#: Lease, call, pauses: a twentieth of the defaults. Polls stay as they are in production.
SCALED: Final[Mapping[str, str]] = {
    "LIENTHONG_WORKER_LEASE_SECONDS": "3",
    "LIENTHONG_PORTAL_CALL_SECONDS": "1",
    "LIENTHONG_WORKER_ASK_AFTER_SECONDS": "0.25",
    "LIENTHONG_WORKER_RETRY_BASE_SECONDS": "0.05",
    "LIENTHONG_WORKER_RETRY_CAP_SECONDS": "45",
    "LIENTHONG_WORKER_PROBE_SECONDS": "0.25",
    "LIENTHONG_WORKER_PROBE_CAP_SECONDS": "0.75",
    "LIENTHONG_WORKER_STOP_SECONDS": "2",
    "LIENTHONG_API_ACCESS_CACHE_SECONDS": "30",
}
LEASE_SECONDS: Final = 3.0
SCALE: Final = 0.05

#: What the portal knows: the sample of the project, and not the poison.
PORTAL_CATALOGUE: Final = Path(cli.__file__).parent / "seeds" / "procedures.csv"

#: `first-pg` is the way of the first worker alone.
EDGES: Final = ("api-pg", "worker-pg", "first-pg", "valkey", "worker-portal")

_HELD: Final = "SELECT count(*) FROM deliveries WHERE state = 'leased' AND lease_owner LIKE $1"
_REPLAY: Final = f"""
UPDATE deliveries d SET state = {UNPARKED}, park_cause = NULL, crashes = 0, next_attempt_at = now()
WHERE state = 'parked' AND park_cause = 'crash_loop' RETURNING 1
"""  # noqa: S608 - a constant of ours
_OPEN: Final = "SELECT count(*) FROM deliveries WHERE state NOT IN ('synced', 'parked')"


@dataclass(slots=True)
class Rig:
    """A running system. `edges` has a proxy for each edge that was asked for."""

    machines: Machines
    database_url: str
    portal_url: str
    api: Service
    workers: list[Service]
    portal: Service
    control: httpx.AsyncClient
    desk: Desk
    history: History
    chance: random.Random
    score: Score
    folder: Path
    edges: dict[str, FaultProxy] = field(default_factory=dict)

    async def order(self, shape: str, *, seconds: float = 3600, **details: Any) -> None:
        """Order a fault at the portal."""
        body = {"shape": shape, "duration_seconds": seconds, **details}
        answer = await self.control.post("/_control/faults", json=body)
        assert answer.is_success, answer.text

    async def calm(self) -> None:
        """End all faults at the portal."""
        (await self.control.delete("/_control/faults")).raise_for_status()

    def strike(self, service: Service) -> None:
        """Kill a service without warning, and count it."""
        service.kill()
        self.score.kill(service.name)

    async def sql(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """Run one statement on the database itself, past all proxies."""
        connection = await asyncpg.connect(asyncpg_dsn(self.database_url))
        try:
            rows: list[asyncpg.Record] = await connection.fetch(statement, *values)
            return rows
        finally:
            await connection.close()

    async def count(self, query: str, *values: Any) -> int:
        return int((await self.sql(query, *values))[0][0])

    async def held_by(self, worker: Service) -> int:
        """Count the dossiers that a worker process has in hand, or had when it died."""
        return await self.count(_HELD, f"%:{worker.pid}")

    async def tokens_of(self, worker: Service) -> list[int]:
        """Give the lease tokens of a worker process."""
        query = "SELECT token FROM deliveries WHERE state = 'leased' AND lease_owner LIKE $1"
        return [row["token"] for row in await self.sql(query, f"%:{worker.pid}")]

    async def until(self, query: str, wanted: int, *values: Any, within: float) -> float:
        """Wait until a count is what is wanted; give the seconds that took."""
        started = time.monotonic()
        while (found := await self.count(query, *values)) != wanted:
            assert time.monotonic() < started + within, f"{query}: {found} after {within} s, not {wanted}"
            await asyncio.sleep(0.05)
        return time.monotonic() - started

    async def at_rest(self, *, within: float = 60.0) -> float:
        """Wait until nothing is left to deliver; give the seconds that took."""
        seconds = await self.until(_OPEN, 0, within=within)
        while await self.replay_crash_loops():
            seconds += await self.until(_OPEN, 0, within=within)
        return seconds

    async def replay_crash_loops(self) -> int:
        """Send on what was set aside because worker after worker died with it, as a person would.

        Here the dossiers are innocent: we killed the workers.
        """
        return len(await self.sql(_REPLAY))

    async def collect(self) -> Evidence:
        """Read database, ledger and logs."""
        dossiers, answers = await read_database(self.database_url)
        ledger = await read_ledger(self.control)
        files = [*self.folder.glob("*.log"), *self.machines.logs.glob("*.log*")]
        logs = {path.name: path.read_bytes() for path in files}
        return Evidence(dossiers, answers, ledger, logs)

    async def judge(self, *, all_synced: bool = True) -> Evidence:
        """Check the promises, count, and give what it was checked on.

        Poison is to be parked as refused, all else to be synced, unless `all_synced` is off.
        """
        evidence = await self.collect()
        attempts = list(self.history.attempts())
        violations = check(attempts, evidence, canaries=CANARIES)
        self.score.judged(evidence, violations)
        assert violations == [], _summary(violations)
        if all_synced:
            poison = {attempt.marker for attempt in attempts if attempt.poison}
            assert evidence.dossiers, "nothing was done"
            for dossier in evidence.dossiers:
                assert dossier.delivery is not None
                wanted = ("parked", "refused") if dossier.marker in poison else ("synced", None)
                assert (dossier.delivery.state, dossier.delivery.park_cause) == wanted, dossier
        return evidence


def _summary(violations: Sequence[Violation]) -> str:
    shown = "\n".join(f"{violation.promise}: {violation.where}" for violation in violations[:20])
    return f"{len(violations)} violations\n{shown}"


@asynccontextmanager
async def running_rig(
    folder: Path,
    machines: Machines,
    score: Score,
    *,
    seed: int,
    workers: int = 1,
    edges: Collection[str] = (),
    times: Mapping[str, str] = SCALED,
    tuning: Mapping[str, str] | None = None,
    portal: PortalSettings | None = None,
    portal_port: int | None = None,
    portal_url: str | None = None,
    poison_share: float = 0.0,
    patience: float = 30.0,
) -> AsyncIterator[Rig]:
    """Start everything on an empty database; `edges` names the parts between which the network can break.

    The mock portal stores a create that it holds already a second time, so that a double push shows;
    `portal` says otherwise. With `portal_url` the workers talk to somebody who
    stands before it on `portal_port`. Empty `times` are
    those of production.
    """
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        database_url = await machines.new_database()
        stack.push_async_callback(machines.drop_database, database_url)
        key = await _seed(database_url)
        portal_port = portal_port or free_port()
        proxies = {
            name: await stack.enter_async_context(running_proxy(*address, chance=chance))
            for name, address in _addresses(machines, portal_url, portal_port).items()
            if name in edges
        }
        plain = portal_url or f"http://127.0.0.1:{portal_port}"

        def through(edge: str, url: str) -> str:
            return _with_port(url, proxies[edge].port) if edge in proxies else url

        common = {
            "LIENTHONG_PORTAL_URL": through("worker-portal", plain),
            "LIENTHONG_PORTAL_USERNAME": "h44",
            "LIENTHONG_PORTAL_PASSWORD": "mật khẩu",
            "LIENTHONG_PORTAL_ORGANISATION_CODE": "H44",
            "LIENTHONG_REDIS_URL": through("valkey", machines.redis_url),
            **times,
            **(tuning or {}),
        }
        api = _api(folder, common | {"LIENTHONG_DATABASE_URL": through("api-pg", database_url)})
        staff = [
            _worker(
                folder,
                common
                | {
                    "LIENTHONG_DATABASE_URL": through(
                        "first-pg" if number == 1 and "first-pg" in proxies else "worker-pg", database_url
                    )
                },
                number,
            )
            for number in range(1, workers + 1)
        ]
        mock = _mock_portal(folder, portal_port, portal)
        services = [mock, api, *staff]
        for service in services:
            stack.callback(service.kill)
            service.start()
        for service in services:
            await service.until_ready()
        control = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{portal_port}", timeout=60, trust_env=False)
        )
        history = History(folder / "history.jsonl")
        stack.callback(history.close)
        desk = Desk(
            api.ready_url.removesuffix("/readyz"),
            key,
            history,
            chance,
            poison_share=poison_share,
            patience=patience,
        )
        stack.push_async_callback(desk.close)
        yield Rig(
            machines,
            database_url,
            plain,
            api,
            staff,
            mock,
            control,
            desk,
            history,
            chance,
            score,
            folder,
            proxies,
        )


def _api(folder: Path, settings: dict[str, str]) -> Service:
    port = free_port()
    return Service(
        "api",
        serve_api,
        settings=settings | {"LIENTHONG_API_PORT": str(port)},
        log=folder / "api.log",
        ready_url=f"http://127.0.0.1:{port}/readyz",
    )


def _worker(folder: Path, settings: dict[str, str], number: int) -> Service:
    port = free_port()
    return Service(
        "worker",
        serve_worker,
        settings=settings | {"LIENTHONG_WORKER_METRICS_PORT": str(port)},
        log=folder / f"worker-{number}.log",
        ready_url=f"http://127.0.0.1:{port}/metrics",
    )


def _mock_portal(folder: Path, port: int, settings: PortalSettings | None) -> Service:
    naive = PortalSettings(refuse_existing_dossier=False, catalogue_path=PORTAL_CATALOGUE)
    return Service(
        "portal",
        serve_portal,
        port,
        settings or naive,
        settings={},
        log=folder / "portal.log",
        ready_url=f"http://127.0.0.1:{port}/_control/health",
    )


async def _seed(database_url: str) -> str:
    """Bring the database to the newest schema, store a catalogue, and give a key for the desk."""
    engine = create_engine(database_url, application="fault-tests")
    try:
        await schema.upgrade(engine)
        sessions = create_sessions(engine)
        keys = await desk_api.seed(sessions)
        poison = {**desk_api.PROCEDURES[0], "code": POISON_PROCEDURE, "name": "Thủ tục Cổng chưa có"}
        async with sessions.begin() as session:
            await import_procedures(session, [poison])
        return keys["province"]
    finally:
        await engine.dispose()


def _addresses(machines: Machines, portal_url: str | None, portal_port: int) -> dict[str, tuple[str, int]]:
    host = "127.0.0.1"
    foreign = urlsplit(portal_url).port if portal_url else None
    return {
        "api-pg": (host, machines.postgres.port),
        "worker-pg": (host, machines.postgres.port),
        "first-pg": (host, machines.postgres.port),
        "valkey": (host, machines.valkey.port),
        "worker-portal": (host, foreign or portal_port),
    }


def _with_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    before, _, _ = parts.netloc.rpartition(":")
    return parts._replace(netloc=f"{before}:{port}").geturl()
