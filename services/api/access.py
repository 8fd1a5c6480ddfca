"""Who is calling: every route but the health checks names the scope that it needs."""

from typing import Annotated

from fastapi import Security
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import Request

from services.api.runtime import Runtime
from services.core.domain.access import Caller, NotAuthenticated, Scope


class ApiKey(SecurityBase):
    """`Authorization: Bearer lt_...` names the desk client; raises `NotAuthenticated` or `ScopeMissing`."""

    def __init__(self) -> None:
        self.model = HTTPBearerModel(description="API key of a desk client: `lienthong clients create`")
        self.scheme_name = "ApiKey"

    async def __call__(self, request: Request, needed: SecurityScopes) -> Caller:
        """Recognise the caller and check the scopes of the route."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthenticated
        runtime: Runtime = request.app.state.runtime
        caller = await runtime.keys.caller(key.strip())
        for scope in needed.scopes:
            caller.check(Scope(scope))
        return caller


_api_key = ApiKey()

Reader = Annotated[Caller, Security(_api_key, scopes=[Scope.READ.value])]
Writer = Annotated[Caller, Security(_api_key, scopes=[Scope.WRITE.value])]
