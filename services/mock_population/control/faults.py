"""Faults, outages and latency in the tester's hand."""

from typing import Annotated, Self

from fastapi import APIRouter, Body, HTTPException
from pydantic import BaseModel, Field, model_validator

from services.mock_population.control.access import DatabaseDep
from services.mock_population.control.fault_models import (
    MAX_DELAY_MS,
    AnyFaultOrder,
    FaultOut,
    OutageOrder,
    OutageOut,
    fault_out,
    outage_out,
)
from services.mock_population.database import Database
from services.mock_population.faults import ActiveFault

router = APIRouter(prefix="/_control", tags=["faults"])


class LatencySetting(BaseModel):
    """Every answer takes a time between the two, drawn evenly; equal bounds make it fixed."""

    min_ms: int = Field(ge=0, le=MAX_DELAY_MS)
    max_ms: int = Field(ge=0, le=MAX_DELAY_MS)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_ms > self.max_ms:
            raise ValueError("min_ms is above max_ms")
        return self


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
async def read_latency(database: DatabaseDep) -> LatencySetting:
    return LatencySetting(min_ms=database.latency.min_ms, max_ms=database.latency.max_ms)


@router.put("/latency")
async def set_latency(setting: LatencySetting, database: DatabaseDep) -> LatencySetting:
    database.latency.set_range(setting.min_ms, setting.max_ms)
    return setting


def _shown(database: Database, fault: ActiveFault) -> FaultOut:
    return fault_out(fault, seconds_left=database.faults.seconds_left(fault))
