"""The baseline for taking dossiers in: FastAPI and the SQLAlchemy ORM, as a careful team would write it.

One transaction per request, pydantic in and out, a session by dependency, row objects added to it: the same
rows as the real service writes, with the citizen's record, the pending look-up and the audit entry. It
reckons no working time, checks no life of a dossier and compares nothing with what was known, which saves it
work that the real one does.

    python -m benchmarks.plain_api DATABASE_URL PORT
"""

import hashlib
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from services.core.persistence.models import (
    AuditEntry,
    Citizen,
    Delivery,
    DeskClient,
    Dossier,
    DossierNumber,
    IdempotencyKey,
    LookUp,
    LookUpDay,
    Procedure,
    ProgressEntry,
    Tally,
    Unit,
)

ROUTE: Final = "POST /v1/dossiers"
VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_RECEIVED: Final = 2


class ApplicantIn(BaseModel):
    kind: str
    name: str = Field(max_length=500)
    identity_number: str | None = None
    phone: str | None = None
    address: str | None = None


class ComponentIn(BaseModel):
    name: str
    code: str | None = None
    digitised: bool = False


class FeeIn(BaseModel):
    name: str
    amount_vnd: int = Field(ge=0)
    code: str | None = None


class DossierIn(BaseModel):
    procedure_code: str
    unit_code: str
    channel: str
    filing_mode: str
    summary: str = Field(max_length=1000)
    officer: str = Field(max_length=50)
    department: str | None = None
    applicant: ApplicantIn
    components: list[ComponentIn] = []
    fees: list[FeeIn] = []


class DossierOut(BaseModel):
    id: UUID
    code: str
    version: int
    status: int
    due_at: datetime


async def open_transaction(request: Request) -> AsyncIterator[AsyncSession]:
    sessions: async_sessionmaker[AsyncSession] = request.app.state.sessions
    async with sessions.begin() as session:
        yield session


Transaction = Annotated[AsyncSession, Depends(open_transaction, scope="function")]


async def authenticate(session: Transaction, authorization: Annotated[str, Header()]) -> DeskClient:
    key_hash = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest()
    client = await session.scalar(select(DeskClient).where(DeskClient.key_hash == key_hash))
    if client is None or client.revoked_at is not None:
        raise HTTPException(401)
    return client


Client = Annotated[DeskClient, Depends(authenticate, scope="function")]

app = FastAPI()


@app.get("/readyz")
async def ready() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/v1/dossiers", status_code=201, response_model=DossierOut)
async def create_dossier(
    dossier_in: DossierIn, session: Transaction, client: Client, idempotency_key: Annotated[str, Header()]
) -> Any:
    fingerprint = hashlib.sha256(dossier_in.model_dump_json().encode()).digest()
    known = await session.get(IdempotencyKey, (client.id, ROUTE, idempotency_key))
    if known is not None:
        return repeated(known, fingerprint)
    unit = await session.scalar(select(Unit).where(Unit.code == dossier_in.unit_code))
    procedure = await session.get(Procedure, dossier_in.procedure_code)
    if unit is None or procedure is None:
        raise HTTPException(422)
    dossier = new_dossier(dossier_in, unit, client, await next_code(session, unit))
    session.add(dossier)
    await session.flush()
    answer = DossierOut.model_validate(dossier, from_attributes=True)
    today = dossier.submitted_at.astimezone(VIETNAM).date()
    session.add_all(
        [
            first_entry(dossier_in, dossier),
            new_delivery(dossier),
            new_look_up(dossier_in, dossier, today),
            audit_entry(dossier, client, unit),
        ]
    )
    session.add(
        IdempotencyKey(
            client_id=client.id,
            route=ROUTE,
            key=idempotency_key,
            fingerprint=fingerprint,
            status=201,
            answer=answer.model_dump(mode="json"),
        )
    )
    await session.flush()
    await remember_citizen(session, dossier_in, dossier)
    await count_day(session, dossier, today)
    for name in ("lookups_needed", "received"):
        await count(session, name, unit)
    return answer


def repeated(known: IdempotencyKey, fingerprint: bytes) -> dict[str, Any]:
    if known.fingerprint != fingerprint:
        raise HTTPException(422)
    return known.answer


