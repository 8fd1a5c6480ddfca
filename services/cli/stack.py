"""The whole system on one machine, for development and for the demo."""

import asyncio
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from services.cli.processes import ServiceProcess, ServiceSpec, free_port, starting_alone
from services.core.persistence import schema
from services.core.persistence.engine import create_engine
from services.embedded import start_servers
from services.mock_population.settings import DEFAULT_ACCOUNT, DEFAULT_SECRET

PORTAL_USER: Final = "lienthong"
#: API, metrics, the worker's own metrics, mock portal, console, mock population database.
PORTS: Final = (8000, 8001, 9101, 8090, 8002, 8091)
CITIZENS: Final = 5000


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are, on the loopback address."""

    api: str
    metrics: str
    worker_metrics: str
    portal: str
    console: str
    population: str


class Stack:
    """Servers and services, started in order and stopped in the opposite one.

    Uses the PostgreSQL and Valkey that `LIENTHONG_DATABASE_URL` and `LIENTHONG_REDIS_URL` name, if both are
    set, and embedded ones in the folder otherwise. `tuning` overrides settings of all services. Ports are the
    usual ones where they are free; with `any_ports` any free ones, so that several stacks can start at once.
    With a `portal` of somebody else's no mock portal is started, and without `citizens` no mock population
    database.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tuning: dict[str, str] | None = None,
        any_ports: bool = False,
        portal: str | None = None,
        citizens: int = CITIZENS,
    ) -> None:
        self.folder = folder
        self._wanted_ports = (0,) * len(PORTS) if any_ports else PORTS
        self._tuning = tuning or {}
        self._portal = portal
        self._citizens = citizens
        self._exit = ExitStack()
        self.processes: dict[str, ServiceProcess] = {}

    def __enter__(self) -> Self:
        try:
            self._start_servers()
        except BaseException:
            self._exit.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._exit.close()

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def start_services(self, say: Callable[[str], None]) -> None:
        """Start portal, API, worker, metrics and console; `say` gets a line for each that is up."""
        with starting_alone():
            ports = [free_port(port) for port in self._wanted_ports]
            self.addresses = Addresses(*(f"http://127.0.0.1:{port}" for port in ports))
            for spec in self._specs():
                process = ServiceProcess(spec, log=self.logs / f"{spec.name}.log")
                process.start()
                self._exit.callback(process.stop)
                self.processes[spec.name] = process
            for process in self.processes.values():
                process.wait_until_ready()
                say(process.spec.name)

    def _start_servers(self) -> None:
        named = [os.environ.get(name) for name in ("LIENTHONG_DATABASE_URL", "LIENTHONG_REDIS_URL")]
        if all(named):
            self.database_url, self.redis_url = (str(url) for url in named)
        else:
            servers = self._exit.enter_context(start_servers(self.folder / "servers"))
            self.database_url, self.redis_url = servers.database_url, servers.redis_url
        asyncio.run(_upgrade(self.database_url))

    def _specs(self) -> list[ServiceSpec]:
        common = self._settings()
        return [*self._mocks(common), *self._services(common)]

    def _settings(self) -> dict[str, str]:
        return {
            "LIENTHONG_DATABASE_URL": self.database_url,
            "LIENTHONG_REDIS_URL": self.redis_url,
            "LIENTHONG_PORTAL_URL": self._portal or self.addresses.portal,
            "LIENTHONG_PORTAL_USERNAME": PORTAL_USER,
            "LIENTHONG_PORTAL_PASSWORD": secrets.token_urlsafe(16),
            "LIENTHONG_PORTAL_ORGANISATION_CODE": "H44",
            "LIENTHONG_WORKER_METRICS_PORT": _port(self.addresses.worker_metrics),
            **(self._population() if self._citizens else {}),
            **self._tuning,
        }

    def _population(self) -> dict[str, str]:
        return {
            "LIENTHONG_POPULATION_URL": f"{self.addresses.population}/dancuquocgia",
            "LIENTHONG_POPULATION_USERNAME": DEFAULT_ACCOUNT,
            "LIENTHONG_POPULATION_SECRET": DEFAULT_SECRET,
        }

    def _mocks(self, common: dict[str, str]) -> Iterator[ServiceSpec]:
        if self._portal is None:
            yield ServiceSpec(
                "mock-portal",
                ("mock-portal", "--port", _port(self.addresses.portal)),
                common,
                f"{self.addresses.portal}/_control/health",
            )
        if self._citizens:
            port, citizens = _port(self.addresses.population), str(self._citizens)
            yield ServiceSpec(
                "mock-population",
                ("mock-population", "--port", port, "--citizens", citizens),
                common,
                f"{self.addresses.population}/_control/health",
            )

    def _services(self, common: dict[str, str]) -> list[ServiceSpec]:
        return [
            ServiceSpec(
                "api",
                ("api", "--port", _port(self.addresses.api)),
                common,
                f"{self.addresses.api}/readyz",
            ),
            ServiceSpec("worker", ("worker",), common, f"{self.addresses.worker_metrics}/metrics"),
            ServiceSpec(
                "metrics",
                ("metrics", "--port", _port(self.addresses.metrics)),
                common,
                f"{self.addresses.metrics}/readyz",
            ),
            ServiceSpec(
                "console",
                ("console", "--port", _port(self.addresses.console)),
                common,
                f"{self.addresses.console}/readyz",
            ),
        ]


def _port(address: str) -> str:
    return address.rsplit(":", 1)[1]


async def _upgrade(database_url: str) -> None:
    engine = create_engine(database_url, application="lienthong-upgrade")
    try:
        await schema.upgrade(engine)
    finally:
        await engine.dispose()
