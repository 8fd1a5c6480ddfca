"""A network between two parts that misbehaves on order, while it runs."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

_CHUNK: Final = 65_536
#: Packets of a slow line, so that a bandwidth is felt before the whole of a large answer has passed.
_PACKET: Final = 1_024


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to bytes in one direction; times in seconds.

    `slice_bytes` breaks them up, with `pause` before each slice. Nothing passes in a `black_hole`, and what
    was caught in it arrives when it ends, as TCP has it. `limit_bytes` ends a connection after so many.
    """

    latency: float = 0.0
    jitter: float = 0.0
    bytes_per_second: float | None = None
    slice_bytes: int | None = None
    pause: float = 0.0
    limit_bytes: int | None = None
    black_hole: bool = False


FINE: Final = Weather()


class _Direction:
    """One way of all connections."""

    def __init__(self) -> None:
        self.passes = asyncio.Event()
        self.bytes = 0
        self._weather = FINE
        self.passes.set()

    @property
    def weather(self) -> Weather:
        return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self._weather = weather
        if weather.black_hole:
            self.passes.clear()
        else:
            self.passes.set()

    def slices(self, data: bytes) -> list[bytes]:
        size = self._weather.slice_bytes or (_PACKET if self._weather.bytes_per_second else len(data))
        return [data[start : start + size] for start in range(0, len(data), size)]


class FaultProxy:
    """Forwards to `host:port` from a port of its own. `requests` goes to the server, `replies` comes back."""

    def __init__(self, host: str, port: int, *, chance: random.Random) -> None:
        self.requests = _Direction()
        self.replies = _Direction()
        self.connections = 0
        self._target = (host, port)
        self._chance = chance
        self._server: asyncio.Server | None = None
        self._port = 0
        self._pairs: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}

    @property
    def port(self) -> int:
        return self._port

    def both(self, weather: Weather) -> None:
        """Set the weather of both directions."""
        self.requests.weather = self.replies.weather = weather

    async def up(self) -> None:
        """Listen, always on the same port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Refuse new connections and reset the old ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.reset()
        await asyncio.sleep(0)

    def reset(self) -> None:
        """Break all connections by TCP reset."""
        for writers in self._pairs.values():
            for writer in writers:
                _reset(writer)

    async def close(self) -> None:
        self.both(FINE)
        await self.down()
        tasks = list(self._pairs)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # An aborted transport closes its socket in the loop's next turn.
        await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections += 1
        self._pairs[task] = (writer,)
        try:
            # What the server does not accept, the client loses; with a black hole it waits instead.
            with suppress(OSError, asyncio.CancelledError):
                await self._join(task, reader, writer)
        finally:
            del self._pairs[task]

    async def _join(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            await self.requests.passes.wait()
            back, on = await asyncio.open_connection(*self._target)
        except BaseException:
            writer.transport.abort()
            raise
        self._pairs[task] = (writer, on)
        ways = (self._pump(reader, on, self.requests), self._pump(back, writer, self.replies))
        try:
            async with asyncio.TaskGroup() as group:
                for way in ways:
                    group.create_task(way)
        except* OSError:
            # One side has reset the connection; so the other loses it, too.
            pass
        finally:
            on.transport.abort()
            writer.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: _Direction) -> None:
        passed = 0
        while data := await source.read(_CHUNK):
            await way.passes.wait()
            weather = way.weather
            if weather.latency or weather.jitter:
                await asyncio.sleep(weather.latency + weather.jitter * self._chance.random())
            for piece in way.slices(data):
                await asyncio.sleep(weather.pause + len(piece) / (weather.bytes_per_second or float("inf")))
                left = len(piece) if weather.limit_bytes is None else weather.limit_bytes - passed
                sink.write(piece[:left])
                await sink.drain()
                passed += len(piece)
                way.bytes += len(piece)
                if left <= len(piece) and weather.limit_bytes is not None:
                    raise ConnectionResetError("the data limit is reached")
        if sink.can_write_eof():
            sink.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    plug: socket.socket = writer.get_extra_info("socket")
    with suppress(OSError):
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def running_proxy(host: str, port: int, *, chance: random.Random) -> AsyncIterator[FaultProxy]:
    proxy = FaultProxy(host, port, chance=chance)
    await proxy.up()
    try:
        yield proxy
    finally:
        await proxy.close()
