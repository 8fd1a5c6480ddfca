"""The one door: finds the tenant of a call, and hands wire calls straight to their address."""

import json
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from services.mock_kit.exchange import JSON_TYPE, Exchange
from services.mock_portal.tenants import DEFAULT_TENANT, Tenants, WrongTenant
from services.mock_portal.wire_addresses import find_endpoint

TENANT_HEADER: Final = b"x-mock-tenant"
TENANT_PREFIX: Final = "/t/"


class Front:
    """ASGI application around the control application.

    The tenant stands in the path (`/t/NAME/...`) or in the header `X-Mock-Tenant`; the path wins.
    """

    def __init__(self, tenants: Tenants, control: ASGIApp) -> None:
        self._tenants = tenants
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._control(scope, receive, send)
            return
        path: str = scope["path"]
        name, prefix = _tenant_of(scope, path)
        try:
            tenant = self._tenants.get(name)
        except WrongTenant as refusal:
            body = json.dumps({"detail": str(refusal)}, ensure_ascii=False).encode()
            await Exchange(scope, receive, send).answer(400, body, headers=(JSON_TYPE,))
            return
        endpoint = find_endpoint(tenant.endpoints, scope["method"], path[len(prefix) :])
        if endpoint is not None:
            await endpoint(scope, receive, send)
            return
        state = {**scope.get("state", {}), "tenant": tenant, "tenants": self._tenants}
        await self._control({**scope, "root_path": prefix, "state": state}, receive, send)


def _tenant_of(scope: Scope, path: str) -> tuple[str, str]:
    """Name and path prefix; without either sign it is the default tenant."""
    if path.startswith(TENANT_PREFIX):
        name = path[len(TENANT_PREFIX) :].partition("/")[0]
        return name, TENANT_PREFIX + name
    for header, value in scope["headers"]:
        if header == TENANT_HEADER:
            return value.decode("latin-1"), ""
    return DEFAULT_TENANT, ""
