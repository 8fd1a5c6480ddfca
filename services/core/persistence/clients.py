"""Desk clients and their keys, of which only the hash is known."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import Caller, ClientNameTaken, ClientNotFound, Scope

_FIND: Final = """
SELECT c.id, c.name, u.path, c.scopes, c.unattended FROM {clients} c JOIN units u ON u.id = c.unit_id
WHERE c.revoked_at IS NULL
"""
_BY_HASH: Final = text(_FIND.format(clients="client_by_key(CAST(:key_hash AS bytea))"))
_BY_ID: Final = text(_FIND.format(clients="client_by_id(CAST(:id AS uuid))"))
_BY_NAME: Final = text(_FIND.format(clients="desk_clients") + "AND c.name = :name")

_LIST: Final = text("""
SELECT c.id, c.name, u.code AS unit_code, c.scopes, c.unattended, c.created_at, c.revoked_at,
    c.key_hash IS NOT NULL AS has_api_key,
    ARRAY(SELECT k.key_id FROM client_keys k WHERE k.client_id = c.id ORDER BY k.added_at) AS key_ids
FROM desk_clients c JOIN units u ON u.id = c.unit_id ORDER BY c.name
""")

_ADD: Final = text("""
INSERT INTO desk_clients (name, unit_id, scopes, key_hash, unattended)
VALUES (:name, :unit_id, CAST(:scopes AS text[]), :key_hash, :unattended) RETURNING id
""")


@dataclass(frozen=True, slots=True)
class DeskClientRow:
    """A client as operations see it."""

    id: UUID
    name: str
    unit_code: str
    scopes: tuple[str, ...]
    unattended: bool
    has_api_key: bool
    key_ids: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


class ClientRepository:
    """Reads and writes desk clients; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find_by_hash(self, key_hash: bytes) -> Caller | None:
        """Give the client with this key; a revoked one is none."""
        row = (await self._session.execute(_BY_HASH, {"key_hash": key_hash})).first()
        return None if row is None else _caller(row)

    async def find(self, client_id: UUID) -> Caller | None:
        """Give an active client."""
        row = (await self._session.execute(_BY_ID, {"id": client_id})).first()
        return None if row is None else _caller(row)

    async def get_by_name(self, name: str) -> Caller:
        """Give an active client; raises `ClientNotFound`."""
        row = (await self._session.execute(_BY_NAME, {"name": name})).first()
        if row is None:
            raise ClientNotFound(name=name)
        return _caller(row)

    async def add(
        self,
        *,
        name: str,
        unit_id: int,
        scopes: Collection[Scope],
        key_hash: bytes | None,
        unattended: bool = False,
    ) -> UUID:
        """Store a client, without a hash if it has no API key; raises `ClientNameTaken`."""
        values = {
            "name": name,
            "unit_id": unit_id,
            "scopes": sorted(scope.value for scope in scopes),
            "key_hash": key_hash,
            "unattended": unattended,
        }
        try:
            client_id: UUID = (await self._session.execute(_ADD, values)).scalar_one()
        except IntegrityError as exc:
            raise ClientNameTaken(name=name) from exc
        return client_id

    async def list_all(self) -> list[DeskClientRow]:
        """Give all clients, the revoked ones, too."""
        rows = await self._session.execute(_LIST)
        return [
            DeskClientRow(**row._asdict() | {"scopes": tuple(row.scopes), "key_ids": tuple(row.key_ids)})
            for row in rows
        ]

    async def revoke(self, name: str) -> None:
        """End a client's access; raises `ClientNotFound` if it has none."""
        revoked = await self._session.scalar(
            text(
                "UPDATE desk_clients SET revoked_at = now() WHERE name = :name AND revoked_at IS NULL"
                " RETURNING id"
            ),
            {"name": name},
        )
        if revoked is None:
            raise ClientNotFound(name=name)


def _caller(row: Row[Any]) -> Caller:
    return Caller(row.id, row.name, row.path, frozenset(map(Scope, row.scopes)), row.unattended)
