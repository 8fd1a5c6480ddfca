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
    """Sends bytes, and reads what comes back up to a limit."""

    def __init__(self, address: PortalAddress) -> None:
        self._reply_bytes = address.reply_bytes
        self._call_path = address.call_path
        self._http = httpx.AsyncClient(
            base_url=address.url,
            headers={
                "Accept": "application/json",
                # A small compressed answer can unpack to gigabytes.
                "Accept-Encoding": "identity",
                "Charset": "utf-8",
                "dstcode": address.dstcode,
            },
            timeout=httpx.Timeout(
                address.call_seconds, connect=min(_CONNECT_SECONDS, address.call_seconds / 2), pool=1.0
            ),
            limits=httpx.Limits(max_connections=address.connections, keepalive_expiry=4.0),
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

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
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
        body: bytes | AsyncIterator[bytes] = content
        extensions: dict[str, Any] = {}
        if __debug__ and path == self._call_path:
            body, extensions = crash_trace.content_of(content), crash_trace.extensions()
        if (request_id := correlation.current()) is not None:
            headers[correlation.HEADER] = request_id
        async with self._http.stream(
            "POST", path, content=body, headers=headers, extensions=extensions
        ) as response:
            # With many calls under way, even what fits under the limit adds up.
            if int(response.headers.get("content-length", "0")) > reply_bytes:
                return Unknown("reply too large")
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > reply_bytes:
                    return Unknown("reply too large")
            if __debug__ and path == self._call_path:
                crash_points.pass_by("W6")
            return read(response.status_code, response.headers, bytes(received), now=datetime.now(UTC))
