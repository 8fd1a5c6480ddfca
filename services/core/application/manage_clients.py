"""Give desk software access to the API, and take it away."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import Scope, hash_key, new_key
from services.core.domain.catalogue import UnknownUnit
from services.core.domain.deadline import VIETNAM
from services.core.persistence.clients import ClientRepository, DeskClientRow
from services.core.persistence.units import UnitRepository


async def create_client(
    session: AsyncSession, *, name: str, unit_code: str, scopes: Collection[Scope], now: datetime
) -> str:
    """Store a client bound to a unit's subtree, and give its key, which is not kept.

    Raises `UnknownUnit`, `UnitEnded`, `UnitNotYetOpen` or `ClientNameTaken`.
    """
    units = await UnitRepository(session).find_many({unit_code})
    unit = units.get(unit_code)
    if unit is None:
        raise UnknownUnit(pointer="/unit_code")
    unit.check_open_on(now.astimezone(VIETNAM).date(), pointer="/unit_code")
    key = new_key()
    await ClientRepository(session).add(name=name, unit_id=unit.id, scopes=scopes, key_hash=hash_key(key))
    return key


async def revoke_client(session: AsyncSession, *, name: str) -> None:
    """End a client's access, at the latest when the API's cache has run out; raises `ClientNotFound`."""
    await ClientRepository(session).revoke(name)


async def list_clients(session: AsyncSession) -> list[DeskClientRow]:
    """Give all clients, the revoked ones, too."""
    return await ClientRepository(session).list_all()
