"""Show the whole numbers of the people of a dossier to somebody who says why."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.record import actor_of, record
from services.core.domain.access import Caller
from services.core.domain.audit import Act, Action
from services.core.domain.errors import DomainError
from services.core.persistence.disclosures import add_disclosure, count_disclosures
from services.core.persistence.dossiers import DossierRepository, Reference

_WINDOW: Final = timedelta(hours=24)


class RevealBudgetSpent(DomainError):
    """The officer has been shown too many whole numbers in 24 hours."""

    code = "reveal-budget-spent"


@dataclass(frozen=True, slots=True)
class Identities:
    """The numbers of a dossier, as far as it has them."""

    applicant: str | None = field(repr=False)
    agent: str | None = field(repr=False)


async def reveal_identity(
    session: AsyncSession, *, reference: Reference, reason: str, caller: Caller, per_officer: int
) -> Identities:
    """Give the numbers, and put on record who saw them.

    An officer is shown `per_officer` dossiers in 24 hours. Raises `DossierNotFound` or `RevealBudgetSpent`.
    """
    details = await DossierRepository(session, within=caller.unit_path).get(reference)
    await _check_budget(session, caller, per_officer)
    await add_disclosure(
        session,
        dossier_id=details.id,
        client_id=caller.client_id,
        officer_id=None if caller.officer is None else caller.officer.id,
        reason=reason,
    )
    act = Act(Action.IDENTITY_REVEAL, (str(details.id),), purpose=reason)
    await record(session, actor=actor_of(caller), act=act)
    agent = None if details.agent is None else details.agent.identity_number
    return Identities(details.body.applicant.identity_number, agent)


async def _check_budget(session: AsyncSession, caller: Caller, limit: int) -> None:
    if caller.officer is None:
        return
    shown = await count_disclosures(session, officer_id=caller.officer.id, window=_WINDOW)
    if shown >= limit:
        raise RevealBudgetSpent(limit=limit)
