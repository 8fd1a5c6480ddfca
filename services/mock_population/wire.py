"""The addresses of the database, with the ordered faults in their way."""

from collections.abc import Callable
from functools import partial

from starlette.types import Receive, Scope, Send

from services.mock_kit.exchange import BodyTooLarge, Exchange
from services.mock_population.database import Database
from services.mock_population.fault_effects import INSTEAD_OF_ANSWER, ON_THE_ANSWER
from services.mock_population.faults import CallTraits
from services.mock_population.inquiry import Inquiry

Read = Callable[[Scope, bytes], Inquiry]


class WireEndpoint:
    """One wire address as an ASGI application; no framework stands between it and the bytes."""

    def __init__(self, database: Database, read: Read) -> None:
        self._database = database
        self._read = read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        try:
            raw = await exchange.read_body(limit=self._database.settings.max_body_bytes)
        except BodyTooLarge:
            await exchange.answer(413, b"", headers=())
        except ConnectionError:
            return
        else:
            await self._serve(exchange, self._read(scope, raw))

    async def _serve(self, exchange: Exchange, inquiry: Inquiry) -> None:
        database = self._database
        strike = database.faults.strike(
            CallTraits(inquiry.operation, partial(_numbers, inquiry)).covered_by, database.clock.now
        )
        await strike.slow_down("request")
        call = database.ledger.open_call(inquiry.way, inquiry.operation, arrived_at=database.clock.now())
        call.question = inquiry.question
        fault = strike.fault
        if fault is not None:
            call.fault = fault.rule.shape.value
        if fault is not None and (effect := INSTEAD_OF_ANSWER.get(fault.rule.shape)):
            database.ledger.close_call(call)
            await effect(database, exchange, fault)
            return
        reply = inquiry.answer(call, fault)
        database.ledger.close_call(call)
        await database.pause(database.latency.draw_seconds(database.clock.now))
        await strike.slow_down("answer")
        if fault is not None and (spoil := ON_THE_ANSWER.get(fault.rule.shape)):
            await spoil(database, exchange, fault, reply)
        else:
            await exchange.reply(reply)


def _numbers(inquiry: Inquiry) -> list[str]:
    """Give the numbers a call asks about."""
    if inquiry.question is None:
        return []
    claim = inquiry.question.claim
    return [number for number in (claim.number, claim.old_card) if number]
