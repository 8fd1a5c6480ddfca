"""One HTTP exchange with the portal: it ends in time, and no exception leaves it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from services.core.domain.outcome import Failure, NotSent, Unknown
from services.core.gateways.portal import crash_trace
from services.core.gateways.portal.reply import Answer, read
from services.core.telemetry import correlation, crash_points

_CONNECT_SECONDS: Final = 3.0

#: Faults after which the portal cannot have seen a byte of the request.
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class PortalAddress:
    """Where the portal is and who we are there.

    `call_seconds` ends any call, whatever drips in. `session_seconds` ends the use of a session: how long one
    lives is not documented, ten minutes are assumed (portal-interface 5.3), and the words with which the
    portal refuses an old one are not certain. The catalogue has limits of its own: it has thousands of rows.
    """

    url: str
    login_path: str
    call_path: str
    dstcode: str
    organisation_code: str
    username: str
    password: str
    call_seconds: float
    reply_bytes: int
    connections: int
    session_seconds: float = 540.0
    catalogue_seconds: float = 60.0
    catalogue_bytes: int = 16_777_216


class Exchange:
    """Sends bytes, and reads what comes back up to a limit.

    It speaks to httpx's transport: the client above it, with its redirects, logins and URLs to merge, takes a
    third of the time of a call.
    """

    def __init__(self, address: PortalAddress) -> None:
        self._reply_bytes = address.reply_bytes
        self._call_path = address.call_path
        base = address.url.rstrip("/")
        self._urls = {path: httpx.URL(base + path) for path in (address.login_path, address.call_path)}
        self._headers = {
            "User-Agent": "lienthong",
            "Accept": "application/json",
            # A small compressed answer can unpack to gigabytes.
            "Accept-Encoding": "identity",
            "Charset": "utf-8",
            "Content-Type": "application/json",
            "dstcode": address.dstcode,
        }
        self._timeout = httpx.Timeout(
            address.call_seconds, connect=min(_CONNECT_SECONDS, address.call_seconds / 2), pool=1.0
        ).as_dict()
        self._transport = httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_connections=address.connections, keepalive_expiry=4.0), trust_env=False
        )
        #: Those of a load balancer, say, that keeps a session on one machine.
        self._cookies = httpx.Cookies()

    async def close(self) -> None:
        """Give the connections back."""
        await self._transport.aclose()

    async def send(
        self, path: str, content: bytes, *, until: float, reply_bytes: int | None = None
    ) -> Answer | Failure:
        """Post once; `until` is of the event loop's clock, `reply_bytes` a limit other than the usual one."""
        try:
            # httpx limits each read, not the call: a byte every second would keep it open for ever.
            async with asyncio.timeout_at(until):
                return await self._post(path, content, reply_bytes or self._reply_bytes)
        except _NOT_SENT as exc:
            return NotSent(type(exc).__name__)
        except (TimeoutError, httpx.TimeoutException) as exc:
            return Unknown(type(exc).__name__, lingering=True)
        except httpx.HTTPError as exc:
            return Unknown(type(exc).__name__)

    async def _post(self, path: str, content: bytes, reply_bytes: int) -> Answer | Failure:
        request = self._request(path, content)
        response = await self._transport.handle_async_request(request)
        if "set-cookie" in response.headers:
            response.request = request
            self._cookies.extract_cookies(response)
        try:
            # With many calls under way, even what fits under the limit adds up.
            if int(response.headers.get("content-length", "0")) > reply_bytes:
                return Unknown("reply too large")
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > reply_bytes:
                    return Unknown("reply too large")
        finally:
            await response.aclose()
        if __debug__ and path == self._call_path:
            crash_points.pass_by("W6")
        return read(response.status_code, response.headers, bytes(received), now=datetime.now(UTC))

    def _request(self, path: str, content: bytes) -> httpx.Request:
        headers = {**self._headers, "Content-Length": str(len(content))}
        body: bytes | AsyncIterator[bytes] = content
        extensions: dict[str, Any] = {"timeout": self._timeout}
        if __debug__ and path == self._call_path:
            body = crash_trace.content_of(content)
            extensions |= crash_trace.extensions()
        if (request_id := correlation.current()) is not None:
            headers[correlation.HEADER] = request_id
        request = httpx.Request(
            "POST", self._urls[path], headers=headers, content=body, extensions=extensions
        )
        if self._cookies:
            self._cookies.set_cookie_header(request)
        return request
