"""Who may write at the same time.

Ordinary batches lock the subjects that they concern and nothing else. A batch with corrections or
identifications concerns subjects that it does not name, so it works alone; so does a rebuild.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

#: Any number will do, as long as all processes use the same.
_LOCK: Final = 766_0008

_SHARED: Final = text("SELECT pg_advisory_xact_lock_shared(:key)")
_ALONE: Final = text("SELECT pg_advisory_xact_lock(:key)")


async def enter(session: AsyncSession, *, alone: bool) -> None:
    """Wait for leave to write, which lasts until the transaction ends."""
    await session.execute(_ALONE if alone else _SHARED, {"key": _LOCK})
