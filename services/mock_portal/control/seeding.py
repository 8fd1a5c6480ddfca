"""Dossiers that are there before a test begins."""

import json
from typing import Final

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.mock_kit.moments import ClockMoment
from services.mock_portal.answers import Refused
from services.mock_portal.control.access import PortalDep
from services.mock_portal.ledger import Outcome
from services.mock_portal.mapi import SERVICES
from services.mock_portal.portal import Portal

router = APIRouter(prefix="/_control", tags=["state"])

SEED: Final = "seed"
MAX_ITEMS: Final = 20_000

WireItem = dict[str, JsonValue]


class SeedOrder(BaseModel):
    """Elements as DongBoHoSoMC and CapNhatTienDoHoSoMC take them in `data`."""

    model_config = ConfigDict(extra="forbid")

    unit: str = Field(default="", max_length=500)
    arrived_at: ClockMoment | None = Field(default=None, description="The portal's now by default")
    dossiers: list[WireItem] = Field(default=[], max_length=MAX_ITEMS)
    entries: list[WireItem] = Field(default=[], max_length=MAX_ITEMS)


class Seeded(BaseModel):
    """What the portal holds now."""

    dossiers: int
    entries: int


@router.post("/seed", status_code=201, responses={422: {"description": "The portal refuses an item"}})
async def seed(order: SeedOrder, portal: PortalDep) -> Seeded:
    """Bring dossiers and then entries in as if a unit had sent them, past sessions, faults and limits.

    A refused item leaves its list out as a whole; dossiers stay when it is an entry that is refused.
    """
    try:
        return _sow(portal, order)
    except Refused as refusal:
        raise HTTPException(422, str(refusal)) from refusal


def _sow(portal: Portal, order: SeedOrder) -> Seeded:
    for service, items in (("DongBoHoSoMC", order.dossiers), ("CapNhatTienDoHoSoMC", order.entries)):
        if items:
            _take_in(portal, service, order, items)
    return Seeded(dossiers=len(portal.store), entries=portal.store.counts.entries)


def _take_in(portal: Portal, service: str, order: SeedOrder, items: list[WireItem]) -> None:
    # As a unit would have sent it, so that a recording of it can be played again.
    body: dict[str, object] = {
        "madonvi": order.unit or SEED,
        "service": service,
        "isUpdating": "False",
        "data": items,
    }
    ledger = portal.ledger
    call = ledger.open_call(SEED, arrived_at=order.arrived_at or portal.clock.now(), unit=order.unit)
    ledger.keep_body(call, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
    for index, item in enumerate(items):
        if isinstance(code := item.get("MaHoSo"), str):
            ledger.note_item(call, index, code)
    try:
        call.message = SERVICES[service].answer(portal, call, body).message
        call.outcome = Outcome.ACCEPTED
    except Refused as refusal:
        call.outcome, call.message = Outcome.REFUSED, str(refusal)
        raise
    finally:
        ledger.close_call(call)
        portal.changes.announce()
