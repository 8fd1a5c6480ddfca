"""What the fault shapes that every mock has do to an exchange."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

from services.mock_kit.exchange import HTML_TYPE, CutManner, Exchange, Reply
from services.mock_kit.faults import ActiveFault, FaultBoard

_MAINTENANCE: Final = (
    "<!DOCTYPE html><html><head><title>Bảo trì</title></head>"
    "<body><h1>Hệ thống đang bảo trì, vui lòng quay lại sau</h1></body></html>"
).encode()
_GATEWAY_TIMEOUT: Final = b"<html><body><h1>504 Gateway Time-out</h1></body></html>"
_CUT_MANNERS: Final[Mapping[str, CutManner]] = MappingProxyType(
    {"content_length": "content_length", "chunked": "chunked", "close_delimited": "close_delimited"}
)

AnyFault = ActiveFault[Any]


class Mock(Protocol):
    """What the effects need of a mock: how long a rule still runs."""

    @property
    def faults(self) -> FaultBoard[Any]: ...


async def go_down(_mock: Mock, exchange: Exchange, fault: AnyFault) -> None:
    await exchange.drop(reset=fault.rule.manner == "reset")


async def hang(mock: Mock, exchange: Exchange, fault: AnyFault) -> None:
    await exchange.hang(until=fault.over, timeout_seconds=mock.faults.seconds_left(fault))


async def fail(_mock: Mock, exchange: Exchange, fault: AnyFault) -> None:
    await exchange.answer(fault.rule.status, b"", headers=())


async def show_page(_mock: Mock, exchange: Exchange, fault: AnyFault) -> None:
    await exchange.answer(fault.rule.status, _MAINTENANCE, headers=(HTML_TYPE,))


async def cut(_mock: Mock, exchange: Exchange, fault: AnyFault, reply: Reply) -> None:
    await exchange.cut(reply, _CUT_MANNERS[fault.rule.manner])


async def lose(mock: Mock, exchange: Exchange, fault: AnyFault, _reply: Reply) -> None:
    match fault.rule.manner:
        case "gateway_timeout":
            await exchange.answer(504, _GATEWAY_TIMEOUT, headers=(HTML_TYPE,))
        case "hang":
            await hang(mock, exchange, fault)
        case manner:
            await exchange.drop(reset=manner == "reset")
