"""Work out anew from the events what is kept of them, to compare it or to put it in its place."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.fold_onboarding import Folds, folds_of, total_of
from services.core.domain.onboarding.step import funnel_of
from services.core.domain.onboarding.tally import Tally, difference
from services.core.persistence.onboarding.gate import enter
from services.core.persistence.onboarding.journal import EventRepository
from services.core.persistence.onboarding.rebuild import RebuildRepository
from services.core.persistence.onboarding.states import save_states
from services.core.persistence.onboarding.steps import StepRepository
from services.core.persistence.onboarding.tallies import add_to_onboarding_tallies

_PERSONS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Verification:
    """What was gone through. `counts_off` are counts that differ from the events, `states_off` persons."""

    persons: int
    events: int
    counts_off: int
    states_off: int

    @property
    def holds(self) -> bool:
        return not self.counts_off and not self.states_off


async def verify_onboarding(session: AsyncSession) -> Verification:
    """Compare standings, attempts and counts with the events; writes nothing, and keeps writers waiting."""
    await enter(session, alone=True)
    kept = RebuildRepository(session)
    persons = events = states_off = 0
    total: Tally = Counter()
    async for folds, number in _all_folds(session):
        persons, events = persons + len(folds), events + number
        states_off += await kept.count_states_off(folds)
        total.update(total_of(folds))
    # A person without any event has no fold, and must have no state.
    states_off += await kept.count_states_without_events()
    counts_off = len(difference(total, await kept.read_tally()))
    counts_off += await kept.count_totals_off() + await kept.count_spans_off()
    return Verification(persons, events, counts_off, states_off)


async def rebuild_onboarding(session: AsyncSession) -> Verification:
    """Make all standings, attempts and counts anew; writers wait until the transaction ends."""
    await enter(session, alone=True)
    await RebuildRepository(session).forget()
    persons = events = 0
    total: Tally = Counter()
    async for folds, number in _all_folds(session):
        persons, events = persons + len(folds), events + number
        await save_states(session, old={}, new=folds)
        total.update(total_of(folds))
    await add_to_onboarding_tallies(session, Counter({key: count for key, count in total.items() if count}))
    return Verification(persons, events, 0, 0)


async def _all_folds(session: AsyncSession) -> AsyncIterator[tuple[Folds, int]]:
    """Fold all persons, some at a time, with the number of events of each part."""
    funnel = funnel_of(await StepRepository(session).load())
    journal, kept = EventRepository(session), RebuildRepository(session)
    after: UUID | None = None
    while persons := await kept.persons(after=after, limit=_PERSONS_AT_ONCE):
        history = await journal.history(persons)
        corrections = await journal.corrections([past.event for past in history])
        yield folds_of(history, corrections, funnel, {}), len(history)
        after = persons[-1]
