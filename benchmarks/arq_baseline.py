"""The baseline for delivery: one arq job per dossier, as published desk software does it.

The flow is that of OpenCPS (portal-interface 5.3): look the dossier up, create or update it, send its
progress, write the state back. Unlike there all entries travel, and nothing is written before the call, which
saves the baseline a transaction. The session is kept, uvloop runs it, rows and wire texts are ours.

    python -m benchmarks.arq_baseline DATABASE_URL REDIS_URL PORTAL_URL MAX_JOBS POLL_SECONDS
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import httpx
import uvloop
from arq import create_pool
from arq.connections import RedisSettings
from arq.worker import Worker
from sqlalchemy import select

from benchmarks.catalogue import PROVINCE_CODE
from benchmarks.database import TrialDatabase
from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.filing import Channel, Component, DossierBody, Fee, Origin, Result, ResultDelivery
from services.core.gateways.portal import wire
from services.core.persistence.engine import PoolLimits, Sessions, create_engine, create_sessions
from services.core.persistence.models import Delivery, Dossier, Procedure, Unit
from services.core.persistence.models import ProgressEntry as EntryRow
from services.core.persistence.shipments import applicant_from

_LOGIN_PATH: Final = "/XrdAdapter/RestService/forward/mapi/login"
_CALL_PATH: Final = "/XrdAdapter/RestService/forward/mapi/g"
_DSTCODE: Final = "VN:GOV:000.00.00.G22:vpcpdvcprovider"


class PortalRefused(Exception):
    """The portal said no; arq then counts the job as failed."""


@dataclass(slots=True)
class Portal:
    """A client of the portal as one would write it: a session, a call, a check."""

    http: httpx.AsyncClient
    session: str | None = None

    async def call(self, service: str, **parameters: Any) -> list[Any]:
        """Give the result of one service; raises `PortalRefused`."""
        if self.session is None:
            credentials = {"username": PROVINCE_CODE, "password": PROVINCE_CODE}
            self.session = (await self._post(_LOGIN_PATH, **credentials))["session"]
        envelope = {"session": self.session, "madonvi": PROVINCE_CODE, "service": service}
        result: list[Any] = (await self._post(_CALL_PATH, **envelope, **parameters))["result"]
        return result

    async def _post(self, path: str, **content: Any) -> dict[str, Any]:
        response = await self.http.post(path, json=content)
        answer: dict[str, Any] = response.raise_for_status().json()
        if str(answer["error_code"]) not in {"0", "00"}:
            raise PortalRefused(answer["message"])
        return answer


async def sync_dossier(ctx: dict[str, Any], dossier_id: str) -> None:
    """Bring one dossier to the portal."""
    started_at = datetime.now(UTC)
    sessions: Sessions = ctx["sessions"]
    portal: Portal = ctx["portal"]
    async with sessions() as session:
        body, entries = await _load(session, UUID(dossier_id))
    known = await portal.call("TraCuuHoSo", mahoso=body.code)
    await portal.call("DongBoHoSoMC", isUpdating=str(bool(known)), data=[wire.dossier(body)])
    await portal.call("CapNhatTienDoHoSoMC", data=[wire.entry(body.code, entry) for entry in entries])
    async with sessions.begin() as session:
        delivery = await session.get_one(Delivery, UUID(dossier_id))
        delivery.state = "synced"
        delivery.on_portal = True
        delivery.acked_version = body.version
        delivery.acked_seq = entries[-1].seq
        delivery.last_attempt_at = started_at
        delivery.accepted_at = datetime.now(UTC)


async def _load(session: Any, dossier_id: UUID) -> tuple[DossierBody, list[ProgressEntry]]:
    query = (
        select(Dossier, Procedure, Unit)
        .join(Procedure, Procedure.code == Dossier.procedure_code)
        .join(Unit, Unit.id == Dossier.unit_id)
        .where(Dossier.id == dossier_id)
    )
    dossier, procedure, unit = (await session.execute(query)).one()
    rows = await session.scalars(
        select(EntryRow).where(EntryRow.dossier_id == dossier_id).order_by(EntryRow.seq)
    )
    return _body(dossier, procedure, unit), [_entry(row) for row in rows]


def _body(dossier: Dossier, procedure: Procedure, unit: Unit) -> DossierBody:
    return DossierBody(
        code=dossier.code,
        version=dossier.version,
        procedure_code=procedure.code,
        procedure_name=procedure.name,
        field_code=procedure.field_code,
        field_name=procedure.field_name,
        unit_code=unit.code,
        unit_name=unit.name,
        status=Status(dossier.status),
        channel=Channel(dossier.channel),
        origin=Origin(dossier.origin),
        result_delivery=ResultDelivery(dossier.result_delivery),
        applicant=applicant_from(dossier.applicant),
        summary=dossier.summary,
        submitted_at=dossier.submitted_at,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        ended_at=dossier.ended_at,
        returned_at=dossier.returned_at,
        components=tuple(Component(**item) for item in dossier.components),
        fees=tuple(Fee(**item) for item in dossier.fees),
        results=tuple(Result(**item) for item in dossier.results),
        note=dossier.note,
    )


def _entry(row: EntryRow) -> ProgressEntry:
    return ProgressEntry(
        seq=row.seq,
        status=Status(row.status),
        occurred_at=row.occurred_at,
        officer=row.officer,
        department=row.department,
        text=row.text,
    )


async def enqueue_all(database: TrialDatabase) -> None:
    """Put a job for every due dossier into an emptied queue."""
    connection = await database.connect()
    rows = await connection.fetch("SELECT dossier_id FROM deliveries ORDER BY flagged_at")
    await connection.close()
    pool = await create_pool(RedisSettings.from_dsn(database.redis_url))
    try:
        await pool.flushdb()
        for row in rows:
            await pool.enqueue_job(sync_dossier.__name__, str(row["dossier_id"]))
    finally:
        await pool.aclose()


async def work(
    database_url: str, redis_url: str, portal_url: str, *, max_jobs: int, poll_seconds: float
) -> None:
    """Run arq until stopped; its own defaults are 10 jobs and a poll every 0.5 s."""
    engine = create_engine(
        database_url, application="arq-baseline", limits=PoolLimits(size=max_jobs, overflow=0, wait=30)
    )
    http = httpx.AsyncClient(
        base_url=portal_url,
        headers={"dstcode": _DSTCODE},
        timeout=60,
        limits=httpx.Limits(max_connections=max_jobs),
        trust_env=False,
    )
    portal = Portal(http)
    worker = Worker(
        functions=[sync_dossier],
        redis_settings=RedisSettings.from_dsn(redis_url),
        max_jobs=max_jobs,
        poll_delay=poll_seconds,
        ctx={"sessions": create_sessions(engine), "portal": portal},
    )
    await worker.async_run()


if __name__ == "__main__":
    database_url, redis_url, portal_url, jobs, poll = sys.argv[1:]
    uvloop.run(work(database_url, redis_url, portal_url, max_jobs=int(jobs), poll_seconds=float(poll)))
