"""Who is calling, and what for: every route but a few open ones names its action."""

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Annotated, Final

import structlog
from fastapi import Security
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.params import Security as SecurityParameter
from fastapi.security.base import SecurityBase
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from services.api.refusals import TooManyRequests
from services.api.runtime import Runtime
from services.core.application.desk import Desk
from services.core.domain.access import Caller, NotAuthenticated
from services.core.domain.deadline import VIETNAM
from services.core.domain.officer import Officer
from services.core.domain.policy import SCOPES, Action, OfficerTokenNeeded, admit

#: Carries the token of the officer for whom desk software calls.
OFFICER_HEADER: Final = "X-Officer-Token"


@dataclass(frozen=True, slots=True)
class Visit:
    """A call by somebody whom we know, for something that they may do."""

    caller: Caller
    runtime: Runtime

    @property
    def desk(self) -> Desk:
        """Put the caller behind our rules."""
        runtime = self.runtime
        return Desk(self.caller, runtime.catalogue, runtime.comparison, runtime.clock)

    @property
    def today(self) -> date:
        """The day that it is in Vietnam."""
        return self.runtime.clock.now().astimezone(VIETNAM).date()

    async def reach(self, session: AsyncSession, unit: str | None) -> str:
        """Give what is reached of a unit's subtree, or all that is; raises `UnknownUnit` for other units."""
        if unit is None:
            return self.caller.unit_path
        catalogue = self.runtime.catalogue
        await catalogue.load(session, units={unit}, procedures=())
        return catalogue.reach(unit, within=self.caller.unit_path)


_DESCRIPTION: Final = (
    "API key or access token of a desk client (`lienthong clients create`); "
    f"the officer's token goes into the `{OFFICER_HEADER}` header"
)


class Gate(SecurityBase):
    """Lets those in who may take the action.

    Raises `NotAuthenticated`, `OfficerTokenNeeded` and what `policy.admit` raises.
    """

    def __init__(self, action: Action) -> None:
        self.action = action
        self.model = HTTPBearerModel(description=_DESCRIPTION)
        self.scheme_name = "ApiKey"

    async def __call__(self, request: Request) -> Visit:
        """Recognise the caller, and look them up in the policy table."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthenticated
        runtime: Runtime = request.app.state.runtime
        client = await runtime.keys.caller(key.strip())
        structlog.contextvars.bind_contextvars(client=client.name)
        if wait := await runtime.rates.take(str(client.client_id)):
            raise TooManyRequests(retry_after=ceil(wait))
        officer = await _officer(request, runtime)
        if officer is None and runtime.keys.believed.officers_required and not client.unattended:
            raise OfficerTokenNeeded
        caller = admit(client, officer, self.action)
        request.state.reach = caller.unit_path
        return Visit(caller, runtime)


async def _officer(request: Request, runtime: Runtime) -> Officer | None:
    token = request.headers.get(OFFICER_HEADER)
    if token is None:
        return None
    officer = await runtime.keys.officer(token)
    structlog.contextvars.bind_contextvars(officer=str(officer.id))
    return officer


def _may(action: Action) -> SecurityParameter:
    allowed: SecurityParameter = Security(Gate(action), scopes=[SCOPES[action].value])
    return allowed


DossierReader = Annotated[Visit, _may(Action.DOSSIERS_READ)]
IdentityRevealer = Annotated[Visit, _may(Action.IDENTITY_REVEAL)]
Filer = Annotated[Visit, _may(Action.DOSSIERS_FILE)]
Changer = Annotated[Visit, _may(Action.DOSSIERS_CHANGE)]
DeliveryReader = Annotated[Visit, _may(Action.DELIVERIES_READ)]
ParkedReader = Annotated[Visit, _may(Action.PARKED_READ)]
ParkedDecider = Annotated[Visit, _may(Action.PARKED_DECIDE)]
PaymentReader = Annotated[Visit, _may(Action.PAYMENTS_READ)]
PaymentReporter = Annotated[Visit, _may(Action.PAYMENTS_REPORT)]
PayoutReporter = Annotated[Visit, _may(Action.PAYOUTS_REPORT)]
FigureReader = Annotated[Visit, _may(Action.FIGURES_READ)]
PortalReader = Annotated[Visit, _may(Action.PORTAL_READ)]
Asker = Annotated[Visit, _may(Action.LOOK_UPS_ASK)]
LookUpReader = Annotated[Visit, _may(Action.LOOK_UPS_READ)]
CitizenFinder = Annotated[Visit, _may(Action.CITIZENS_FIND)]
CitizenReader = Annotated[Visit, _may(Action.CITIZENS_READ)]
OnboardingRecorder = Annotated[Visit, _may(Action.ONBOARDING_RECORD)]
OnboardingFollower = Annotated[Visit, _may(Action.ONBOARDING_FOLLOW)]
OnboardingPlanner = Annotated[Visit, _may(Action.ONBOARDING_PLAN)]
OnboardingFigureReader = Annotated[Visit, _may(Action.ONBOARDING_FIGURES)]
StepReader = Annotated[Visit, _may(Action.ONBOARDING_STEPS)]
