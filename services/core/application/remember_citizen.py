"""Keep what the population database said of a person, so that the next desk need not ask."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.citizen import facts_of_match
from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import Match
from services.core.persistence.citizens import CitizenRepository


async def remember_citizen(
    session: AsyncSession, *, asked: IdentityNumber, match: Match, as_of: datetime
) -> bool:
    """Fill the citizen's record from a match; `False` if it is about another number, and nothing is kept.

    Call it before totals are added to: the record's row is locked until the end of the transaction.
    """
    facts = facts_of_match(match, asked=asked, as_of=as_of)
    if facts is None:
        return False
    await CitizenRepository(session).remember(facts)
    return True
