"""The desk API in this process, over a real PostgreSQL with a small catalogue, and some desks to call it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from services.api.key_ring import Believed
from services.api.main import create_app
from services.api.runtime import Runtime, RuntimeOptions, build_runtime
from services.core.application.import_catalogue import import_procedures, import_units, import_working_days
from services.core.application.manage_clients import create_client
from services.core.domain.access import Scope
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from tests.roles import as_role

BODY_BYTES: Final = 1_048_576

THREE_DAYS: Final = "1.001193"
FOUR_HOURS: Final = "2.000815"
NO_TIME: Final = "1.000777"
INACTIVE: Final = "1.000999"

UNITS: Final = (
    {"code": "H44", "name": "Tỉnh Phú Thọ", "level": "province", "valid_from": "2020-01-01"},
    {
        "code": "H44.101",
        "name": "UBND phường Việt Trì",
        "level": "commune",
        "parent_code": "H44",
        "valid_from": "2020-01-01",
    },
    {
        "code": "H44.102",
        "name": "UBND phường Nông Trang",
        "level": "commune",
        "parent_code": "H44",
        "valid_from": "2020-01-01",
    },
    {
        "code": "H44.900",
        "name": "UBND thị trấn cũ",
        "level": "commune",
        "parent_code": "H44",
        "valid_from": "2020-01-01",
        "valid_to": "2025-06-30",
        "successor_code": "H44.101",
    },
    {
        "code": "H44.999",
        "name": "UBND phường tương lai",
        "level": "commune",
        "parent_code": "H44",
        "valid_from": "2099-01-01",
    },
    {"code": "H29", "name": "Thành phố khác", "level": "province", "valid_from": "2020-01-01"},
)


def _procedure(code: str, value: str, unit: str) -> dict[str, str]:
    return {
        "code": code,
        "name": f"Thủ tục {code}",
        "field_code": "HO-TICH",
        "field_name": "Hộ tịch",
        "level": "commune",
        "processing_time_value": value,
        "processing_time_unit": unit,
    }


PROCEDURES: Final = (
    _procedure(THREE_DAYS, "3", "working_day"),
    _procedure(FOUR_HOURS, "4", "hour"),
    _procedure(NO_TIME, "", ""),
    _procedure(INACTIVE, "1", "working_day"),
)


class SettableClock:
    """Shows the real time unless it was set."""

    def __init__(self) -> None:
        self.at: datetime | None = None

    def now(self) -> datetime:
        return self.at or datetime.now(UTC)


class CountingBell:
    """Counts its rings."""

    def __init__(self) -> None:
        self.rings = 0

    async def ring(self) -> None:
        self.rings += 1


@dataclass(slots=True)
class DeskApi:
    """A running service. `province`, `ward` and `abroad` are desks with all scopes.

    `keys` has theirs, and one for each scope alone.
    """

    app: FastAPI
    runtime: Runtime
    clock: SettableClock
    bell: CountingBell
    keys: dict[str, str] = field(default_factory=dict)
    desks: dict[str, "Desk"] = field(default_factory=dict)

    @property
    def province(self) -> "Desk":
        return self.desks["province"]

    @property
    def ward(self) -> "Desk":
        return self.desks["ward"]

    @property
    def abroad(self) -> "Desk":
        return self.desks["abroad"]


class Desk:
    """Desk software with one key."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def create(
        self, filing: dict[str, Any] | None = None, *, key: str | None = None, **headers: str
    ) -> httpx.Response:
        return await self.http.post(
            "/v1/dossiers",
            json=a_filing() if filing is None else filing,
            headers={"Idempotency-Key": key or uuid4().hex, **headers},
        )

    async def created(self, **changes: Any) -> dict[str, Any]:
        answer = await self.create(a_filing(**changes))
        assert answer.status_code == 201, answer.text
        dossier: dict[str, Any] = answer.json()
        return dossier

    async def batch(self, *lines: dict[str, Any] | str, key: str | None = None) -> httpx.Response:
        texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        return await self.http.post(
            "/v1/dossiers:batch",
            content="\n".join(texts).encode(),
            headers={"Content-Type": "application/x-ndjson", "Idempotency-Key": key or uuid4().hex},
        )

    async def change(self, dossier: dict[str, Any], what: str, **body: Any) -> httpx.Response:
        """Change a dossier as it was last seen."""
        return await self.http.post(
            f"/v1/dossiers/{dossier['id']}/{what}",
            json={"officer": "Trần Thị Bình", **body},
            headers={"If-Match": dossier["etag"]},
        )

    async def move(self, dossier: dict[str, Any], *statuses: int) -> dict[str, Any]:
        """Take steps that are all accepted, and give where the dossier stands then."""
        for status in statuses:
            answer = await self.change(dossier, "progress", status=status, text="Bước tiếp theo")
            assert answer.status_code == 200, answer.text
            dossier = answer.json()
        return dossier

    async def get(self, path: str, **parameters: Any) -> Any:
        answer = await self.http.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def read(self, dossier: dict[str, Any], part: str = "") -> Any:
        return await self.get(f"/v1/dossiers/{dossier['id']}{part}")


