"""The fault proxy does what it is told, at the moment it is told."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest

from tests.fault.proxy import FINE, FaultProxy, Weather, running_proxy


@pytest.fixture
async def echo() -> AsyncIterator[FaultProxy]:
    """Give a proxy in front of a server that sends back what it gets."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with running_proxy(*server.sockets[0].getsockname()[:2], chance=random.Random(1)) as proxy:
        yield proxy
    server.close()


class Line:
    """A client's connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, data: bytes) -> tuple[bytes, float]:
        started = time.monotonic()
        self.writer.write(data)
        answer = await self.reader.readexactly(len(data))
        return answer, time.monotonic() - started


@pytest.fixture
async def line(echo: FaultProxy) -> AsyncIterator[Line]:
    line = Line(*await asyncio.open_connection("127.0.0.1", echo.port))
    await line.say(b"hello")
    yield line
    line.writer.transport.abort()
    await asyncio.sleep(0)


async def test_bytes_pass_unchanged_in_any_weather(echo: FaultProxy, line: Line) -> None:
    data = random.Random(2).randbytes(3_000)
    for weather in (
        FINE,
        Weather(slice_bytes=7),
        Weather(latency=0.01, jitter=0.01),
        Weather(bytes_per_second=100_000),
    ):
        echo.both(weather)
        assert (await line.say(data))[0] == data


async def test_latency_and_bandwidth_take_their_time(echo: FaultProxy, line: Line) -> None:
    echo.both(Weather(latency=0.1))
    assert (await line.say(b"x"))[1] >= 0.2
    echo.both(FINE)
    echo.replies.weather = Weather(bytes_per_second=20_000)
    assert (await line.say(b"x" * 4_000))[1] >= 0.18


async def test_a_black_hole_holds_what_it_caught_until_it_ends(echo: FaultProxy, line: Line) -> None:
    echo.requests.weather = Weather(black_hole=True)
    answer = asyncio.create_task(line.say(b"caught"))
    done, _ = await asyncio.wait([answer], timeout=0.2)
    assert not done
    late = Line(*await asyncio.open_connection("127.0.0.1", echo.port))
    echo.both(FINE)
    assert (await answer)[0] == b"caught"
    assert (await late.say(b"new"))[0] == b"new"
    late.writer.close()


async def test_a_reset_breaks_every_connection(echo: FaultProxy, line: Line) -> None:
    echo.reset()
    with pytest.raises(ConnectionResetError):
        await line.reader.readexactly(1)


async def test_down_refuses_and_up_serves_on_the_same_port(echo: FaultProxy, line: Line) -> None:
    port = echo.port
    await echo.down()
    with pytest.raises(ConnectionResetError):
        await line.reader.readexactly(1)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    await echo.up()
    again = Line(*await asyncio.open_connection("127.0.0.1", port))
    assert (await again.say(b"back"))[0] == b"back"
    again.writer.close()


async def test_a_limit_cuts_an_answer_short(echo: FaultProxy) -> None:
    echo.replies.weather = Weather(limit_bytes=10)
    reader, writer = await asyncio.open_connection("127.0.0.1", echo.port)
    writer.write(b"0123456789abcdef")
    received = b""
    try:
        while data := await reader.read(100):
            received += data
    except ConnectionResetError:
        pass
    assert received == b"0123456789"[: len(received)]
    assert len(received) <= 10
    writer.transport.abort()
    await asyncio.sleep(0)


async def test_a_server_that_is_gone_is_felt_by_the_client() -> None:
    async with running_proxy("127.0.0.1", 9, chance=random.Random(1)) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.transport.abort()
        await asyncio.sleep(0)
