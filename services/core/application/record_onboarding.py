"""Take onboarding events in: all that pass are stored together, and each may come any number of times."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.desk import Desk
from services.core.application.fold_onboarding import Signed, fold_onboarding
from services.core.application.receive_dossiers import Refusal
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action
from services.core.domain.deadline import VIETNAM
from services.core.domain.errors import DomainError
from services.core.domain.identity import IdentityNumber
from services.core.domain.onboarding.errors import EventIdReused, UnknownEvent, UnknownStep
from services.core.domain.onboarding.event import Report, check_report
from services.core.domain.onboarding.step import Steps, funnel_of
from services.core.domain.policy import covers
from services.core.persistence.onboarding.journal import EventRepository
from services.core.persistence.onboarding.steps import StepRepository
from services.core.persistence.reach import Errand, run_errand


@dataclass(frozen=True, slots=True)
class Sent:
    """An event as it was sent: `report` puts it together once the id of its unit is known."""

    unit_code: str
    report: Callable[[int], Report]


@dataclass(frozen=True, slots=True)
class Noted:
    """An event that is stored; `repeated` if it was before."""

    id: UUID
    repeated: bool


async def record_onboarding(
    session: AsyncSession, *, lines: Mapping[int, Sent | Refusal], desk: Desk
) -> dict[int, Noted | Refusal]:
    """Store all events that pass; a `Refusal` is a line that could not even be read.

    What is wrong with a line is an outcome of the line. Nothing is raised for it.
    """
    outcomes: dict[int, Noted | Refusal] = {n: line for n, line in lines.items() if isinstance(line, Refusal)}
    sent = {number: line for number, line in lines.items() if isinstance(line, Sent)}
    await run_errand(session, Errand.ONBOARDING)
    steps = await StepRepository(session).load()
    await desk.catalogue.load(session, units={line.unit_code for line in sent.values()}, procedures=())
    signed, refused = _check_all(sent, steps, desk)
    refused |= await _check_corrections(session, signed, desk)
    passed = {number: line for number, line in signed.items() if number not in refused}
    outcomes |= {number: Refusal.of(refusal) for number, refusal in refused.items()}
    outcomes |= await _store(session, passed, steps, desk)
    new = [str(noted.id) for noted in outcomes.values() if isinstance(noted, Noted) and not noted.repeated]
    await record(session, actor=actor_of(desk.caller), act=Act(Action.ONBOARDING_RECORD, tuple(new)))
    return dict(sorted(outcomes.items()))


def _check_all(
    sent: Mapping[int, Sent], steps: Steps, desk: Desk
) -> tuple[dict[int, Signed], dict[int, DomainError]]:
    now = desk.clock.now()
    signed: dict[int, Signed] = {}
    refused: dict[int, DomainError] = {}
    for number, line in sent.items():
        try:
            signed[number] = _check(line, steps, desk, now)
        except DomainError as refusal:
            refused[number] = refusal
    return signed, refused


def _check(line: Sent, steps: Steps, desk: Desk, now: datetime) -> Signed:
    unit = desk.catalogue.unit(line.unit_code, within=desk.caller.unit_path, pointer="/unit_code")
    report = line.report(unit.id)
    step = None if report.event.step is None else steps.get(report.event.step)
    if report.event.step is not None and step is None:
        raise UnknownStep(pointer="/step")
    check_report(report, step, now=now)
    unit.check_open_on(report.event.occurred_at.astimezone(VIETNAM).date(), pointer="/unit_code")
    return Signed(report, fingerprint(report))


async def _check_corrections(
    session: AsyncSession, signed: Mapping[int, Signed], desk: Desk
) -> dict[int, DomainError]:
    """Refuse to correct what other units have said; what is not here yet may still come."""
    named = {number: line.report.event.corrects for number, line in signed.items()}
    targets = {target for target in named.values() if target is not None}
    if not targets:
        return {}
    paths = await EventRepository(session).unit_paths(targets)
    return {
        number: UnknownEvent(pointer="/corrects")
        for number, target in named.items()
        if target in paths and not covers(desk.caller.unit_path, paths[target])
    }


async def _store(
    session: AsyncSession, passed: Mapping[int, Signed], steps: Steps, desk: Desk
) -> dict[int, Noted | Refusal]:
    """Store each id once; the line that carried it first is the one that is not repeated."""
    first: dict[UUID, int] = {}
    for number, line in passed.items():
        first.setdefault(line.report.event.id, number)
    if not first:
        return {}
    added = await fold_onboarding(
        session,
        reports=[passed[number] for number in first.values()],
        client_id=desk.caller.client_id,
        funnel=funnel_of(steps),
    )
    stored = {event_id: passed[number].fingerprint for event_id, number in first.items() if event_id in added}
    if len(added) < len(first):
        stored |= await EventRepository(session).fingerprints(set(first) - added)
    outcomes: dict[int, Noted | Refusal] = {}
    for number, line in passed.items():
        event_id = line.report.event.id
        if stored[event_id] != line.fingerprint:
            outcomes[number] = Refusal.of(EventIdReused(pointer="/id"))
        else:
            outcomes[number] = Noted(event_id, repeated=event_id not in added or first[event_id] != number)
    return outcomes


def fingerprint(report: Report) -> bytes:
    """Hash what a report says."""
    return hashlib.sha256(json.dumps(asdict(report), default=_plain, sort_keys=True).encode()).digest()


def _plain(value: object) -> str:
    """Write what JSON does not know; `str` of a citizen's number would give its mask."""
    return value.reveal() if isinstance(value, IdentityNumber) else str(value)
