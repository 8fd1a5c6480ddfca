"""The portals of this process in the tester's hand."""

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from services.mock_portal.control.access import TenantsDep

router = APIRouter(prefix="/_control/tenants", tags=["tenants"])


class TenantOut(BaseModel):
    """Reached under `/t/NAME/...`, or anywhere with the header `X-Mock-Tenant: NAME`."""

    name: str
    dossiers: int
    calls: int


@router.get("")
async def list_tenants(tenants: TenantsDep) -> list[TenantOut]:
    return [
        TenantOut(name=tenant.name, dossiers=len(tenant.portal.store), calls=len(tenant.portal.ledger))
        for tenant in tenants.all
    ]


@router.delete("/{name}", status_code=204, responses={404: {"description": "No such tenant"}})
async def drop_tenant(name: str, tenants: TenantsDep) -> None:
    """Forget a tenant; the next call that names it finds a fresh one."""
    if not tenants.drop(name):
        raise HTTPException(404, "no tenant of this name")
