"""What happened to one citizen, household, officer or place on the way into digital services."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.core.domain.deadline import VIETNAM
from services.core.domain.identity import IdentityNumber
from services.core.domain.onboarding.errors import EventInFuture, FieldNeeded, FieldUnfit, SubjectUnfit
from services.core.domain.onboarding.reason import Reason
from services.core.domain.onboarding.step import Step, SubjectKind

#: Clocks of phones are set by hand; beyond this an event is refused, so that no figure lies ahead of today.
CLOCK_TOLERANCE: Final = timedelta(minutes=10)


class EventOutcome(StrEnum):
    STARTED = "started"
    RESUMED = "resumed"  #: the same attempt goes on, perhaps after a dropped line
    INTERRUPTED = "interrupted"  #: the line dropped; nobody knows yet how far it got
    FAILED = "failed"
    COMPLETED = "completed"
    GIVEN_UP = "given_up"  #: closes an attempt that will not be tried any more
    DEACTIVATED = "deactivated"  #: undoes a step: the app was removed, the account closed
    IDENTIFIED = "identified"  #: says who the person known by a reference is
    WITHDRAWN = "withdrawn"  #: the event that it corrects has never happened


class Device(StrEnum):
    ANDROID = "android"
    IOS = "ios"
    FEATURE_PHONE = "feature_phone"
    COMPUTER = "computer"
    KIOSK = "kiosk"
    NONE = "none"


class HelperKind(StrEnum):
    DIGITAL_TEAM = "digital_team"
    YOUTH_UNION = "youth_union"
    POLICE = "police"
    TELECOM = "telecom"
    BANK = "bank"
    VOLUNTEER = "volunteer"
    OFFICER = "officer"
    POST_OFFICE = "post_office"


#: Outcomes that mean nothing without the attempt that they belong to.
_OF_AN_ATTEMPT: Final = frozenset(
    {EventOutcome.STARTED, EventOutcome.RESUMED, EventOutcome.INTERRUPTED, EventOutcome.GIVEN_UP}
)
_WITH_REASON: Final = frozenset(
    {EventOutcome.FAILED, EventOutcome.INTERRUPTED, EventOutcome.GIVEN_UP, EventOutcome.DEACTIVATED}
)
_WITHOUT_STEP: Final = frozenset({EventOutcome.IDENTIFIED, EventOutcome.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an event is about: a citizen by number, or anybody by a reference that holds within the unit.

    A commune as a whole has neither: it is its unit.
    """

    kind: SubjectKind
    number: IdentityNumber | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """Who helped, if anybody did: self-service has `assisted` false and the rest empty."""

    assisted: bool = True
    helper_kind: HelperKind | None = None
    team: str | None = None
    helper: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, for good: what was wrong is corrected by another event that `corrects` it.

    `id` is the sender's and the same whenever the event is sent. `attempt` is the sender's name for the
    attempt, `seconds` what this part of it took. Times may lie far in the past.
    """

    id: UUID
    unit_id: int
    outcome: EventOutcome
    occurred_at: datetime
    step: str | None
    attempt: str | None = None
    reason: Reason | None = None
    seconds: int | None = None
    device: Device | None = None
    provider: str | None = None
    provider_reference: str | None = None
    hamlet: str | None = None
    help: Help = Help()
    corrects: UUID | None = None

    @property
    def place_in_time(self) -> tuple[datetime, UUID]:
        """Order events of one moment by their ids, the same way every time."""
        return self.occurred_at, self.id

    @property
    def day(self) -> date:
        """The day on which it happened in Vietnam."""
        return self.occurred_at.astimezone(VIETNAM).date()


@dataclass(frozen=True, slots=True)
class Report:
    """An event as somebody sends it: `identified_as` is the number of an `identified` person."""

    event: Event
    subject: Subject
    identified_as: IdentityNumber | None = None


def check_report(report: Report, step: Step | None, *, now: datetime) -> None:
    """Raise `FieldNeeded`, `FieldUnfit`, `SubjectUnfit` or `EventInFuture`; `step` is the catalogue's."""
    event, outcome = report.event, report.event.outcome
    if event.occurred_at > now + CLOCK_TOLERANCE:
        raise EventInFuture(pointer="/occurred_at", occurred_at=event.occurred_at.isoformat())
    if step is None and outcome not in _WITHOUT_STEP:
        raise FieldNeeded(pointer="/step", outcome=outcome.value)
    if step is not None and step.subject is not report.subject.kind:
        raise SubjectUnfit(pointer="/subject/kind", wanted=step.subject.value)
    if event.attempt is None and outcome in _OF_AN_ATTEMPT:
        raise FieldNeeded(pointer="/attempt", outcome=outcome.value)
    _check_reason(event)
    _check_identification(report)
    if outcome is EventOutcome.WITHDRAWN and event.corrects is None:
        raise FieldNeeded(pointer="/corrects", outcome=outcome.value)
    if event.corrects == event.id:
        raise FieldUnfit(pointer="/corrects", outcome=outcome.value)


def _check_reason(event: Event) -> None:
    if event.reason is None and event.outcome is EventOutcome.FAILED:
        raise FieldNeeded(pointer="/reason", outcome=event.outcome.value)
    if event.reason is not None and event.outcome not in _WITH_REASON:
        raise FieldUnfit(pointer="/reason", outcome=event.outcome.value)


def _check_identification(report: Report) -> None:
    outcome = report.event.outcome
    if outcome is not EventOutcome.IDENTIFIED:
        if report.identified_as is not None:
            raise FieldUnfit(pointer="/identified_as", outcome=outcome.value)
        return
    if report.identified_as is None:
        raise FieldNeeded(pointer="/identified_as", outcome=outcome.value)
    if report.subject.kind is not SubjectKind.PERSON or report.subject.reference is None:
        raise SubjectUnfit(pointer="/subject/reference", wanted=SubjectKind.PERSON.value)
