"""What each fault shape does to an exchange."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from services.mock_kit.exchange import XML_TYPE, Exchange, Reply
from services.mock_kit.fault_effects import cut, fail, go_down, hang, lose, show_page
from services.mock_population.answer_xml import fault_xml
from services.mock_population.database import Database
from services.mock_population.faults import ActiveFault, FaultShape


async def _throttle(_database: Database, exchange: Exchange, fault: ActiveFault) -> None:
    retry_after = (b"retry-after", fault.rule.retry_after.encode("latin-1"))
    await exchange.answer(429, b"", headers=(retry_after,))


async def _empty(_database: Database, exchange: Exchange, _fault: ActiveFault) -> None:
    await exchange.answer(200, b"", headers=(XML_TYPE,))


async def _fault(database: Database, exchange: Exchange, _fault: ActiveFault) -> None:
    xml = fault_xml("Lỗi hệ thống", side="Server", prefixes=database.prefixes.pick())
    await exchange.answer(500, xml.encode(), headers=(XML_TYPE,))


INSTEAD_OF_ANSWER: Final[
    Mapping[FaultShape, Callable[[Database, Exchange, ActiveFault], Awaitable[None]]]
] = MappingProxyType(
    {
        FaultShape.DOWN: go_down,
        FaultShape.HANG: hang,
        FaultShape.HTTP_5XX: fail,
        FaultShape.HTML: show_page,
        FaultShape.THROTTLED: _throttle,
        FaultShape.EMPTY_BODY: _empty,
        FaultShape.SOAP_FAULT: _fault,
    }
)
"""The database never looks at the call."""

ON_THE_ANSWER: Final[
    Mapping[FaultShape, Callable[[Database, Exchange, ActiveFault, Reply], Awaitable[None]]]
] = MappingProxyType({FaultShape.CUT_BODY: cut, FaultShape.ANSWER_LOST: lose})
"""The question is answered; the client gets half the answer, another one, or none."""
