"""List the attempts at steps that wait for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.persistence.onboarding.attempts import (
    AttemptFilter,
    AttemptMark,
    AttemptRepository,
    ListedAttempt,
)


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """A page, longest untouched first; `last` is the place to go on after, `None` on the last page."""

    attempts: Sequence[ListedAttempt]
    last: AttemptMark | None


async def list_attempts(
    session: AsyncSession, *, wanted: AttemptFilter, after: AttemptMark | None, limit: int
) -> AttemptPage:
    """Give up to `limit` attempts that follow `after`."""
    page = await AttemptRepository(session).page(wanted, after=after, limit=limit + 1)
    more = len(page) > limit
    return AttemptPage(page[:limit], page[limit - 1].mark if more else None)
