"""Capacity and maintenance in the tester's hand."""

from typing import Final

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from services.mock_portal.control.access import PortalDep
from services.mock_portal.orders.conditions import (
    CapacityOrder,
    MaintenanceOrder,
    capacity_order,
    maintenance_order,
)
from services.mock_portal.portal import Portal

router = APIRouter(prefix="/_control", tags=["capacity"])

MAX_WINDOWS: Final = 100


class CapacityOut(BaseModel):
    """`limits` is null while there are none; `quota_used` counts the present window of the quota."""

    limits: CapacityOrder | None
    quota_used: int


@router.get("/capacity")
async def read_capacity(portal: PortalDep) -> CapacityOut:
    return _shown(portal)


@router.put("/capacity")
async def limit_capacity(order: CapacityOrder, portal: PortalDep) -> CapacityOut:
    """Let the portal take so much and no more; the count begins anew."""
    portal.capacity.set(order.limits())
    return _shown(portal)


@router.delete("/capacity", status_code=204)
async def lift_capacity(portal: PortalDep) -> None:
    portal.capacity.set(None)


@router.get("/maintenance")
async def list_maintenance(portal: PortalDep) -> list[MaintenanceOrder]:
    return [maintenance_order(window) for window in portal.maintenance.windows]


@router.post("/maintenance", status_code=201, responses={409: {"description": "Too many windows"}})
async def announce_maintenance(order: MaintenanceOrder, portal: PortalDep) -> MaintenanceOrder:
    """Close the portal for a while of its own clock, now or later; every answer then tells the end."""
    if len(portal.maintenance.windows) >= MAX_WINDOWS:
        raise HTTPException(409, f"{MAX_WINDOWS} windows are announced already; delete them first")
    portal.maintenance.windows.append(order.window())
    return order


@router.delete("/maintenance", status_code=204)
async def call_off_maintenance(portal: PortalDep) -> None:
    portal.maintenance.windows.clear()


def _shown(portal: Portal) -> CapacityOut:
    limits = portal.capacity.limits
    return CapacityOut(
        limits=None if limits is None else capacity_order(limits), quota_used=portal.capacity.quota_used
    )
