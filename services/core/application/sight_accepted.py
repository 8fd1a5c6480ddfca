"""Ask the portal whether it shows a few of the dossiers that it has acknowledged.

A receipt says that the portal took an ending. How soon it can be seen there is measured on a sample
(`Sampling`); no transaction is open meanwhile, and closed gates are respected.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.call import Call
from services.core.application.pacing import Pacing
from services.core.application.settle_deliveries import settle_deliveries
from services.core.domain.delivery import Operation
from services.core.domain.outcome import Found, LookUpOutcome
from services.core.domain.ports import PortalGateway
from services.core.domain.sighting import FIRST_ASKED_WITHIN, Sight, pause_after, sight_of
from services.core.domain.verdict import Comparison
from services.core.persistence.attempts import Carried
from services.core.persistence.engine import Sessions
from services.core.persistence.sightings import Question, Seen, SightingRepository
from services.core.persistence.tallies import add_to_tallies
from services.core.telemetry.metric_names.deliveries import SYNC_LAG
from services.core.telemetry.metric_names.metric import bucket_label

_AT_ONCE: Final = 4
#: Longer than any call takes; until then nobody else asks about the same.
_LEASE: Final = timedelta(minutes=2)
_AGAIN_AFTER_FAILURE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the questions are asked with; delivery's own gateway and pace."""

    sessions: Sessions
    portal: PortalGateway
    pacing: Pacing
    comparison: Comparison


async def sight_accepted(sighting: Sighting) -> int:
    """Ask what is to be asked now, as long as the portal answers; gives how many dossiers were seen."""
    if not await sighting.pacing.allows(Operation.LOOK_UP):
        return 0
    async with sighting.sessions.begin() as session:
        questions = await SightingRepository(session).take(
            size=_AT_ONCE, fresh=FIRST_ASKED_WITHIN, lease=_LEASE
        )
    seen = 0
    for question in questions:
        outcome = await _ask(sighting, question)
        async with sighting.sessions.begin() as session:
            seen += await _settle(session, question, outcome)
        if not isinstance(outcome, Found):
            break
    return seen


async def _ask(sighting: Sighting, question: Question) -> LookUpOutcome:
    """Ask, and put the call on record."""
    call = Call(Operation.LOOK_UP)
    outcome = await sighting.portal.look_up(question.code)
    call.end_with([Carried(question.dossier_id, question.version, None, None)], outcome)
    sighting.pacing.note(
        call.operation,
        outcome,
        seconds=call.ended_at - call.started_at,
        dossiers=1,
        retry=False,
        was_probe=False,
    )
    async with sighting.sessions.begin() as session:
        await settle_deliveries(session, [], calls=[call], comparison=sighting.comparison)
    return outcome


async def _settle(session: AsyncSession, question: Question, outcome: LookUpOutcome) -> bool:
    """Write down what an answer tells; counts a dossier the first time it is seen."""
    sightings = SightingRepository(session)
    if not isinstance(outcome, Found):
        await _settle_failure(sightings, question)
        return False
    sight = sight_of(outcome.record, question.ending)
    if sight is Sight.NOT_YET:
        pause = pause_after(question.asked + 1, waited=question.waited)
        await sightings.put_off(question.dossier_id, pause)
        return False
    if sight is Sight.UNTELLABLE or question.overdue:
        await sightings.drop(question)
        return False
    seen = await sightings.note_seen(question.dossier_id)
    if seen is not None:
        await _count(session, seen)
    return seen is not None


async def _settle_failure(sightings: SightingRepository, question: Question) -> None:
    """Ask later what the portal did not show before; a first question without an answer tells nothing."""
    if question.asked:
        await sightings.ask_later(question.dossier_id, _AGAIN_AFTER_FAILURE)
    else:
        await sightings.drop(question)


async def _count(session: AsyncSession, seen: Seen) -> None:
    bucket = bucket_label(seen.seconds, SYNC_LAG.buckets)
    await add_to_tallies(
        session,
        {("seen_bucket", bucket, seen.unit_id): 1, ("seen_sum", "", seen.unit_id): seen.seconds},
    )
