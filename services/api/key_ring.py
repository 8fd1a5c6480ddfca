"""Recognising desk clients by their keys."""

import time
from collections.abc import Callable

from services.core.domain.access import KEY_PREFIX, Caller, NotAuthenticated, hash_key
from services.core.persistence.clients import ClientRepository
from services.core.persistence.engine import Sessions

#: Longer than any key of ours; nothing longer is worth hashing.
_LONGEST = 128


class KeyRing:
    """Remembers whose key is whose for some seconds, which is how long a revoked key may still work.

    Only good keys are remembered, so a flood of bad ones cannot fill it.
    """

    def __init__(
        self, sessions: Sessions, *, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Believe what was read for `seconds`; `now` is a clock that never goes back."""
        self._sessions = sessions
        self._seconds = seconds
        self._now = now
        self._known: dict[bytes, tuple[float, Caller]] = {}

    async def caller(self, key: str) -> Caller:
        """Give the client with this key; raises `NotAuthenticated`."""
        if not key.startswith(KEY_PREFIX) or len(key) > _LONGEST:
            raise NotAuthenticated
        digest = hash_key(key)
        until, caller = self._known.get(digest, (0.0, None))
        if caller is not None and until >= self._now():
            return caller
        return await self._read(digest)

    async def _read(self, digest: bytes) -> Caller:
        async with self._sessions() as session:
            caller = await ClientRepository(session).find_by_hash(digest)
        if caller is None:
            self._known.pop(digest, None)
            raise NotAuthenticated
        self._known[digest] = (self._now() + self._seconds, caller)
        return caller
