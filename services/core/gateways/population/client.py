"""The population database as the domain knows it: one question, one outcome, in time."""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

import httpx

from services.core.domain.lookup import Outcome, Question, Unavailable
from services.core.gateways.population import wire
from services.core.gateways.population.platform import PlatformAccess
from services.core.gateways.population.reply import read_message, read_soap
from services.core.gateways.population.tokens import NoToken, Tokens
from services.core.telemetry import correlation

_CONNECT_SECONDS: Final = 3.0
_JSON: Final = {"Content-Type": "application/json"}

#: Status, headers and body.
_Reply = tuple[int, Mapping[str, str], bytes]


class _TooLarge(Exception):
    """The answer went on and on."""


class Way(StrEnum):
    """How a question travels."""

    DIRECT = "direct"  #: SOAP to the exchange platform
    GATEWAY = "gateway"  #: JSON through a provincial gateway
    LGSP = "lgsp"  #: SOAP within JSON through the province's service platform, with its token


@dataclass(frozen=True, slots=True)
class PopulationAddress:
    """Where the database is and who we are there.

    `url` is the whole address: it goes into the hash of the direct way as it stands here. `call_seconds`
    ends any call, whatever drips in. `platform` is what the way `lgsp` needs besides.
    """

    url: str
    way: Way
    username: str
    secret: str
    client_system: str | None
    api_key: str | None
    call_seconds: float
    reply_bytes: int
    connections: int
    platform: PlatformAccess | None = None


class PopulationClient:
    """A `PopulationGateway` over HTTP. One instance per process; close it at the end."""

    def __init__(self, address: PopulationAddress) -> None:
        self._address = address
        self._http = httpx.AsyncClient(
            # A small compressed answer can unpack to gigabytes.
            headers={"Accept-Encoding": "identity"},
            timeout=httpx.Timeout(
                address.call_seconds, connect=min(_CONNECT_SECONDS, address.call_seconds / 2), pool=1.0
            ),
            limits=httpx.Limits(max_connections=address.connections, keepalive_expiry=4.0),
            follow_redirects=False,
            trust_env=False,
        )
        self._tokens = None
        if address.platform is not None:
            self._tokens = Tokens(self._http, address.platform, reply_bytes=address.reply_bytes)

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def ask(self, question: Question) -> Outcome:
        """Ask once; what goes wrong is an outcome, and names nobody."""
        try:
            # httpx limits each read, not the call: a byte every second would keep it open for ever.
            async with asyncio.timeout(self._address.call_seconds):
                return await self._ask(question)
        except (TimeoutError, httpx.HTTPError) as exc:
            return Unavailable(type(exc).__name__)
        except (NoToken, _TooLarge) as exc:
            return Unavailable(str(exc))

    async def _ask(self, question: Question) -> Outcome:
        account, platform = self._address.username, self._address.platform
        if self._address.way is Way.GATEWAY:
            content = json.dumps(wire.fields(question, account=account)).encode()
            return read_message(question, *await self._send(content, _JSON))
        envelope = wire.envelope(question, account=account)
        if platform is not None and self._tokens is not None:
            return read_soap(question, *await self._carry(envelope, platform, self._tokens))
        return read_soap(question, *await self._send(envelope, self._soap_headers()))

    async def _carry(self, envelope: bytes, platform: PlatformAccess, tokens: Tokens) -> _Reply:
        """Send once, and once more with another token if the platform does not take the first one."""
        address = self._address
        token = await tokens.current()
        for last in (False, True):
            body = platform.carry(envelope, token=token, account=address.username, secret=address.secret)
            reply = await self._send(body, _JSON)
            if last or reply[0] != HTTPStatus.UNAUTHORIZED:
                break
            token = await tokens.current(refused=token)
        return reply

    async def _send(self, content: bytes, headers: Mapping[str, str]) -> _Reply:
        address = self._address
        if (request_id := correlation.current()) is not None:
            headers = {**headers, correlation.HEADER: request_id}
        async with self._http.stream("POST", address.url, content=content, headers=headers) as response:
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > address.reply_bytes:
                    raise _TooLarge("reply too large")
            return response.status_code, response.headers, bytes(received)

    def _soap_headers(self) -> dict[str, str]:
        """Sign the call: SHA-256 over address, user, timestamp and secret (portal-interface 4.1)."""
        address = self._address
        stamp = str(time.time_ns() // 1_000_000)
        signed = f"{address.url}{address.username}{stamp}{address.secret}"
        pair = f"{address.username}:{hashlib.sha256(signed.encode()).hexdigest()}"
        headers = {
            "Content-Type": "application/xml",
            "SOAPAction": '""',
            "Timestamp": stamp,
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        }
        if address.client_system is not None:
            headers["X-Road-Client"] = address.client_system
        if address.api_key is not None:
            headers["ApiKey"] = address.api_key
        return headers
