"""Show the whole numbers of the people of a dossier to somebody who says why."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import Caller
from services.core.persistence.disclosures import add_disclosure
from services.core.persistence.dossiers import DossierRepository, Reference


@dataclass(frozen=True, slots=True)
class Identities:
    """The numbers of a dossier, as far as it has them."""

    applicant: str | None = field(repr=False)
    agent: str | None = field(repr=False)


async def reveal_identity(
    session: AsyncSession, *, reference: Reference, reason: str, caller: Caller
) -> Identities:
    """Give the numbers, and put on record who saw them; raises `DossierNotFound`."""
    details = await DossierRepository(session, within=caller.unit_path).get(reference)
    await add_disclosure(
        session,
        dossier_id=details.id,
        client_id=caller.client_id,
        officer_id=None if caller.officer is None else caller.officer.id,
        reason=reason,
    )
    agent = None if details.agent is None else details.agent.identity_number
    return Identities(details.body.applicant.identity_number, agent)
