"""Recognising desk clients by API key or access token, and officers by the token of their issuer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID

from services.core.application.find_officer import find_officer
from services.core.application.issue_token import TokenIssuer
from services.core.domain.access import KEY_PREFIX, Caller, NotAuthenticated, hash_key
from services.core.domain.officer import Officer
from services.core.domain.ports import Clock
from services.core.persistence.clients import ClientRepository
from services.core.persistence.engine import Sessions
from services.core.tokens.kinds import access_rules
from services.core.tokens.officer_issuer import OfficerIssuer
from services.core.tokens.reading import read_token

#: Longer than any key of ours; nothing longer is worth hashing.
_LONGEST = 128

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Remembered(Generic[K, V]):
    """What was read, for some seconds. Only what exists is kept, so a flood of bad names cannot fill it."""

    def __init__(self, *, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._known: dict[K, tuple[float, V]] = {}
        self._asked: dict[K, asyncio.Future[V | None]] = {}

    async def get(self, key: K, read: Callable[[], Awaitable[V | None]]) -> V:
        """Give what `key` stands for; raises `NotAuthenticated` if that is nothing."""
        until, value = self._known.get(key, (0.0, None))
        if value is not None and until >= self._now():
            return value
        value = await self._once(key, read)
        if value is None:
            self._known.pop(key, None)
            raise NotAuthenticated
        self._known[key] = (self._now() + self._seconds, value)
        return value

    async def _once(self, key: K, read: Callable[[], Awaitable[V | None]]) -> V | None:
        """Read for all who ask meanwhile, or a desk that opens takes every connection for one question."""
        if key not in self._asked:
            asked = asyncio.ensure_future(read())
            self._asked[key] = asked
            asked.add_done_callback(lambda _: self._asked.pop(key, None))
        return await asyncio.shield(self._asked[key])


@dataclass(frozen=True, slots=True)
class Believed:
    """What counts as proof. Without an issuer its tokens are refused, and so are API keys on demand.

    `seconds` is how long a revoked key or officer may still work, and a former role or unit hold.
    """

    seconds: float
    api_keys: bool = True
    officers_required: bool = False
    tokens: TokenIssuer | None = None
    officers: OfficerIssuer | None = None


class KeyRing:
    """Knows clients and officers. What a token says is not believed beyond who it is for."""

    def __init__(
        self,
        sessions: Sessions,
        believed: Believed,
        *,
        clock: Clock,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember by `now`, a clock that never goes back; tokens end by `clock`."""
        self.believed = believed
        self._sessions = sessions
        self._clock = clock
        self._by_key: _Remembered[bytes, Caller] = _Remembered(seconds=believed.seconds, now=now)
        self._by_id: _Remembered[UUID, Caller] = _Remembered(seconds=believed.seconds, now=now)
        self._officers: _Remembered[str, Officer] = _Remembered(seconds=believed.seconds, now=now)

    async def caller(self, bearer: str) -> Caller:
        """Give the client with this API key or access token; raises `NotAuthenticated`."""
        if not bearer.startswith(KEY_PREFIX):
            return await self._by_token(bearer)
        if not self.believed.api_keys or len(bearer) > _LONGEST:
            raise NotAuthenticated
        digest = hash_key(bearer)
        return await self._by_key.get(digest, partial(self._read_key, digest))

    async def officer(self, token: str) -> Officer:
        """Give the officer whom this token means; raises `NotAuthenticated`."""
        issuer = self.believed.officers
        if issuer is None:
            raise NotAuthenticated
        subject = issuer.subject_of(token, now=self._clock.now())
        return await self._officers.get(subject, partial(self._read_officer, issuer.name, subject))

    async def _by_token(self, token: str) -> Caller:
        issuer = self.believed.tokens
        if issuer is None:
            raise NotAuthenticated
        rules = access_rules(issuer.name, life=issuer.life)
        claims = read_token(token, issuer.keys(), rules, now=self._clock.now())
        client_id = UUID(claims.subject)
        client = await self._by_id.get(client_id, partial(self._read_client, client_id))
        granted = str(claims.all.get("scope", "")).split()
        return replace(client, scopes=client.scopes.intersection(granted))

    async def _read_key(self, digest: bytes) -> Caller | None:
        async with self._sessions() as session:
            return await ClientRepository(session).find_by_hash(digest)

    async def _read_client(self, client_id: UUID) -> Caller | None:
        async with self._sessions() as session:
            return await ClientRepository(session).find(client_id)

    async def _read_officer(self, issuer: str, subject: str) -> Officer | None:
        async with self._sessions() as session:
            return await find_officer(session, issuer=issuer, subject=subject)