def new_dossier(dossier_in: DossierIn, unit: Unit, client: DeskClient, code: str) -> Dossier:
    now = datetime.now(UTC)
    due_at = now + timedelta(days=3)
    return Dossier(
        code=code,
        origin="desk",
        unit_id=unit.id,
        procedure_code=dossier_in.procedure_code,
        status=_RECEIVED,
        version=1,
        last_seq=1,
        last_occurred_at=now,
        channel=1,
        filing_mode=dossier_in.filing_mode,
        result_delivery=0,
        submitted_at=now,
        received_at=now,
        promised_at=due_at,
        due_at=due_at,
        summary=dossier_in.summary,
        applicant=dossier_in.applicant.model_dump(exclude_none=True),
        components=[component.model_dump(exclude_none=True) for component in dossier_in.components],
        fees=[fee.model_dump(exclude_none=True) for fee in dossier_in.fees],
        results=[],
        client_id=client.id,
    )


def first_entry(dossier_in: DossierIn, dossier: Dossier) -> ProgressEntry:
    return ProgressEntry(
        dossier_id=dossier.id,
        seq=1,
        status=_RECEIVED,
        occurred_at=dossier.last_occurred_at,
        officer=dossier_in.officer,
        department=dossier_in.department,
        text="Tiếp nhận hồ sơ",
    )


def new_delivery(dossier: Dossier) -> Delivery:
    return Delivery(
        dossier_id=dossier.id,
        unit_id=dossier.unit_id,
        state="due",
        target_version=1,
        target_seq=1,
        on_portal=False,
        flagged_at=dossier.due_at,
        desk_flagged_at=dossier.due_at,
    )


async def next_code(session: AsyncSession, unit: Unit) -> str:
    today = datetime.now(VIETNAM).date()
    statement = insert(DossierNumber).values(unit_id=unit.id, day=today, last_number=1)
    number = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["unit_id", "day"], set_={"last_number": DossierNumber.last_number + 1}
        ).returning(DossierNumber.last_number)
    )
    return f"{unit.code}-{today:%y%m%d}-{number:04}"


def new_look_up(dossier_in: DossierIn, dossier: Dossier, today: date) -> LookUp:
    return LookUp(
        dossier_id=dossier.id,
        unit_id=dossier.unit_id,
        procedure_code=dossier.procedure_code,
        day=today,
        officer=dossier_in.officer,
        legal_basis="118/2025/NĐ-CP",
        subject_key=hashlib.sha256((dossier_in.applicant.identity_number or "").encode()).digest(),
    )


def audit_entry(dossier: Dossier, client: DeskClient, unit: Unit) -> AuditEntry:
    return AuditEntry(
        client_id=client.id,
        actor=client.name,
        unit_path=unit.path,
        action="dossier.create",
        objects=[str(dossier.id)],
        result="done",
    )


async def remember_citizen(session: AsyncSession, dossier_in: DossierIn, dossier: Dossier) -> None:
    said = dossier_in.applicant.model_dump(include={"name", "phone", "address"}, exclude_none=True)
    source = {"source": "dossier", "dossier": dossier.code, "as_of": dossier.submitted_at.isoformat()}
    statement = insert(Citizen).values(
        identity_number=dossier_in.applicant.identity_number,
        name_key=dossier_in.applicant.name.casefold().replace(" ", ""),
        facts={field: {"value": value, **source} for field, value in said.items()},
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["identity_number"],
            set_={"name_key": statement.excluded.name_key, "facts": statement.excluded.facts},
        )
    )


async def count_day(session: AsyncSession, dossier: Dossier, today: date) -> None:
    statement = insert(LookUpDay).values(
        day=today,
        unit_id=dossier.unit_id,
        procedure_code=dossier.procedure_code,
        received=1,
        needed=1,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["day", "unit_id", "procedure_code"],
            set_={"received": LookUpDay.received + 1, "needed": LookUpDay.needed + 1},
        )
    )


async def count(session: AsyncSession, name: str, unit: Unit) -> None:
    statement = insert(Tally).values(name=name, label="", unit_id=unit.id, value=1)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["name", "label", "unit_id"], set_={"value": Tally.value + 1}
        )
    )


def serve(database_url: str, port: int) -> None:
    """Serve until SIGTERM, in one process."""
    engine = create_async_engine(database_url, pool_size=16, max_overflow=0)
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
