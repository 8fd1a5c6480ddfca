"""A wire address of the portal: one call read, processed and answered, with the ordered faults in its way."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from services.mock_portal.exchange import BodyTooLarge, Exchange
from services.mock_portal.fault_effects import INSTEAD_OF_ANSWER, ON_THE_ANSWER
from services.mock_portal.faults import ActiveFault, Strike
from services.mock_portal.ledger import Call
from services.mock_portal.portal import Portal
from services.mock_portal.request import WireRequest

Effect = Callable[[Portal, Exchange, ActiveFault], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes


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
        await self._serve(exchange, self._read(scope, raw))

    @abstractmethod
    def _read(self, scope: Scope, raw: bytes) -> WireRequest:
        """Tell what the call asks for; a call that cannot be understood carries its refusal."""

    @abstractmethod
    async def _process(self, call: Call, request: WireRequest, fault: ActiveFault | None) -> Reply:
        """Do what the call asks, and note its outcome in the ledger."""

    async def _serve(self, exchange: Exchange, request: WireRequest) -> None:
        portal = self._portal
        strike = portal.faults.strike(request.operation, request.codes)
        await self._slow_down(strike, "request")
        call = portal.ledger.open_call(request.operation, arrived_at=portal.clock.now())
        self._note(call, request)
        fault = strike.fault
        if fault is not None:
            call.fault = fault.rule.shape.value
        if fault is not None and (effect := self._effect_of(fault)):
            portal.ledger.close_call(call)
            await effect(portal, exchange, fault)
            return
        reply = await self._process(call, request, fault)
        await portal.pause(portal.latency.draw_seconds())
        await self._slow_down(strike, "answer")
        if fault is not None and (spoil := ON_THE_ANSWER.get(fault.rule.shape)):
            await spoil(portal, exchange, fault, reply.body)
        else:
            await exchange.answer(reply.status, reply.body)

    def _effect_of(self, fault: ActiveFault) -> Effect | None:
        """Give what happens in place of an answer, if the fault keeps the portal from looking at the call."""
        return INSTEAD_OF_ANSWER.get(fault.rule.shape)

    async def _slow_down(self, strike: Strike, manner: str) -> None:
        slow = strike.slow
        if slow is None or slow.rule.manner != manner:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(slow.delay_seconds()):
                await slow.over.wait()

    def _note(self, call: Call, request: WireRequest) -> None:
        items = request.items()
        if not items:
            return
        call.keep_body(request.raw)
        for index, code in items:
            self._portal.ledger.note_item(call, index, code)
