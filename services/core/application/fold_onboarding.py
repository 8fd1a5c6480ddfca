"""Store onboarding events, and bring up to date what follows from them, in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.effective import Correction, superseded
from services.core.domain.onboarding.event import EventOutcome, Report
from services.core.domain.onboarding.fold import Fold, fold
from services.core.domain.onboarding.identification import persons_of
from services.core.domain.onboarding.step import SubjectKind
from services.core.domain.onboarding.tally import Tally, difference
from services.core.persistence.onboarding.gate import enter
from services.core.persistence.onboarding.journal import EventRepository, PastEvent, StoredEvent
from services.core.persistence.onboarding.states import save_states
from services.core.persistence.onboarding.subjects import KnownSubject, SubjectKey, SubjectRepository
from services.core.persistence.onboarding.tallies import add_to_onboarding_tallies

Folds = dict[UUID, Fold]


@dataclass(frozen=True, slots=True)
class Signed:
    """A report with the fingerprint of what it says."""

    report: Report
    fingerprint: bytes


async def fold_onboarding(
    session: AsyncSession, *, reports: Sequence[Signed], client_id: UUID, funnel: Sequence[str]
) -> frozenset[UUID]:
    """Store the events that are new, with all that follows, and give their ids. Ids in `reports` differ.

    What follows is worked out from all events of the subjects before and after, so it is the same in
    whatever order, and however often, events come.
    """
    delicate = any(_is_delicate(signed.report) for signed in reports)
    await enter(session, alone=delicate)
    subjects, journal = SubjectRepository(session), EventRepository(session)
    keys = {key for signed in reports for key in _keys(signed.report)}
    known = await subjects.register(keys)
    persons = {known[_key(signed.report)].person_id for signed in reports}
    await subjects.lock(persons)
    added = await journal.add([_stored(signed, known) for signed in reports], client_id=client_id)
    if not added:
        return added
    moves: dict[UUID, UUID] = {}
    if delicate:
        fresh = [signed.report for signed in reports if signed.report.event.id in added]
        moves, further = await _consequences(subjects, journal, fresh, known)
        persons |= further
    await _bring_up_to_date(session, persons, added, moves, funnel)
    await subjects.move(moves)
    return added


async def _bring_up_to_date(
    session: AsyncSession,
    persons: Collection[UUID],
    added: Collection[UUID],
    moves: Mapping[UUID, UUID],
    funnel: Sequence[str],
) -> None:
    journal = EventRepository(session)
    history = await journal.history(persons)
    corrections = await journal.corrections([past.event for past in history])
    before = folds_of(
        [past for past in history if past.event.id not in added], corrections, funnel, {}, added
    )
    after = folds_of(history, corrections, funnel, moves)
    await save_states(session, old=before, new=after)
    await add_to_onboarding_tallies(session, difference(total_of(after), total_of(before)))


def folds_of(
    history: Sequence[PastEvent],
    corrections: Sequence[Correction],
    funnel: Sequence[str],
    moves: Mapping[UUID, UUID],
    without: Collection[UUID] = (),
) -> Folds:
    """Fold each person's events; `moves` says who subjects are now, `without` hides corrections."""
    gone = superseded(correction for correction in corrections if correction.id not in without)
    events = defaultdict(list)
    for past in history:
        events[moves.get(past.subject_id, past.person_id)].append(past.event)
    return {person: fold(told, superseded=gone, funnel=funnel) for person, told in events.items()}


def total_of(folds: Folds) -> Tally:
    """Add up what these persons contribute to the figures."""
    total: Tally = Counter()
    for folded in folds.values():
        for key, count in folded.tally.items():
            total[key] += count
    return total


async def _consequences(
    subjects: SubjectRepository,
    journal: EventRepository,
    fresh: Sequence[Report],
    known: Mapping[SubjectKey, KnownSubject],
) -> tuple[dict[UUID, UUID], set[UUID]]:
    """Find whom corrections and identifications concern besides the subjects that were named.

    Gives the subjects that turn out to be another person than before, and all persons concerned.
    """
    targets = {report.event.corrects for report in fresh if report.event.corrects is not None}
    concerned = await journal.concerned(targets) if targets else []
    references = {each.subject_id for each in concerned if each.is_link} | {
        known[_key(report)].id for report in fresh if report.event.outcome is EventOutcome.IDENTIFIED
    }
    links, corrections = await journal.links(references)
    now = persons_of(links, superseded=superseded(corrections))
    past = await subjects.persons_of(references)
    moves = {
        subject: now.get(subject, subject)
        for subject in references
        if past[subject] != now.get(subject, subject)
    }
    persons = {each.person_id for each in concerned} | {past[subject] for subject in references}
    return moves, persons | set(moves.values())


def _is_delicate(report: Report) -> bool:
    return report.event.corrects is not None or report.event.outcome is EventOutcome.IDENTIFIED


def _keys(report: Report) -> list[SubjectKey]:
    if report.identified_as is None:
        return [_key(report)]
    return [_key(report), SubjectKey(SubjectKind.PERSON, None, None, report.identified_as)]


def _key(report: Report) -> SubjectKey:
    subject = report.subject
    if subject.number is not None:
        return SubjectKey(subject.kind, None, None, subject.number)
    return SubjectKey(subject.kind, report.event.unit_id, subject.reference, None)


def _stored(signed: Signed, known: Mapping[SubjectKey, KnownSubject]) -> StoredEvent:
    report = signed.report
    linked = None
    if report.identified_as is not None:
        linked = known[SubjectKey(SubjectKind.PERSON, None, None, report.identified_as)].id
    return StoredEvent(report.event, known[_key(report)].id, linked, signed.fingerprint)
