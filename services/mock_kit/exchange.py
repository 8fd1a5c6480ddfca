"""One HTTP exchange, and every way of answering it badly or not at all."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from starlette.types import Receive, Scope, Send

TRANSPORT: Final = "transport"
"""Key of the connection's transport in the ASGI `state`, put there by `server.ExposingProtocol`."""

CutManner = Literal["content_length", "chunked", "close_delimited"]

Headers = Sequence[tuple[bytes, bytes]]

JSON_TYPE: Final = (b"content-type", b"application/json;charset=utf-8")
XML_TYPE: Final = (b"content-type", b"text/xml;charset=utf-8")
HTML_TYPE: Final = (b"content-type", b"text/html;charset=utf-8")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it would go out if nothing were wrong."""

    status: int
    body: bytes
    headers: Headers = (JSON_TYPE,)


# On, for zero seconds: closing the socket then sends a reset instead of an orderly end.
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class BodyTooLarge(Exception):
    pass


class Exchange:
    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send

    async def read_body(self, *, limit: int) -> bytes:
        """Read the whole request body.

        Raises `BodyTooLarge` above `limit` bytes, and `ConnectionError` when the client leaves before it
        has sent everything.
        """
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError("client left while sending")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise BodyTooLarge
            if not message.get("more_body", False):
                return b"".join(parts)

    async def reply(self, reply: Reply) -> None:
        await self.answer(reply.status, reply.body, reply.headers)

    async def drip(self, reply: Reply, chunk_bytes: int, pause: Callable[[], Awaitable[None]]) -> None:
        """Send the head at once and the body in small parts, with a pause before each."""
        body = reply.body
        length = (b"content-length", str(len(body)).encode())
        headers = [*reply.headers, length]
        await self._send({"type": "http.response.start", "status": reply.status, "headers": headers})
        for start in range(0, len(body), chunk_bytes):
            await pause()
            part = body[start : start + chunk_bytes]
            await self._send({"type": "http.response.body", "body": part, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})

    async def answer(self, status: int, body: bytes, headers: Headers = (JSON_TYPE,)) -> None:
        length = (b"content-length", str(len(body)).encode())
        await self._send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
        await self._send({"type": "http.response.body", "body": body})

    async def drop(self, *, reset: bool) -> None:
        """End the connection without a byte of answer: by TCP reset, or by an orderly end."""
        transport = self._transport()
        if transport.is_closing():
            return
        if reset:
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE
            )
        transport.abort()
        await self._client_gone()

    async def cut(self, reply: Reply, manner: CutManner) -> None:
        """Send the first half of a body that was announced whole, under status 200, then close."""
        half = reply.body[: len(reply.body) // 2]
        framing, sent = {
            "content_length": (b"content-length: %d\r\n" % len(reply.body), half),
            "chunked": (b"transfer-encoding: chunked\r\n", b"%x\r\n%b\r\n" % (len(half), half)),
            "close_delimited": (b"connection: close\r\n", half),
        }[manner]
        head = b"HTTP/1.1 200 OK\r\n" + b"".join(b"%b: %b\r\n" % pair for pair in reply.headers) + framing
        transport = self._transport()
        # Past the ASGI server, which would insist on finishing what it has begun.
        transport.write(head + b"\r\n" + sent)
        transport.close()
        await self._client_gone()

    async def hang(self, *, until: asyncio.Event, timeout_seconds: float) -> None:
        """Stay silent until the client leaves, the event comes or the time is up; then end it all."""
        waits = [asyncio.ensure_future(until.wait()), asyncio.ensure_future(self._client_gone())]
        try:
            await asyncio.wait(waits, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        await self.drop(reset=False)

    async def _client_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _transport(self) -> asyncio.Transport:
        # Not checked by type: uvloop's transports do not inherit from asyncio's.
        transport: asyncio.Transport | None = self.scope.get("state", {}).get(TRANSPORT)
        if transport is None:
            raise RuntimeError("connection faults need the server of services.mock_kit.server")
        return transport
