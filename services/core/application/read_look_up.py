"""Read how a look-up stands, and wait for its answer."""

import asyncio
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import Caller
from services.core.persistence.engine import Sessions
from services.core.persistence.look_up_views import LookUpView, LookUpViewRepository
from services.core.persistence.reach import reaching

_LOOK_EVERY_SECONDS: Final = 0.1


async def read_look_up(session: AsyncSession, *, look_up_id: UUID, caller: Caller) -> LookUpView:
    """Give a look-up of the caller's units; raises `LookUpNotFound`."""
    return await LookUpViewRepository(session).get(look_up_id, within=caller.unit_path)


async def wait_for_look_up(
    sessions: Sessions, *, look_up_id: UUID, caller: Caller, seconds: float
) -> LookUpView:
    """Give a look-up once it is settled, or as it stands when the time is up; raises `LookUpNotFound`.

    No transaction is open between two looks.
    """
    until = asyncio.get_running_loop().time() + seconds
    while True:
        async with reaching(sessions, caller.unit_path) as session:
            view = await read_look_up(session, look_up_id=look_up_id, caller=caller)
        if view.is_settled or asyncio.get_running_loop().time() >= until:
            return view
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