def a_filing(**changes: Any) -> dict[str, Any]:
    """Give a filing that is taken in; fields set to `None` are left out."""
    filing = {
        "procedure_code": THREE_DAYS,
        "unit_code": "H44.101",
        "channel": "direct",
        "filing_mode": "assisted",
        "applicant": {"kind": "citizen", "name": "Nguyễn Thị Hoa", "identity_number": "025190000123"},
        "summary": "Đăng ký khai sinh",
        "officer": "Trần Văn Bình",
        **changes,
    }
    return {name: value for name, value in filing.items() if value is not None}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is the problem that was expected, and give it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert (document["status"], document["code"]) == (status, code), document
    return document


@asynccontextmanager
async def serve(
    sessions: Sessions,
    *,
    clock: SettableClock,
    bell: CountingBell,
    cache_seconds: float = 30.0,
    believed: Believed | None = None,
    reveals: int = 100,
) -> AsyncIterator[tuple[FastAPI, Runtime]]:
    """Run a service of its own over a database: its caches are its own, too."""
    options = RuntimeOptions(
        database_url="",
        redis_url=None,
        pool_size=1,
        believed=believed or Believed(seconds=cache_seconds),
        catalogue_cache_seconds=cache_seconds,
        comparison=Comparison.INSTANT,
        reveals_per_officer=reveals,
    )
    runtime = build_runtime(sessions, options, doorbell=bell, clock=clock)
    seat = _IDLE.pop() if _IDLE else _Seat()
    seat.runtime = runtime
    try:
        async with seat.app.router.lifespan_context(seat.app):
            yield seat.app, runtime
    finally:
        _IDLE.append(seat)


class _Seat:
    """An application, which takes a tenth of a second to come to know its routes, for one test at a time."""

    def __init__(self) -> None:
        self.runtime: Runtime | None = None
        self.app = create_app(self._start, body_bytes=BODY_BYTES)

    @asynccontextmanager
    async def _start(self) -> AsyncIterator[Runtime]:
        assert self.runtime is not None
        yield self.runtime


_IDLE: list[_Seat] = []


def client_of(app: FastAPI, key: str | None) -> httpx.AsyncClient:
    """Call a service in this process."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://desk", headers=headers)


async def seed(sessions: Sessions) -> dict[str, str]:
    """Store the catalogue and the desks, and give the keys."""
    now = datetime.now(UTC)
    clients: dict[str, tuple[str, list[Scope]]] = {
        "province": ("H44", list(Scope)),
        "ward": ("H44.101", list(Scope)),
        "abroad": ("H29", list(Scope)),
        **{scope.value: ("H44", [scope]) for scope in Scope},
    }
    async with sessions.begin() as session:
        await import_units(session, UNITS)
        await import_procedures(session, PROCEDURES)
        await session.execute(
            text("UPDATE procedures SET active = false WHERE code = :code"), {"code": INACTIVE}
        )
        return {
            name: await create_client(session, name=name, unit_code=unit, scopes=scopes, now=now)
            for name, (unit, scopes) in clients.items()
        }


async def decree(sessions: Sessions, day: date, kind: str) -> None:
    """Decree a day off or worked."""
    async with sessions.begin() as session:
        await import_working_days(session, [{"day": day.isoformat(), "kind": kind, "source": "Công văn thử"}])


@pytest.fixture
async def api(sessions: Sessions) -> AsyncIterator[DeskApi]:
    """Run the service over an empty database with the catalogue and the desks."""
    clock, bell = SettableClock(), CountingBell()
    keys = await seed(sessions)
    async with serve(as_role(sessions, DatabaseRole.API), clock=clock, bell=bell) as (app, runtime):
        clients = {name: client_of(app, key) for name, key in keys.items()}
        yield DeskApi(app, runtime, clock, bell, keys, {n: Desk(http) for n, http in clients.items()})
        for http in clients.values():
            await http.aclose()
