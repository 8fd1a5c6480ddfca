"""Tokens of a province's service platform: one for all questions under way, kept while it lasts."""

import asyncio
import json
import math
import time
from http import HTTPStatus
from typing import Final

import httpx

from services.core.gateways.population.platform import PlatformAccess

#: Renewed before its end by this share of its life, so that it does not run out on the way.
_MARGIN: Final = 0.1
_SHORTEST_LIFE: Final = 1.0
_FORM: Final = {"grant_type": "client_credentials"}


class NoToken(Exception):
    """The platform gave none; carries nothing of its answer."""


class Tokens:
    """The token of one process. Of questions that find it missing or refused, one fetches the next."""

    def __init__(self, http: httpx.AsyncClient, access: PlatformAccess, *, reply_bytes: int) -> None:
        self._http = http
        self._access = access
        self._reply_bytes = reply_bytes
        self._renewing = asyncio.Lock()
        self._token: str | None = None
        self._renew_at = 0.0

    async def current(self, *, refused: str | None = None) -> str:
        """Give a token that is still good, and not the one that was just `refused`.

        Raises `NoToken` or httpx's errors.
        """
        async with self._renewing:
            if self._token in (None, refused) or time.monotonic() >= self._renew_at:
                self._token = None
                self._token, seconds = await self._fetch()
                self._renew_at = time.monotonic() + seconds * (1 - _MARGIN)
            return self._token

    async def _fetch(self) -> tuple[str, float]:
        pair = httpx.BasicAuth(self._access.client_id, self._access.client_secret)
        async with self._http.stream("POST", self._access.token_url, data=_FORM, auth=pair) as response:
            if response.status_code != HTTPStatus.OK:
                raise NoToken(f"token: HTTP {response.status_code}")
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > self._reply_bytes:
                    raise NoToken("token: reply too large")
        return _read(bytes(received))


def _read(body: bytes) -> tuple[str, float]:
    """Read token and life in seconds; one that names no life is not kept for long."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise NoToken("token: no JSON") from None
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        raise NoToken("token: none in the answer")
    try:
        seconds = float(answer.get("expires_in", 0.0))
    except (TypeError, ValueError):
        seconds = 0.0
    return token, max(seconds, _SHORTEST_LIFE) if math.isfinite(seconds) else _SHORTEST_LIFE
