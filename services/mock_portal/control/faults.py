"""Faults, outages and latency in the tester's hand."""

from typing import Annotated, Final

from fastapi import APIRouter, Body, HTTPException

from services.mock_kit.fault_orders import FaultOut, OutageOut, outage_out
from services.mock_kit.latency_orders import AnyLatencyOrder, written_down
from services.mock_portal.control.access import PortalDep
from services.mock_portal.control.fault_models import OutageOrder, fault_out
from services.mock_portal.fault_rule import ActiveFault
from services.mock_portal.orders.faults import AnyFaultOrder
from services.mock_portal.portal import Portal

router = APIRouter(prefix="/_control", tags=["faults"])

MAX_FAULTS: Final = 2000


@router.get("/faults")
async def list_faults(portal: PortalDep) -> list[FaultOut]:
    """Show the rules that have not ended, oldest first, also those yet to begin."""
    return [_shown(portal, fault) for fault in portal.faults.active()]


@router.post("/faults", status_code=201, responses={409: {"description": "Too many rules"}})
async def add_fault(order: Annotated[AnyFaultOrder, Body()], portal: PortalDep) -> FaultOut:
    """Add a rule. Of several that cover a call the oldest strikes; a `slow` one strikes besides."""
    _check_room(portal)
    return _shown(portal, portal.faults.add(order.rule()))


@router.delete("/faults", status_code=204)
async def end_all_faults(portal: PortalDep) -> None:
    portal.faults.end_all()


@router.delete("/faults/{fault_id}", status_code=204, responses={404: {"description": "No such rule"}})
async def end_fault(fault_id: int, portal: PortalDep) -> None:
    if not portal.faults.end(fault_id):
        raise HTTPException(404, "no running fault with this id")


@router.get("/outages")
async def list_outages(portal: PortalDep) -> list[OutageOut]:
    """Show every outage since the last reset, with its real start and end."""
    return [outage_out(fault) for fault in portal.faults.outages()]


@router.post("/outages", status_code=201, responses={409: {"description": "Too many rules"}})
async def start_outage(order: OutageOrder, portal: PortalDep) -> OutageOut:
    """Let every wire call fail in one way; end it early by deleting the fault of the same id."""
    _check_room(portal)
    return outage_out(portal.faults.add(order.rule(), outage=True))


@router.get("/latency")
async def read_latency(portal: PortalDep) -> AnyLatencyOrder:
    return written_down(portal.latency.shape)


@router.put("/latency")
async def set_latency(order: Annotated[AnyLatencyOrder, Body()], portal: PortalDep) -> AnyLatencyOrder:
    """Let every answer take its time; `kind` is `range` if it is left out."""
    portal.latency.set(order.latency())
    return written_down(portal.latency.shape)


def _check_room(portal: Portal) -> None:
    if len(portal.faults.active()) >= MAX_FAULTS:
        raise HTTPException(409, f"{MAX_FAULTS} rules have not ended yet; delete some first")


def _shown(portal: Portal, fault: ActiveFault) -> FaultOut:
    return fault_out(fault, seconds_left=portal.faults.seconds_left(fault))
