"""Add up deliveries that are over, for reports of long periods."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.persistence.delivery_days import add_up_delivered

#: Most dossiers have another step soon after the one that ended them: the result is handed over.
CALM: Final = timedelta(days=1)
COUNTED_AT_ONCE: Final = 2_000


async def add_up_deliveries(
    session: AsyncSession, *, calm: timedelta = CALM, most: int = COUNTED_AT_ONCE
) -> bool:
    """Do one piece of the work, and tell whether there may be more. Harmless to run at any time.

    What the reports say does not depend on it, only how many rows they read.
    """
    return await add_up_delivered(session, calm=calm, most=most) == most
