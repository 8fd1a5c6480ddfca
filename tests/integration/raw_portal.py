"""A portal made of bare sockets: it answers with any bytes, in any rhythm, or breaks off."""

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

LOGIN_PATH = "/mapi/login"
CALL_PATH = "/mapi/g"


@dataclass(slots=True)
class Request:
    """One request as it came."""

    target: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.raw)
        return body


#: Writes an answer, or something that is none.
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(status: int = 200, body: object = None, *headers: str) -> Answer:
    """Answer properly; a body that is not bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", *headers, "", ""]

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join(lines).encode() + content)
        await writer.drain()

    return write


def raw(*pieces: bytes, pause: float = 0.0) -> Answer:
    """Send these bytes, with a pause after each piece, and close."""

    async def write(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        writer.close()

    return write


async def hang(_: asyncio.StreamWriter) -> None:
    """Say nothing until the client goes away."""
    await asyncio.sleep(3600)


async def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection by TCP reset."""
    plug: socket.socket = writer.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def done(**more: object) -> Answer:
    return answer(200, {"error_code": 0, "message": "Thành công", **more})


def refused(code: object, message: str) -> Answer:
    return answer(200, {"error_code": code, "message": message})


@dataclass(slots=True)
class RawPortal:
    """What was asked, and what will be answered: first what is queued, then a success."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    logins: deque[Answer] = field(default_factory=deque)
    calls: deque[Answer] = field(default_factory=deque)
    sessions: int = 0
    #: Seconds that a good login takes.
    login_takes: float = 0.0

    @property
    def login_count(self) -> int:
        return sum(request.target == LOGIN_PATH for request in self.requests)

    @property
    def pushed(self) -> list[Request]:
        return [request for request in self.requests if request.target == CALL_PATH]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                request = await read_request(reader)
                self.requests.append(request)
                await self._next(request)(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _next(self, request: Request) -> Answer:
        if request.target == CALL_PATH:
            return self.calls.popleft() if self.calls else done(result=[])
        return self.logins.popleft() if self.logins else self._log_in

    async def _log_in(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.login_takes)
        self.sessions += 1
        await done(session=f"session-{self.sessions}")(writer)


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(head[0].split()[1], headers, body)


@asynccontextmanager
async def raw_portal() -> AsyncIterator[RawPortal]:
    portal = RawPortal()
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(portal.serve(reader, writer))
        connections[task] = writer
        with suppress(asyncio.CancelledError):
            await task

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    portal.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield portal
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        for writer in connections.values():
            writer.transport.abort()
        await asyncio.sleep(0)
