"""Keep what the population database said of a person, so that the next desk need not ask."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.citizen import facts_of_match
from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import Match
from services.core.persistence.citizens import CitizenRepository
from services.core.persistence.look_ups import LookUpClaim


async def remember_citizen(
    session: AsyncSession, *, asked: IdentityNumber, match: Match, as_of: datetime
) -> bool:
    """Fill the citizen's record from a match; `False` if it is about another number, and nothing is kept."""
    facts = facts_of_match(match, asked=asked, as_of=as_of)
    if facts is None:
        return False
    await CitizenRepository(session).remember(facts)
    return True


async def remember_match(session: AsyncSession, claim: LookUpClaim, match: Match) -> None:
    """Fill the record of the person whom a look-up asked about, as of now."""
    number = claim.applicant.identity_number
    if number is not None:
        as_of = await CitizenRepository(session).present()
        await remember_citizen(session, asked=IdentityNumber.parse(number), match=match, as_of=as_of)
