"""Two portals for one suite: the double of the delivery tests, and the mock over HTTP through our client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from services.core.domain.delivery import Operation
from services.core.domain.outcome import Throttled, Unknown
from services.core.domain.ports import PortalGateway
from services.core.gateways.portal import PortalClient
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from services.mock_testing.portal import PortalControl
from tests.integration.delivery_cases import Act, ScriptedPortal
from tests.integration.test_portal_client_mock import address

SERVICES = {
    Operation.CREATE: "DongBoHoSoMC",
    Operation.UPDATE: "DongBoHoSoMC",
    Operation.PROGRESS: "CapNhatTienDoHoSoMC",
    Operation.LOOK_UP: "TraCuuHoSo",
}


class EitherPortal(Protocol):
    """A portal, and the ways of spoiling its next call."""

    gateway: PortalGateway

    def lose_answer(self, operation: Operation) -> None:
        """Let the next call be kept but not acknowledged."""

    def fail(self, operation: Operation) -> None:
        """Let the next call end in a server error; nothing is kept."""

    def throttle(self, operation: Operation) -> None:
        """Let the next call be turned away; nothing is kept."""

    def statuses(self, code: str) -> list[int]:
        """Give what is stored of a dossier's history, in order of arrival."""


class Double:
    def __init__(self, *, keeps_before_refusal: bool = False, shows_history: bool = True) -> None:
        self._portal = ScriptedPortal()
        self.gateway: PortalGateway = self._portal
        self._portal.keeps_before_refusal = keeps_before_refusal
        self._portal.shows_history = shows_history

    def lose_answer(self, operation: Operation) -> None:
        self._portal.order(operation, Act(Unknown("lost"), keeps=None))

    def fail(self, operation: Operation) -> None:
        self._portal.order(operation, Act(Unknown("HTTP 500")))

    def throttle(self, operation: Operation) -> None:
        self._portal.order(operation, Act(Throttled(None)))

    def statuses(self, code: str) -> list[int]:
        return self._portal.statuses(code)


class OverHttp:
    def __init__(self, gateway: PortalClient, control: PortalControl) -> None:
        self.gateway: PortalGateway = gateway
        self._control = control

    def lose_answer(self, operation: Operation) -> None:
        self._order("answer_lost", operation)

    def fail(self, operation: Operation) -> None:
        self._order("http_5xx", operation, status=500)

    def throttle(self, operation: Operation) -> None:
        self._order("throttled", operation, retry_after="1")

    def statuses(self, code: str) -> list[int]:
        return self._control.statuses_of(code)

    def _order(self, shape: str, operation: Operation, **details: Any) -> None:
        self._control.order_fault(shape, operation=SERVICES[operation], first_n=1, **details)


@asynccontextmanager
async def opened_portal(
    kind: str, *, keeps_before_refusal: bool = False, shows_history: bool = True
) -> AsyncIterator[EitherPortal]:
    if kind == "double":
        yield Double(keeps_before_refusal=keeps_before_refusal, shows_history=shows_history)
        return
    settings = PortalSettings(
        accounts={"h44": "pw"},
        refused_call_keeps_earlier_items=keeps_before_refusal,
        lookup_shows_progress=shows_history,
    )
    with running_portal(settings) as url, PortalControl(url) as control:
        client = PortalClient(address(url))
        try:
            yield OverHttp(client, control)
        finally:
            await client.close()
