"""Who is calling: every route but the health checks names the scope that it needs."""

from dataclasses import dataclass
from math import ceil
from typing import Annotated

import structlog
from fastapi import Security
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import Request

from services.api.refusals import TooManyRequests
from services.api.runtime import Runtime
from services.core.application.desk import Desk
from services.core.domain.access import Caller, NotAuthenticated, Scope


@dataclass(frozen=True, slots=True)
class Visit:
    """A call by somebody whom we know."""

    caller: Caller
    runtime: Runtime

    @property
    def desk(self) -> Desk:
        """Put the caller behind our rules."""
        runtime = self.runtime
        return Desk(self.caller, runtime.catalogue, runtime.comparison, runtime.clock)


class ApiKey(SecurityBase):
    """`Authorization: Bearer lt_...` names the desk client; raises `NotAuthenticated` or `ScopeMissing`."""

    def __init__(self) -> None:
        self.model = HTTPBearerModel(description="API key of a desk client: `lienthong clients create`")
        self.scheme_name = "ApiKey"

    async def __call__(self, request: Request, needed: SecurityScopes) -> Visit:
        """Recognise the caller and check the scopes of the route."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthenticated
        runtime: Runtime = request.app.state.runtime
        caller = await runtime.keys.caller(key.strip())
        structlog.contextvars.bind_contextvars(client=caller.name)
        for scope in needed.scopes:
            caller.check(Scope(scope))
        if wait := await runtime.rates.take(str(caller.client_id)):
            raise TooManyRequests(retry_after=ceil(wait))
        return Visit(caller, runtime)


_api_key = ApiKey()

Reader = Annotated[Visit, Security(_api_key, scopes=[Scope.READ.value])]
Operator = Annotated[Visit, Security(_api_key, scopes=[Scope.OPERATE.value])]
CitizenReader = Annotated[Visit, Security(_api_key, scopes=[Scope.CITIZENS.value])]
Cashier = Annotated[Visit, Security(_api_key, scopes=[Scope.PAYMENTS.value])]
Asker = Annotated[Visit, Security(_api_key, scopes=[Scope.LOOK_UP.value])]
Writer = Annotated[Visit, Security(_api_key, scopes=[Scope.WRITE.value])]
OnboardingReader = Annotated[Visit, Security(_api_key, scopes=[Scope.ONBOARDING_READ.value])]
OnboardingWriter = Annotated[Visit, Security(_api_key, scopes=[Scope.ONBOARDING_WRITE.value])]
