"""What each fault shape does to an exchange."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from services.mock_portal.answers import Answer, encode
from services.mock_portal.exchange import HTML_TYPE, JSON_TYPE, CutManner, Exchange
from services.mock_portal.faults import ActiveFault, FaultShape
from services.mock_portal.portal import Portal

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
    retry_after = (b"retry-after", fault.rule.retry_after.encode("latin-1"))
    body = encode(Answer("429", "Vượt quá số lần gọi cho phép"), "429")
    await exchange.answer(429, body, headers=(JSON_TYPE, retry_after))


async def _cut(_portal: Portal, exchange: Exchange, fault: ActiveFault, reply: bytes) -> None:
    await exchange.cut(reply, _CUT_MANNERS[fault.rule.manner])


async def _lose(portal: Portal, exchange: Exchange, fault: ActiveFault, _reply: bytes) -> None:
    match fault.rule.manner:
        case "gateway_timeout":
            await exchange.answer(504, _GATEWAY_TIMEOUT, headers=(HTML_TYPE,))
        case "hang":
            await _hang(portal, exchange, fault)
        case manner:
            await exchange.drop(reset=manner == "reset")


INSTEAD_OF_ANSWER: Final[Mapping[FaultShape, Callable[[Portal, Exchange, ActiveFault], Awaitable[None]]]] = (
    MappingProxyType(
        {
            FaultShape.DOWN: _go_down,
            FaultShape.HANG: _hang,
            FaultShape.HTTP_5XX: _fail,
            FaultShape.HTML: _show_page,
            FaultShape.THROTTLED: _throttle,
        }
    )
)
"""The portal never looks at the call."""

ON_THE_ANSWER: Final[
    Mapping[FaultShape, Callable[[Portal, Exchange, ActiveFault, bytes], Awaitable[None]]]
] = MappingProxyType({FaultShape.CUT_BODY: _cut, FaultShape.ANSWER_LOST: _lose})
"""The call is processed and stored; the client gets half the answer, another one, or none."""
