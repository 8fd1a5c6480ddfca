"""What each fault shape does to an exchange."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType
from typing import Final

from services.mock_kit.exchange import JSON_TYPE, Exchange, Reply
from services.mock_kit.fault_effects import cut, fail, go_down, hang, lose, show_page
from services.mock_portal.answers import Answer, Refused, encode
from services.mock_portal.fault_rule import ActiveFault, FaultShape
from services.mock_portal.ledger import LOGIN, Call
from services.mock_portal.portal import Portal
from services.mock_portal.spoiled_answers import with_wrong_echo, with_wrong_types
from services.mock_portal.withdrawals import Withdrawal

Effect = Callable[[Portal, Exchange, ActiveFault], Awaitable[None]]


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
        FaultShape.DOWN: go_down,
        FaultShape.HANG: hang,
        FaultShape.HTTP_5XX: fail,
        FaultShape.HTML: show_page,
        FaultShape.THROTTLED: _throttle,
    }
)
"""The portal never looks at the call."""

ON_THE_ANSWER: Final[
    Mapping[FaultShape, Callable[[Portal, Exchange, ActiveFault, Reply], Awaitable[None]]]
] = MappingProxyType({FaultShape.CUT_BODY: cut, FaultShape.ANSWER_LOST: lose, FaultShape.DRIP: _drip})
"""The call is processed and stored; the client gets its answer in pieces, half of it, or none."""
