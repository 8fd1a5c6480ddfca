"""Connections that send the head and the body of a request together.

httpcore writes them one after the other. To hand something to the kernel is the dearest part of a small call,
and the portal's server wakes up for each piece.
"""

import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore


class CorkedBackend(httpcore.AnyIOBackend):
    """httpcore's own way to the network, with streams that hold back what is written."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect; raises httpcore's `ConnectError` and `ConnectTimeout`."""
        stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        return CorkedStream(stream)


class CorkedStream(httpcore.AsyncNetworkStream):
    """Sends what was written when the answer is wanted."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._held: list[bytes] = []

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - as above
        """Hold back until the next read."""
        self._held.append(buffer)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as above
        """Send what is held, and wait for an answer.

        A server may answer and hang up without reading everything; httpcore reads on after a failed write,
        too.
        """
        if self._held:
            held, self._held = self._held, []
            with suppress(httpcore.WriteError):
                await self._stream.write(b"".join(held), timeout)
        return await self._stream.read(max_bytes, timeout)

    async def aclose(self) -> None:
        """Hang up; what is still held is not sent."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> httpcore.AsyncNetworkStream:
        """Encrypt what follows."""
        return CorkedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """Tell of the connection below."""
        return self._stream.get_extra_info(info)
