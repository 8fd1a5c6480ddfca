"""A small organisation tree with the same things in each unit, and a caller per role in the middle of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from services.core.application.import_catalogue import import_units
from services.core.application.manage_clients import create_client
from services.core.domain.access import Scope
from services.core.domain.policy import Relation
from services.core.domain.role import OFFICER_ROLES, Role
from services.core.persistence.engine import Sessions
from tests.desk_api import Desk, DeskApi, client_of
from tests.onboarding_events import an_event, send
from tests.trust import Trust, employ, officer_client

OWN: Final = "H44.101"
#: Where things are, by how that unit stands to the caller's.
UNITS: Final = {
    Relation.OWN: OWN,
    Relation.CHILD: f"{OWN}.1",
    Relation.PARENT: "H44",
    Relation.SIBLING: "H44.102",
    Relation.FOREIGN: "H29",
}
_CHILD: Final = {
    "code": f"{OWN}.1",
    "name": "Điểm hỗ trợ khu 1",
    "level": "department",
    "parent_code": OWN,
    "valid_from": "2020-01-01",
}


@dataclass(slots=True)
class Thing:
    """What a unit has: a dossier, its look-up, and a household known by a reference."""

    dossier: str
    look_up: str
    code: str


#: What is nowhere.
ABSENT: Final = Thing(
    "01a1ffcc-e1eb-7738-b0df-ab70e25ff413", "01a1ffcc-e1eb-7738-b0df-ab70e25ff414", "H44.777"
)


@dataclass(slots=True)
class World:
    app: FastAPI
    trust: Trust
    keys: dict[str, str]
    citizen: str = ""
    things: dict[Relation, Thing] = field(default_factory=dict)

    def caller(self, role: Role) -> httpx.AsyncClient:
        """Call as somebody of the middle unit: by software of the whole province, or as software alone."""
        if role is Role.INTEGRATION_CLIENT:
            return client_of(self.app, self.keys["middle"])
        return officer_client(self.app, self.keys["province"], self.trust.officer_token(role.value))


async def populate(api: DeskApi, app: FastAPI, trust: Trust, sessions: Sessions) -> World:
    """Put the same things into every unit, and employ an officer of each role."""
    async with sessions.begin() as session:
        await import_units(session, [_CHILD])
        now = datetime.now(UTC)
        middle = await create_client(session, name="middle", unit_code=OWN, scopes=list(Scope), now=now)
    for role in OFFICER_ROLES:
        await employ(sessions, role.value, role=role, unit=OWN)
    world = World(app, trust, {**api.keys, "middle": middle})
    for relation, code in UNITS.items():
        desk = api.abroad if relation is Relation.FOREIGN else api.province
        world.things[relation] = await _furnish(desk, code, sessions)
    found = await api.province.http.post("/v1/citizens:find", json={"identity_number": "025190000123"})
    world.citizen = found.json()["id"]
    return world


async def _furnish(desk: Desk, code: str, sessions: Sessions) -> Thing:
    dossier = await desk.created(unit_code=code)
    waiting = await desk.created(unit_code=code, received=False, channel="online")
    paid = await desk.http.post(
        f"/v1/dossiers/{dossier['id']}/payments", json=a_payment(), headers={"Idempotency-Key": uuid4().hex}
    )
    assert paid.status_code == 201, paid.text
    helped = {"kind": "person", "reference": "so 7"}
    begun = an_event(
        unit_code=code, subject=helped, step="smartphone", outcome="started", attempt=str(uuid4())
    )
    (noted,) = await send(desk.http, [begun])
    assert noted["status"] == 201, noted
    return Thing(dossier["id"], await _leave_behind(sessions, dossier["id"], waiting["id"]), code)


async def _leave_behind(sessions: Sessions, dossier: str, waiting: str) -> str:
    """Park the one, let the other wait too long, and give the id of the look-up of the first."""
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE deliveries SET state = 'parked', park_cause = 'refused' WHERE dossier_id = :id"),
            {"id": dossier},
        )
        await session.execute(
            text("UPDATE dossiers SET acceptance_due_at = now() - interval '1 day' WHERE id = :id"),
            {"id": waiting},
        )
        look_up = await session.scalar(
            text("SELECT id FROM look_ups WHERE dossier_id = :id"), {"id": dossier}
        )
    return str(look_up)


def a_payment() -> dict[str, Any]:
    """Give a payment that covers no fee, which is a difference; each has a reference of its own."""
    return {
        "amount_vnd": 8000,
        "method": "bank",
        "provider": "970436",
        "reference": uuid4().hex,
        "paid_at": "2026-03-10T10:05:00+07:00",
    }
