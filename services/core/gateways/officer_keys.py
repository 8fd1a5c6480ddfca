"""The public keys of the province's issuer of officers' tokens."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

import httpx

from services.core.domain.errors import DomainError

_BYTES: Final = 262_144
# A small compressed answer can unpack to gigabytes.
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class OfficerKeysUnreachable(DomainError):
    """The issuer gave no set of keys; the facts say why."""

    code = "officer-keys-unreachable"


async def fetch_officer_keys(address: str, *, seconds: float) -> str:
    """Read the JWK set at an address within `seconds`; raises `OfficerKeysUnreachable`.

    Whoever can put keys in here can be any officer: only TLS will do, but on this machine, and no redirect.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise OfficerKeysUnreachable(fault="not-https")
    try:
        async with asyncio.timeout(seconds), httpx.AsyncClient(trust_env=False) as http:
            return await _read(http, address)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as failure:
        raise OfficerKeysUnreachable(fault=type(failure).__name__) from failure


async def _read(http: httpx.AsyncClient, address: str) -> str:
    received = bytearray()
    async with http.stream("GET", address, headers=_HEADERS) as answer:
        if answer.status_code != httpx.codes.OK:
            raise OfficerKeysUnreachable(fault=f"status-{answer.status_code}")
        async for part in answer.aiter_raw():
            received += part
            if len(received) > _BYTES:
                raise OfficerKeysUnreachable(fault="too-long")
    try:
        return received.decode()
    except UnicodeDecodeError as failure:
        raise OfficerKeysUnreachable(fault="encoding") from failure
