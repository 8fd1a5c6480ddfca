"""How a call to the portal leaves: in one piece, however httpcore writes it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpcore

from services.core.gateways.portal.corked import CorkedBackend

BODY = b'{"service":"DongBoHoSoMC"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
REFUSAL = b"HTTP/1.1 413 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def connected(handle: Handle) -> AsyncIterator[tuple[httpcore.AsyncConnectionPool, str]]:
    """Run a server, and close what the pool has opened before the server's end is waited for."""
    ended: list[asyncio.Future[None]] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(asyncio.get_running_loop().create_future())
        try:
            await handle(reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()
            ended[-1].set_result(None)

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as listening:
        async with httpcore.AsyncConnectionPool(network_backend=CorkedBackend()) as pool:
            yield pool, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        await asyncio.gather(*ended)


async def test_head_and_body_arrive_together_call_after_call() -> None:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while first := await reader.read(65_536):
            heard.append(first)
            writer.write(ANSWER)

    async with connected(answer) as (pool, url):
        for _ in range(3):
            assert (await pool.request("POST", url, content=BODY)).content == b"{}"
    assert len(heard) == 3
    assert all(piece.startswith(b"POST / ") and piece.endswith(BODY) for piece in heard)


async def test_the_answer_of_a_server_that_has_read_nothing_yet_is_heard() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(REFUSAL)
        writer.write_eof()
        # To hang up on what is unread would take the answer back.
        await reader.read()

    async with connected(refuse) as (pool, url):
        assert (await pool.request("POST", url, content=BODY)).status == 413
