"""The portal's public evaluation of a province and its units: it wants no session and only reads."""

import asyncio
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Final

import httpx

from services.core.domain.indicator import Group
from services.core.domain.indicator.published import Published
from services.core.domain.outcome import Failure, NotSent, Rejected, Unknown
from services.core.gateways.portal import evaluation_wire as wire

_PATH: Final = "/api/v1/reporting/evaluation/"
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_UNREADABLE: Final = (ValueError, TypeError, KeyError, RecursionError)


@dataclass(frozen=True, slots=True)
class EvaluationAddress:
    """Where the reports are; `seconds` and `reply_bytes` limit each of the six calls."""

    url: str
    seconds: float
    reply_bytes: int


class PortalEvaluation:
    """Reads the six reports of index 766 one after the other; close it at the end."""

    def __init__(self, address: EvaluationAddress) -> None:
        self._address = address
        self._http = httpx.AsyncClient(
            base_url=address.url,
            # A small compressed answer can unpack to gigabytes.
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=address.seconds,
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def published(self, department: str, *, unit_name: str | None, month: date) -> Published | Failure:
        """Ask for a department's month, or for that of the unit below it that has a name."""
        shown: dict[Group, wire.Wire] = {}
        try:
            for group in Group:
                data = await self._ask(group, department, month)
                if not isinstance(data, dict):
                    return data
                found = wire.department_in(group, data, unit_name)
                if found is None:
                    return Unknown(f"{group}: no department of that name")
                shown[group] = found
            return wire.published(shown)
        except _UNREADABLE as exc:
            return Unknown(f"unreadable report: {type(exc).__name__}")

    async def _ask(self, group: Group, department: str, month: date) -> wire.Wire | Failure:
        try:
            async with asyncio.timeout(self._address.seconds):
                return await self._post(group, wire.question(group, department, month))
        except _NOT_SENT as exc:
            return NotSent(type(exc).__name__)
        except (TimeoutError, httpx.HTTPError) as exc:
            return Unknown(type(exc).__name__)

    async def _post(self, group: Group, question: wire.Wire) -> wire.Wire | Failure:
        received = bytearray()
        async with self._http.stream("POST", _PATH + group.value, json=question) as response:
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > self._address.reply_bytes:
                    return Unknown("reply too large")
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Unknown(f"HTTP {response.status_code}")
        data = wire.read_data(bytes(received))
        return data if isinstance(data, dict) else Rejected(f"HTTP {response.status_code}", data)
