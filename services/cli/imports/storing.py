"""A chunk's transaction: kept, or taken back after a dry run."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.persistence.engine import Sessions

T = TypeVar("T")


async def stored(sessions: Sessions, work: Callable[[AsyncSession], Awaitable[T]], *, dry_run: bool) -> T:
    """Do the whole work, and keep what it wrote unless this is a dry run."""
    async with sessions() as session:
        result = await work(session)
        if dry_run:
            await session.rollback()
        else:
            await session.commit()
    return result
