"""Give desk software access to the API, and take it away."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.find_open_unit import find_open_unit
from services.core.domain.access import Scope, hash_key, new_key
from services.core.persistence.client_keys import ClientKeyRepository
from services.core.persistence.clients import ClientRepository, DeskClientRow
from services.core.tokens.keys import InvalidKey, read_key
from services.core.tokens.kinds import CLIENT_ALGORITHMS


async def create_client(
    session: AsyncSession,
    *,
    name: str,
    unit_code: str,
    scopes: Collection[Scope],
    now: datetime,
    unattended: bool = False,
) -> str:
    """Store a client bound to a unit's subtree, and give its API key, which is not kept.

    Raises `UnknownUnit`, `UnitEnded`, `UnitNotYetOpen` or `ClientNameTaken`.
    """
    unit_id = await find_open_unit(session, code=unit_code, now=now)
    key = new_key()
    await ClientRepository(session).add(
        name=name, unit_id=unit_id, scopes=scopes, key_hash=hash_key(key), unattended=unattended
    )
    return key


async def create_keyed_client(
    session: AsyncSession,
    *,
    name: str,
    unit_code: str,
    scopes: Collection[Scope],
    public_key: Mapping[str, Any],
    now: datetime,
    unattended: bool = False,
) -> UUID:
    """Store a client that signs for its access tokens, and give the id under which it does.

    Raises `InvalidKey`, too.
    """
    unit_id = await find_open_unit(session, code=unit_code, now=now)
    client_id = await ClientRepository(session).add(
        name=name, unit_id=unit_id, scopes=scopes, key_hash=None, unattended=unattended
    )
    await _add_key(session, client_id, public_key)
    return client_id


async def add_client_key(session: AsyncSession, *, name: str, public_key: Mapping[str, Any]) -> str:
    """Give a client its next key, and say its id; raises `InvalidKey`, `ClientNotFound`, `ClientKeysFull`."""
    client = await ClientRepository(session).get_by_name(name)
    return await _add_key(session, client.client_id, public_key)


async def remove_client_key(session: AsyncSession, *, name: str, key_id: str) -> None:
    """Take a key away from a client; raises `ClientNotFound` or `ClientKeyNotFound`.

    Tokens that were given for it hold until they end.
    """
    client = await ClientRepository(session).get_by_name(name)
    await ClientKeyRepository(session, client_id=client.client_id).remove(key_id)


async def revoke_client(session: AsyncSession, *, name: str) -> None:
    """End a client's access, at the latest when the API's cache has run out; raises `ClientNotFound`."""
    await ClientRepository(session).revoke(name)


async def list_clients(session: AsyncSession) -> list[DeskClientRow]:
    """Give all clients, the revoked ones, too."""
    return await ClientRepository(session).list_all()


async def _add_key(session: AsyncSession, client_id: UUID, document: Mapping[str, Any]) -> str:
    key = read_key(document)
    if key.is_private or key.algorithm not in CLIENT_ALGORITHMS:
        raise InvalidKey(fault="private" if key.is_private else "kind")
    await ClientKeyRepository(session, client_id=client_id).add(key.id, key.public())
    return key.id
