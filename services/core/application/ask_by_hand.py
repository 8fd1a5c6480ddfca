"""Ask the population database because a person wants to know, within a budget."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.desk import Desk
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action, Result
from services.core.domain.errors import DomainError
from services.core.domain.filing import Applicant
from services.core.domain.officer import OfficerNotYourself
from services.core.persistence.dossiers import DossierRepository, Reference
from services.core.persistence.look_up_accounts import LookUpAccountRepository
from services.core.persistence.look_up_views import LookUpViewRepository
from services.core.persistence.look_ups import LookUpRepository
from services.core.persistence.papers import document
from services.core.persistence.tallies import add_to_tallies

_WINDOW: Final = timedelta(hours=24)


class LookUpNotNeeded(DomainError):
    """The dossier has no person whom one could ask about, or it is over."""

    code = "lookup-not-needed"


class LookUpAccountMissing(DomainError):
    """Nobody may ask without an officer's own number, and neither officer nor unit has one on file."""

    code = "lookup-account-missing"


class LookUpBudgetSpent(DomainError):
    """Too many look-ups by hand in 24 hours: `whose` is officer or unit."""

    code = "lookup-budget-spent"

    def __init__(self, *, unit_id: int, whose: str, limit: int) -> None:
        super().__init__(whose=whose, limit=limit)
        self.unit_id = unit_id


@dataclass(frozen=True, slots=True)
class LookUpBudget:
    """Look-ups by hand in 24 hours."""

    per_officer: int
    per_unit: int


USUAL_BUDGET: Final = LookUpBudget(per_officer=50, per_unit=300)


@dataclass(frozen=True, slots=True)
class AboutDossier:
    """Ask about the applicant of a dossier."""

    reference: Reference
    officer: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class AboutPerson:
    """Ask about somebody without a dossier: needs a reason and the law that allows it."""

    person: Applicant = field(repr=False)
    unit_code: str
    officer: str
    reason: str
    legal_basis: str


async def ask_by_hand(
    session: AsyncSession, *, wish: AboutDossier | AboutPerson, desk: Desk, budget: LookUpBudget
) -> UUID:
    """Put a question first in the queue and give the id of its look-up.

    A match that stands already is not asked for again. Raises `DossierNotFound`, `UnknownUnit`,
    `LookUpNotNeeded`, `LookUpAccountMissing`, `LookUpBudgetSpent` or
    `OfficerNotYourself`: what an officer may ask in a day is counted by name.
    """
    officer = desk.caller.officer
    if officer is not None and officer.name != wish.officer:
        raise OfficerNotYourself(pointer="/officer")
    look_up_id = await _request(session, wish, desk, budget)
    act = Act(Action.LOOK_UP_ASK, (str(look_up_id),), purpose=_purpose(wish))
    await record(session, actor=actor_of(desk.caller, officer=wish.officer), act=act)
    return look_up_id


async def _request(
    session: AsyncSession, wish: AboutDossier | AboutPerson, desk: Desk, budget: LookUpBudget
) -> UUID:
    if isinstance(wish, AboutPerson):
        return await _about_person(session, wish, desk, budget)
    within = desk.caller.unit_path
    dossier_id = await DossierRepository(session, within=within).get_id(wish.reference)
    look_up = await LookUpViewRepository(session).find_of_dossier(dossier_id)
    if look_up is None:
        raise LookUpNotNeeded(pointer="/dossier")
    if not look_up.is_match:
        await _check(session, look_up.unit_id, look_up.unit_path, wish.officer, budget)
        await LookUpRepository(session).request(dossier_id, officer=wish.officer, reason=wish.reason)
    return look_up.id


async def count_over_budget(
    session: AsyncSession, refusal: LookUpBudgetSpent, *, wish: AboutDossier | AboutPerson, desk: Desk
) -> None:
    """Raise the alarm; in a transaction of its own, because the refused one keeps nothing."""
    whose = str(refusal.facts["whose"])
    await add_to_tallies(session, {("lookups_over_budget", whose, refusal.unit_id): 1.0})
    act = Act(Action.LOOK_UP_ASK, purpose=_purpose(wish), result=Result.REFUSED)
    await record(session, actor=actor_of(desk.caller, officer=wish.officer), act=act)


def _purpose(wish: AboutDossier | AboutPerson) -> str | None:
    """Give the law that allows it, where it is named, and the reason that was given."""
    if isinstance(wish, AboutPerson):
        return f"{wish.legal_basis}: {wish.reason}"
    return wish.reason


async def _about_person(session: AsyncSession, wish: AboutPerson, desk: Desk, budget: LookUpBudget) -> UUID:
    await desk.catalogue.load(session, units={wish.unit_code}, procedures=())
    unit = desk.catalogue.unit(wish.unit_code, within=desk.caller.unit_path, pointer="/unit_code")
    await _check(session, unit.id, unit.path, wish.officer, budget)
    return await LookUpRepository(session).add(
        unit_id=unit.id,
        officer=wish.officer,
        legal_basis=wish.legal_basis,
        reason=wish.reason,
        subject=document(wish.person),
    )


async def _check(
    session: AsyncSession, unit_id: int, unit_path: str, officer: str, budget: LookUpBudget
) -> None:
    if not await LookUpAccountRepository(session).may_ask(unit_path, officer=officer):
        raise LookUpAccountMissing(pointer="/officer")
    by_officer, by_unit = await LookUpViewRepository(session).count_requests(
        unit_id, officer=officer, window=_WINDOW
    )
    if by_officer >= budget.per_officer:
        raise LookUpBudgetSpent(unit_id=unit_id, whose="officer", limit=budget.per_officer)
    if by_unit >= budget.per_unit:
        raise LookUpBudgetSpent(unit_id=unit_id, whose="unit", limit=budget.per_unit)
