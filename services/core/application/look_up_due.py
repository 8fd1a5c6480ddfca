"""Ask the population database about the applicants of dossiers: claim, ask, settle.

No transaction is open while the database is asked. Every question is on record before it leaves.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.look_up_pacing import LookUpLeave, LookUpPacing
from services.core.application.remember_citizen import remember_match
from services.core.domain.errors import DomainError
from services.core.domain.lookup import (
    Again,
    LookUpPolicy,
    Match,
    Outcome,
    Question,
    Refusal,
    Refused,
    Subject,
    Unavailable,
    detail_of,
    may_reuse,
    next_step,
    result_of,
    subject_of,
    was_answered,
)
from services.core.domain.ports import PopulationGateway
from services.core.persistence.engine import Sessions
from services.core.persistence.look_ups import Account, AskedQuestion, LookUpClaim, LookUpRepository

#: Takes a match in, in the transaction that settles it.
Remember = Callable[[AsyncSession, LookUpClaim, Match], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class LookingUp:
    """What look-ups work with. `reuse_for` is how long a match stands for the same person and unit."""

    sessions: Sessions
    population: PopulationGateway
    pacing: LookUpPacing
    policy: LookUpPolicy
    lease: timedelta
    reuse_for: timedelta
    at_once: int
    jitter: Callable[[], float]
    remember: Remember = remember_match


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What one round did: how many it claimed, and how many of those came to an end."""

    claimed: int
    settled: int


@dataclass(slots=True)
class _Work:
    """One claim on its way; `asked` if a question left."""

    claim: LookUpClaim
    asked: AskedQuestion | None = None
    question: Question | None = None
    outcome: Outcome | None = None
    reused: UUID | None = None
    found: dict[str, str] | None = None

    def end(self, outcome: Outcome) -> None:
        self.outcome = outcome
        if isinstance(outcome, Match):
            self.found = {"name": outcome.name, "birth": outcome.birth.text}


async def look_up_due(work: LookingUp, leave: LookUpLeave, *, by_hand_only: bool = False) -> LookedUp:
    """Claim what is due (for a probe one), ask all at once, settle together.

    A cancelled round gives back what it got no answer to; one that fails in another way leaves it to the
    lease.
    """
    claimed = await _claim(work, size=1 if leave.is_probe else work.at_once, by_hand_only=by_hand_only)
    asking = [one for one in claimed if one.question is not None]
    try:
        await asyncio.gather(*(_ask(work.population, one) for one in asking))
    except asyncio.CancelledError:
        await _settle(work, claimed)
        raise
    settled = await _settle(work, claimed)
    await work.pacing.report(leave, [one.outcome for one in asking if one.outcome is not None])
    return LookedUp(len(claimed), settled)


async def _claim(work: LookingUp, *, size: int, by_hand_only: bool) -> list[_Work]:
    async with work.sessions.begin() as session:
        look_ups = LookUpRepository(session)
        claims = await look_ups.claim(
            size=size, lease=work.lease, reuse_for=work.reuse_for, by_hand_only=by_hand_only
        )
        claimed = [_prepared(claim) for claim in claims]
        if asked := [one.asked for one in claimed if one.asked is not None]:
            await look_ups.write_down(asked)
    return claimed


def _prepared(claim: LookUpClaim) -> _Work:
    """Make the question, or say why there is none to be asked."""
    one = _Work(claim)
    try:
        subject = subject_of(claim.applicant)
    except DomainError:
        subject = None
    earlier = claim.earlier
    if subject is None:
        one.outcome = Refused(Refusal.NO_PERSON)
    elif earlier is not None and may_reuse(subject, name=earlier.name, birth=earlier.birth):
        one.reused = earlier.look_up_id
        one.end(Match(subject.number, earlier.name, earlier.birth))
    elif subject.birth is None:
        one.outcome = Refused(Refusal.NO_BIRTH)
    elif claim.account is None:
        one.outcome = Refused(Refusal.NO_ACCOUNT)
    else:
        _question(one, subject, claim.account)
    return one


def _question(one: _Work, subject: Subject, account: Account) -> None:
    assert subject.birth is not None  # noqa: S101 - who calls has looked
    question_id = uuid4()
    one.asked = AskedQuestion(question_id, one.claim, account)
    one.question = Question(question_id, account.asker, subject.number, subject.name, subject.birth)


async def _ask(population: PopulationGateway, one: _Work) -> None:
    assert one.question is not None  # noqa: S101 - only those that have one are asked
    one.end(await population.ask(one.question))


async def _settle(work: LookingUp, claimed: Sequence[_Work]) -> int:
    if not claimed:
        return 0
    settled = 0
    outcomes = []
    for one in claimed:
        document = _document(one, work)
        settled += document["settled"]
        outcomes.append(document)
    async with work.sessions.begin() as session:
        ours = await LookUpRepository(session).settle(outcomes)
        # Citizens are locked in one order everywhere.
        for one in sorted(claimed, key=lambda one: one.claim.applicant.identity_number or ""):
            if isinstance(one.outcome, Match) and one.reused is None and one.claim.id in ours:
                await work.remember(session, one.claim, one.outcome)
    return settled


def _document(one: _Work, work: LookingUp) -> dict[str, Any]:
    outcome = one.outcome or Unavailable("cut short")
    step = next_step(outcome, attempt=one.claim.attempt, policy=work.policy, jitter=work.jitter())
    return {
        "id": str(one.claim.id),
        "token": one.claim.token,
        "question_id": None if one.asked is None else str(one.asked.id),
        "result": result_of(outcome).value,
        "refusal": outcome.why.value if isinstance(outcome, Refused) else None,
        "detail": detail_of(outcome),
        "settled": not isinstance(step, Again),
        "answered": one.asked is not None and was_answered(outcome),
        "pause": step.pause.total_seconds() if isinstance(step, Again) else 0.0,
        "reused_from": None if one.reused is None else str(one.reused),
        "found": one.found,
    }
