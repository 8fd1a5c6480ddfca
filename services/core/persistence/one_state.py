"""Reading several things as of one instant."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

_READ_ONLY: Final = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


async def read_one_state(session: AsyncSession) -> None:
    """Make all that follows in this transaction see one state; must come before its first statement."""
    await session.connection(execution_options=_READ_ONLY)
