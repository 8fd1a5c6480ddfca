"""In front of the mock portal: passes calls on, and answers some services with any bytes in any rhythm."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import httpx

from tests.integration.raw_portal import Answer, Request, read_request

LOGIN: Final = "login"
_HEADERS: Final = ("content-type", "dstcode", "charset")


@dataclass(frozen=True, slots=True)
class Strange:
    """What comes instead of the answer; `stored` passes the call on first."""

    answer: Answer
    stored: bool = False


@dataclass(slots=True)
class StrangePortal:
    """`strange` says which services are answered strangely, by name; `calls` counts them all."""

    behind: httpx.AsyncClient
    url: str = ""
    strange: dict[str, Strange] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                await self._answer(await read_request(reader), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        service = str(request.body.get("service", LOGIN))
        self.calls[service] = self.calls.get(service, 0) + 1
        strange = self.strange.get(service)
        if strange is not None and not strange.stored:
            await strange.answer(writer)
            return
        proper = await self._pass_on(request)
        if strange is not None:
            await strange.answer(writer)
            return
        head = f"HTTP/1.1 {proper.status_code} X\r\nContent-Length: {len(proper.content)}\r\n\r\n"
        writer.write(head.encode() + proper.content)
        await writer.drain()

    async def _pass_on(self, request: Request) -> httpx.Response:
        headers: dict[str, str] = {name: value for name, value in request.headers.items() if name in _HEADERS}
        return await self.behind.post(request.target, content=request.raw, headers=headers)


@asynccontextmanager
async def strange_portal(port: int) -> AsyncIterator[StrangePortal]:
    """Stand before the mock portal that is going to listen on `port`."""
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as behind:
        portal = StrangePortal(behind)

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(portal.serve(reader, writer))
            connections[task] = writer
            await asyncio.wait([task])

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


async def drip(writer: asyncio.StreamWriter) -> None:
    """Answer properly, a byte every 0.8 seconds: no single read ever takes long."""
    for byte in b'HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{"error_code":0,"message":"ok"}':
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.8)


async def endless_headers(writer: asyncio.StreamWriter) -> None:
    """Never come to the body."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    number = 0
    while True:
        number += 1
        writer.write(b"X-%d: %s\r\n" % (number, b"a" * 100))
        await writer.drain()
        await asyncio.sleep(0.001)


async def gigabyte(writer: asyncio.StreamWriter) -> None:
    """Announce a gigabyte and send it, as long as somebody reads."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n")
    block = b'{"error_code":0,' + b" " * 65_520
    while not writer.is_closing():
        writer.write(block)
        await writer.drain()


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    blocks = [
        packer.compress(b'{"error_code":0,"message":"'),
        *(packer.compress(b"a" * 2**20) for _ in range(200)),
    ]
    return b"".join(blocks) + packer.flush()


async def gzip_bomb(writer: asyncio.StreamWriter) -> None:
    """Send little that unpacks to 200 MB."""
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(_bomb())}\r\n\r\n"
    writer.write(head.encode() + _bomb())
    await writer.drain()


async def byte_by_byte(writer: asyncio.StreamWriter) -> None:
    """Send a maintenance page, a byte at a time and quickly."""
    page = b"<html><body>Bao tri</body></html>"
    for byte in b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (
        len(page),
        page,
    ):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
