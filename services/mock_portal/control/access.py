"""How the control routes reach the portal that `services.mock_portal.front` has chosen."""

from typing import Annotated

from fastapi import Depends, Request

from services.mock_portal.portal import Portal
from services.mock_portal.tenants import Tenant, Tenants


async def tenant_of(request: Request) -> Tenant:
    tenant: Tenant = request.state.tenant
    # What is due by the portal's clock has happened before anybody looks.
    tenant.portal.take_back_due()
    return tenant


async def portal_of(tenant: Annotated[Tenant, Depends(tenant_of)]) -> Portal:
    return tenant.portal


async def tenants_of(request: Request) -> Tenants:
    tenants: Tenants = request.state.tenants
    return tenants


PortalDep = Annotated[Portal, Depends(portal_of)]
TenantDep = Annotated[Tenant, Depends(tenant_of)]
TenantsDep = Annotated[Tenants, Depends(tenants_of)]
