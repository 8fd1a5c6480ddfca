"""What each fault shape does to an exchange."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType
from typing import Final

from services.mock_portal.answers import Answer, Refused, encode
from services.mock_portal.exchange import HTML_TYPE, JSON_TYPE, CutManner, Exchange, Reply
from services.mock_portal.fault_rule import FaultShape
from services.mock_portal.faults import ActiveFault
from services.mock_portal.ledger import LOGIN, Call
from services.mock_portal.portal import Portal
from services.mock_portal.spoiled_answers import with_wrong_echo, with_wrong_types
from services.mock_portal.withdrawals import Withdrawal

Effect = Callable[[Portal, Exchange, ActiveFault], Awaitable[None]]

_MAINTENANCE: Final = (
    "<!DOCTYPE html><html><head><title>Bảo trì</title></head>"
    "<body><h1>Hệ thống đang bảo trì, vui lòng quay lại sau</h1></body></html>"
).encode()
_GATEWAY_TIMEOUT: Final = b"<html><body><h1>504 Gateway Time-out</h1></body></html>"
_CUT_MANNERS: Final[Mapping[str, CutManner]] = MappingProxyType(
    {"content_length": "content_length", "chunked": "chunked", "close_delimited": "close_delimited"}
)


async def _go_down(_portal: Portal, exchange: Exchange, fault: ActiveFault) -> None:
    await exchange.drop(reset=fault.rule.manner == "reset")


async def _hang(portal: Portal, exchange: Exchange, fault: ActiveFault) -> None:
    await exchange.hang(until=fault.over, timeout_seconds=portal.faults.seconds_left(fault))


async def _fail(_portal: Portal, exchange: Exchange, fault: ActiveFault) -> None:
    await exchange.answer(fault.rule.status, b"", headers=())


async def _show_page(_portal: Portal, exchange: Exchange, fault: ActiveFault) -> None:
    await exchange.answer(fault.rule.status, _MAINTENANCE, headers=(HTML_TYPE,))


async def _throttle(_portal: Portal, exchange: Exchange, fault: ActiveFault) -> None:
    rule = fault.rule
    text = http_date_in(float(rule.retry_after)) if rule.manner == "http_date" else rule.retry_after
    await too_many(exchange, text)


async def too_many(exchange: Exchange, retry_after: str | None) -> None:
    """Answer 429; `None` leaves the header out."""
    headers = [JSON_TYPE]
    if retry_after is not None:
        headers.append((b"retry-after", retry_after.encode("latin-1")))
    await exchange.answer(429, encode(Answer("429", "Vượt quá số lần gọi cho phép"), "429"), headers=headers)


def http_date_in(seconds: float) -> str:
    """Give the moment so far from now on the real clock, as HTTP writes dates."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


async def _cut(_portal: Portal, exchange: Exchange, fault: ActiveFault, reply: Reply) -> None:
    await exchange.cut(reply.body, _CUT_MANNERS[fault.rule.manner])


async def _lose(portal: Portal, exchange: Exchange, fault: ActiveFault, _reply: Reply) -> None:
    match fault.rule.manner:
        case "gateway_timeout":
            await exchange.answer(504, _GATEWAY_TIMEOUT, headers=(HTML_TYPE,))
        case "hang":
            await _hang(portal, exchange, fault)
        case manner:
            await exchange.drop(reset=manner == "reset")


async def _drip(portal: Portal, exchange: Exchange, fault: ActiveFault, reply: Reply) -> None:
    async def pause() -> None:
        await portal.pause(min(fault.delay_seconds(), portal.faults.seconds_left(fault)))

    await exchange.drip(reply, fault.rule.chunk_bytes, pause)


def refuse_before(portal: Portal, fault: ActiveFault, operation: str, session: object) -> None:
    """Let the call meet a session that has ended, or a refusal by order.

    Raises `Refused` with the ordered code and message.
    """
    rule = fault.rule
    if rule.shape is FaultShape.SESSION_EXPIRED:
        portal.sessions.end(session)
    if rule.shape is FaultShape.REFUSED or (rule.shape is FaultShape.LOGIN_REFUSED and operation == LOGIN):
        raise Refused(rule.message, rule.code)


def spoil(fault: ActiveFault, codes: Sequence[str], reply: Reply) -> Reply:
    """Change what the answer says, if the fault is of that kind."""
    rule = fault.rule
    if rule.shape is FaultShape.WRONG_ECHO:
        return replace(reply, body=with_wrong_echo(reply.body, codes))
    if rule.shape is FaultShape.WRONG_TYPES:
        return replace(reply, body=with_wrong_types(reply.body, rule.manner, fault.random))
    return reply


def withdrawal_of(portal: Portal, fault: ActiveFault, call: Call, codes: Sequence[str]) -> Withdrawal | None:
    """Plan to take an accepted call back, if the fault is of that kind."""
    if fault.rule.shape is not FaultShape.REFUSED_LATER:
        return None
    due_at = portal.clock.now() + timedelta(seconds=fault.delay_seconds())
    return Withdrawal(due_at, call.number, tuple(codes))


INSTEAD_OF_ANSWER: Final[Mapping[FaultShape, Effect]] = MappingProxyType(
    {
        FaultShape.DOWN: _go_down,
        FaultShape.HANG: _hang,
        FaultShape.HTTP_5XX: _fail,
        FaultShape.HTML: _show_page,
        FaultShape.THROTTLED: _throttle,
    }
)
"""The portal never looks at the call."""

ON_THE_ANSWER: Final[
    Mapping[FaultShape, Callable[[Portal, Exchange, ActiveFault, Reply], Awaitable[None]]]
] = MappingProxyType({FaultShape.CUT_BODY: _cut, FaultShape.ANSWER_LOST: _lose, FaultShape.DRIP: _drip})
"""The call is processed and stored; the client gets its answer in pieces, half of it, or none."""
