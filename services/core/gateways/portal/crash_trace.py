"""The crash points inside of one exchange, laid around it only where one of them is armed."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from services.core.telemetry import crash_points

#: What httpcore reports of an exchange, and the point that it stands for.
_EVENTS: Final[Mapping[str, str]] = {
    "http11.send_request_headers.started": "W2",
    "http11.send_request_body.complete": "W4",
    "http11.receive_response_headers.complete": "W5",
}


def is_armed() -> bool:
    """Tell whether a request has to leave piece by piece, because a crash point lies between two."""
    return any(crash_points.is_armed(point) for point in (*_EVENTS.values(), "W3"))


def extensions() -> dict[str, Any]:
    """Give the request extension that passes the points, or none if none is armed."""
    armed = any(crash_points.is_armed(point) for point in _EVENTS.values())
    return {"trace": _reach} if armed else {}


def content_of(whole: bytes) -> bytes | AsyncIterator[bytes]:
    """Give the body in two halves with a point between them, if that is armed."""
    return _halves(whole) if crash_points.is_armed("W3") else whole


async def _reach(event: str, _info: Mapping[str, Any]) -> None:
    if __debug__ and (point := _EVENTS.get(event)) is not None:
        crash_points.pass_by(point)


async def _halves(whole: bytes) -> AsyncIterator[bytes]:
    middle = len(whole) // 2
    yield whole[:middle]
    if __debug__:
        crash_points.pass_by("W3")
    yield whole[middle:]
