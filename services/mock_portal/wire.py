"""A wire address of the portal: one call read and processed; `reception` puts the faults in its way."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from starlette.types import Receive, Scope, Send

from services.mock_kit.exchange import BodyTooLarge, Exchange, Reply
from services.mock_portal.fault_effects import INSTEAD_OF_ANSWER, Effect
from services.mock_portal.fault_rule import ActiveFault, FaultShape
from services.mock_portal.ledger import Call
from services.mock_portal.portal import Portal
from services.mock_portal.reception import receive_call
from services.mock_portal.request import WireRequest


class WireEndpoint(ABC):
    """One wire address as an ASGI application; no framework stands between it and the bytes."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        try:
            raw = await exchange.read_body(limit=self._portal.settings.max_body_bytes)
        except BodyTooLarge:
            await exchange.answer(413, b"", headers=())
            return
        except ConnectionError:
            return
        request = self._read(scope, raw)

        async def process(call: Call, fault: ActiveFault | None) -> Reply:
            return await self._process(call, request, fault)

        effects = self._effects()
        await receive_call(self._portal, exchange, request, process, instead_of_answer=effects)

    @abstractmethod
    def _read(self, scope: Scope, raw: bytes) -> WireRequest:
        """Tell what the call asks for; a call that cannot be understood carries its refusal."""

    @abstractmethod
    async def _process(self, call: Call, request: WireRequest, fault: ActiveFault | None) -> Reply:
        """Do what the call asks, and set its outcome."""

    def _effects(self) -> Mapping[FaultShape, Effect]:
        """Give what happens in place of an answer, for the faults that keep a call from being looked at."""
        return INSTEAD_OF_ANSWER
