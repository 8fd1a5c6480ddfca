"""Faults, outages and latency in the tester's hand."""

from typing import Annotated

from fastapi import APIRouter, Body, HTTPException

from services.mock_kit.fault_orders import FaultOut, OutageOut, outage_out
from services.mock_kit.latency_orders import AnyLatencyOrder, written_down
from services.mock_population.control.access import DatabaseDep
from services.mock_population.control.fault_models import AnyFaultOrder, OutageOrder, fault_out
from services.mock_population.database import Database
from services.mock_population.faults import ActiveFault

router = APIRouter(prefix="/_control", tags=["faults"])


@router.get("/faults")
async def list_faults(database: DatabaseDep) -> list[FaultOut]:
    """Show the rules still running, oldest first."""
    return [_shown(database, fault) for fault in database.faults.active()]


@router.post("/faults", status_code=201)
async def add_fault(order: Annotated[AnyFaultOrder, Body()], database: DatabaseDep) -> FaultOut:
    """Add a rule. Of several that cover a call the oldest strikes; a `slow` one strikes besides."""
    return _shown(database, database.faults.add(order.rule()))


@router.delete("/faults", status_code=204)
async def end_all_faults(database: DatabaseDep) -> None:
    database.faults.end_all()


@router.delete("/faults/{fault_id}", status_code=204, responses={404: {"description": "No such rule"}})
async def end_fault(fault_id: int, database: DatabaseDep) -> None:
    if not database.faults.end(fault_id):
        raise HTTPException(404, "no running fault with this id")


@router.get("/outages")
async def list_outages(database: DatabaseDep) -> list[OutageOut]:
    """Show every outage since the last reset, with its real start and end."""
    return [outage_out(fault) for fault in database.faults.outages()]


@router.post("/outages", status_code=201)
async def start_outage(order: OutageOrder, database: DatabaseDep) -> OutageOut:
    """Let every wire call fail in one way; end it early by deleting the fault of the same id."""
    return outage_out(database.faults.add(order.rule(), outage=True))


@router.get("/latency")
async def read_latency(database: DatabaseDep) -> AnyLatencyOrder:
    return written_down(database.latency.shape)


@router.put("/latency")
async def set_latency(order: Annotated[AnyLatencyOrder, Body()], database: DatabaseDep) -> AnyLatencyOrder:
    """Let every answer take its time; `kind` is `range` if it is left out."""
    database.latency.set(order.latency())
    return written_down(database.latency.shape)


def _shown(database: Database, fault: ActiveFault) -> FaultOut:
    return fault_out(fault, seconds_left=database.faults.seconds_left(fault))
