"""The population database as the domain knows it: one question, one outcome, in time."""

import asyncio
import base64
import hashlib
import json
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import httpx

from services.core.domain.lookup import Outcome, Question, Unavailable
from services.core.gateways.population import wire
from services.core.gateways.population.reply import read_message, read_soap
from services.core.telemetry import correlation

_CONNECT_SECONDS: Final = 3.0


class Way(StrEnum):
    """How a question travels: SOAP to the exchange platform, or JSON through a provincial gateway."""

    DIRECT = "direct"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class PopulationAddress:
    """Where the database is and who we are there.

    `url` is the whole address: it goes into the hash of the direct way as it stands here. `call_seconds`
    ends any call, whatever drips in.
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

    async def _ask(self, question: Question) -> Outcome:
        address = self._address
        if address.way is Way.DIRECT:
            content = wire.envelope(question, account=address.username)
            headers, read = self._soap_headers(), read_soap
        else:
            content = json.dumps(wire.fields(question, account=address.username)).encode()
            headers, read = {"Content-Type": "application/json"}, read_message
        if (request_id := correlation.current()) is not None:
            headers[correlation.HEADER] = request_id
        async with self._http.stream("POST", address.url, content=content, headers=headers) as response:
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > address.reply_bytes:
                    return Unavailable("reply too large")
            return read(question, response.status_code, response.headers, bytes(received))

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
