"""The portal as a whole: is it there, what does it hold, how is it set, start over."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body, HTTPException, Query
from pydantic import BaseModel, JsonValue

from services.mock_kit.clock import ClockMode
from services.mock_portal.control.access import PortalDep, TenantDep
from services.mock_portal.keeping import FIXED_SWITCHES, as_json, switched
from services.mock_portal.portal import Portal

router = APIRouter(prefix="/_control", tags=["state"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class State(BaseModel):
    """`waits` counts the testers who wait, `in_flight` the wire calls under way."""

    tenant: str
    now: datetime
    clock: ClockMode
    dossiers: int
    entries: int
    sessions: int
    procedures: int
    running_faults: int
    waits: int
    in_flight: int
    switches: dict[str, JsonValue]
    """The settings that decide on behaviour the facts leave open."""


@router.get("/health")
async def report_health() -> Health:
    """Answer while the process does, whatever faults are ordered."""
    return Health()


@router.get("/state")
async def read_state(tenant: TenantDep) -> State:
    portal = tenant.portal
    return State(
        tenant=tenant.name,
        now=portal.clock.now(),
        clock=portal.clock.mode,
        dossiers=len(portal.store),
        entries=portal.store.counts.entries,
        sessions=len(portal.sessions),
        procedures=len(portal.catalogue.procedures),
        running_faults=len(portal.faults.active()),
        waits=portal.changes.waits,
        in_flight=portal.in_flight,
        switches=_switches(portal),
    )


@router.patch("/switches", responses={422: {"description": "Unknown switch, or a wrong value"}})
async def change_switches(
    changes: Annotated[dict[str, JsonValue], Body(max_length=100)], portal: PortalDep
) -> dict[str, JsonValue]:
    """Change some of the switches that `GET /_control/state` shows, until the next reset."""
    try:
        portal.adopt(switched(portal.settings, changes))
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return _switches(portal)


@router.post("/reset", status_code=204)
async def reset(
    portal: PortalDep,
    unit: Annotated[
        str | None, Query(max_length=500, description="Forget only the dossiers that this `madonvi` brought")
    ] = None,
) -> None:
    """Forget everything received and ordered, as after a start; with `unit` only that unit's dossiers.

    The calls themselves stay in the ledger when one unit is reset.
    """
    if unit is None:
        portal.reset()
        return
    portal.store.drop_unit(unit)
    portal.changes.announce()


def _switches(portal: Portal) -> dict[str, JsonValue]:
    return {name: value for name, value in as_json(portal.settings).items() if name not in FIXED_SWITCHES}
