"""What each fault shape does to an exchange."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from services.mock_population.answer_xml import fault_xml
from services.mock_population.database import Database
from services.mock_population.exchange import HTML_TYPE, XML_TYPE, CutManner, Exchange
from services.mock_population.faults import ActiveFault, FaultShape
from services.mock_population.ways import Reply

_MAINTENANCE: Final = (
    "<!DOCTYPE html><html><head><title>Bảo trì</title></head>"
    "<body><h1>Hệ thống đang bảo trì, vui lòng quay lại sau</h1></body></html>"
).encode()
_GATEWAY_TIMEOUT: Final = b"<html><body><h1>504 Gateway Time-out</h1></body></html>"
_CUT_MANNERS: Final[Mapping[str, CutManner]] = MappingProxyType(
    {"content_length": "content_length", "chunked": "chunked", "close_delimited": "close_delimited"}
)


async def _go_down(_database: Database, exchange: Exchange, fault: ActiveFault) -> None:
    await exchange.drop(reset=fault.rule.manner == "reset")


async def _hang(database: Database, exchange: Exchange, fault: ActiveFault) -> None:
    await exchange.hang(until=fault.over, timeout_seconds=database.faults.seconds_left(fault))


async def _fail(_database: Database, exchange: Exchange, fault: ActiveFault) -> None:
    await exchange.answer(fault.rule.status, b"", headers=())


async def _show_page(_database: Database, exchange: Exchange, fault: ActiveFault) -> None:
    await exchange.answer(fault.rule.status, _MAINTENANCE, headers=(HTML_TYPE,))


async def _throttle(_database: Database, exchange: Exchange, fault: ActiveFault) -> None:
    retry_after = (b"retry-after", fault.rule.retry_after.encode("latin-1"))
    await exchange.answer(429, b"", headers=(retry_after,))


async def _empty(_database: Database, exchange: Exchange, _fault: ActiveFault) -> None:
    await exchange.answer(200, b"", headers=(XML_TYPE,))


async def _fault(database: Database, exchange: Exchange, _fault: ActiveFault) -> None:
    xml = fault_xml("Lỗi hệ thống", side="Server", prefixes=database.prefixes.pick())
    await exchange.answer(500, xml.encode(), headers=(XML_TYPE,))


async def _cut(_database: Database, exchange: Exchange, fault: ActiveFault, reply: Reply) -> None:
    await exchange.cut(reply.body, _CUT_MANNERS[fault.rule.manner], reply.headers)


async def _lose(database: Database, exchange: Exchange, fault: ActiveFault, _reply: Reply) -> None:
    match fault.rule.manner:
        case "gateway_timeout":
            await exchange.answer(504, _GATEWAY_TIMEOUT, headers=(HTML_TYPE,))
        case "hang":
            await _hang(database, exchange, fault)
        case manner:
            await exchange.drop(reset=manner == "reset")


INSTEAD_OF_ANSWER: Final[
    Mapping[FaultShape, Callable[[Database, Exchange, ActiveFault], Awaitable[None]]]
] = MappingProxyType(
    {
        FaultShape.DOWN: _go_down,
        FaultShape.HANG: _hang,
        FaultShape.HTTP_5XX: _fail,
        FaultShape.HTML: _show_page,
        FaultShape.THROTTLED: _throttle,
        FaultShape.EMPTY_BODY: _empty,
        FaultShape.SOAP_FAULT: _fault,
    }
)
"""The database never looks at the call."""

ON_THE_ANSWER: Final[
    Mapping[FaultShape, Callable[[Database, Exchange, ActiveFault, Reply], Awaitable[None]]]
] = MappingProxyType({FaultShape.CUT_BODY: _cut, FaultShape.ANSWER_LOST: _lose})
"""The question is answered; the client gets half the answer, another one, or none."""
