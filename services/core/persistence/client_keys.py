"""Public keys of desk clients, and the proofs that were used up."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import ClientKeyNotFound, ClientKeysFull

#: The one in use and the next one.
_MOST: Final = 2

_KEYS: Final = text("""
SELECT k.public_key FROM keys_of_client(CAST(:client_id AS uuid)) k
    JOIN client_by_id(CAST(:client_id AS uuid)) c ON c.revoked_at IS NULL
""")

# Keys added at once are counted one by one: a statement that waits for a lock counts what was before.
_ONE_AT_A_TIME: Final = text("SELECT FROM desk_clients WHERE id = :client_id FOR NO KEY UPDATE")

_COUNT: Final = text("SELECT count(*) FROM client_keys WHERE client_id = :client_id AND key_id <> :key_id")

_ADD: Final = text("""
INSERT INTO client_keys (client_id, key_id, public_key)
VALUES (:client_id, :key_id, CAST(:public_key AS jsonb)) ON CONFLICT DO NOTHING
""")

_REMOVE: Final = text("""
DELETE FROM client_keys WHERE client_id = :client_id AND key_id = :key_id RETURNING key_id
""")

# What has ended could not be used again in any case.
_USE: Final = text("""
WITH ended AS (DELETE FROM used_assertions WHERE ends_at < now() - interval '5 minutes')
INSERT INTO used_assertions (client_id, token_id, ends_at) VALUES (:client_id, :token_id, :ends_at)
ON CONFLICT DO NOTHING RETURNING token_id
""")


class ClientKeyRepository:
    """Reads and writes the keys of one client; never commits."""

    def __init__(self, session: AsyncSession, *, client_id: UUID) -> None:
        self._session = session
        self._client = {"client_id": client_id}

    async def all(self) -> list[dict[str, Any]]:
        """Give the public keys as JWKs; a revoked client has none."""
        return list(await self._session.scalars(_KEYS, self._client))

    async def add(self, key_id: str, public_key: Mapping[str, Any]) -> None:
        """Add a key; raises `ClientKeysFull` if there are two others."""
        await self._session.execute(_ONE_AT_A_TIME, self._client)
        others: int = await self._session.scalar(_COUNT, self._client | {"key_id": key_id}) or 0
        if others >= _MOST:
            raise ClientKeysFull(most=_MOST)
        await self._session.execute(
            _ADD, self._client | {"key_id": key_id, "public_key": json.dumps(public_key)}
        )

    async def remove(self, key_id: str) -> None:
        """Take a key away; raises `ClientKeyNotFound`."""
        if await self._session.scalar(_REMOVE, self._client | {"key_id": key_id}) is None:
            raise ClientKeyNotFound

    async def use(self, token_id: str, *, ends_at: datetime) -> bool:
        """Use a proof up; false if it was used before."""
        values = self._client | {"token_id": token_id, "ends_at": ends_at}
        return await self._session.scalar(_USE, values) is not None
