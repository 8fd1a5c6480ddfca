"""Onboarding events as they are sent."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, StrictBool, StrictInt

from services.api.schemas.instant import Instant
from services.api.schemas.parts import Body
from services.api.schemas.text import IdentityText, Officer, ShortLine
from services.core.application.record_onboarding import Sent
from services.core.domain.identity import IdentityNumber
from services.core.domain.onboarding.errors import FieldNeeded, FieldUnfit
from services.core.domain.onboarding.event import (
    Device,
    Event,
    EventOutcome,
    Help,
    HelperKind,
    Report,
    Subject,
)
from services.core.domain.onboarding.reason import Reason
from services.core.domain.onboarding.step import SubjectKind

_LONGEST_SECONDS: Final = 30 * 24 * 3600

#: What names a step, a provider or a population: it becomes a label of figures.
CodeWord = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
AttemptName = Annotated[str, Field(max_length=100, pattern=r"^[!-~]+$")]

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "id": "0193a5f0-5b1c-7cc2-9d54-0d4bb52f4a11",
    "unit_code": "H44.101",
    "subject": {"kind": "person", "identity_number": "025190000123"},
    "step": "digital_signature",
    "outcome": "failed",
    "occurred_at": "2026-02-19T09:12:00+07:00",
    "attempt": "to-3/0042",
    "reason": "request_without_account",
    "seconds": 540,
    "device": "ios",
    "provider": "vnpt_smartca",
    "provider_reference": "RQ-778120",
    "hamlet": "Thôn 3",
    "helper_kind": "digital_team",
    "team": "Tổ công nghệ số thôn 3",
}


class SubjectIn(Body):
    """Whom it is about: a person by `identity_number`, or anybody by a `reference` within the unit.

    A `unit` has neither.
    """

    kind: SubjectKind = SubjectKind.PERSON
    identity_number: IdentityText | None = None
    reference: ShortLine | None = None

    def to_domain(self) -> Subject:
        """Give the domain's value; raises `FieldNeeded` or `FieldUnfit`."""
        kind = self.kind
        if self.identity_number is not None and (
            kind is not SubjectKind.PERSON or self.reference is not None
        ):
            raise FieldUnfit(pointer="/subject/identity_number", outcome=kind.value)
        if kind is SubjectKind.UNIT and self.reference is not None:
            raise FieldUnfit(pointer="/subject/reference", outcome=kind.value)
        if kind is not SubjectKind.UNIT and self.identity_number is None and self.reference is None:
            raise FieldNeeded(pointer="/subject/reference", outcome=kind.value)
        return Subject(
            kind,
            None if self.identity_number is None else IdentityNumber(self.identity_number),
            self.reference,
        )


class _EventFields(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    unit_code: ShortLine
    subject: SubjectIn
    outcome: EventOutcome
    occurred_at: Instant
    step: CodeWord | None = None
    attempt: AttemptName | None = None
    reason: Reason | None = None
    seconds: Annotated[StrictInt, Field(ge=0, le=_LONGEST_SECONDS)] | None = None
    device: Device | None = None
    provider: CodeWord | None = None
    provider_reference: ShortLine | None = None
    hamlet: ShortLine | None = None
    assisted: StrictBool = True
    helper_kind: HelperKind | None = None
    team: ShortLine | None = None
    helper: Officer | None = None
    corrects: UUID | None = None
    identified_as: IdentityText | None = None

    def sent_as(self, event_id: UUID) -> Sent:
        """Give the use case's value; raises `FieldNeeded` or `FieldUnfit`."""
        if not self.assisted and (self.helper_kind or self.team or self.helper):
            raise FieldUnfit(pointer="/assisted", outcome="assisted=false")
        return Sent(self.unit_code, partial(self._report, event_id, self.subject.to_domain()))

    def _report(self, event_id: UUID, subject: Subject, unit_id: int) -> Report:
        event = Event(
            id=event_id,
            unit_id=unit_id,
            outcome=self.outcome,
            occurred_at=self.occurred_at,
            step=self.step,
            attempt=self.attempt,
            reason=self.reason,
            seconds=self.seconds,
            device=self.device,
            provider=self.provider,
            provider_reference=self.provider_reference,
            hamlet=self.hamlet,
            help=Help(self.assisted, self.helper_kind, self.team, self.helper),
            corrects=self.corrects,
        )
        identified = None if self.identified_as is None else IdentityNumber(self.identified_as)
        return Report(event, subject, identified)


class EventIn(_EventFields):
    """One thing that happened. `id` is the sender's, new for each event, best a UUID of version 7.

    The same event may be sent any number of times, in any order with others, days later. `corrects` names
    the event that this one takes the place of; with the outcome `withdrawn` nothing takes its place.
    """

    id: UUID

    def to_domain(self) -> Sent:
        """Give the use case's value; raises `FieldNeeded` or `FieldUnfit`."""
        return self.sent_as(self.id)


class SingleEventIn(_EventFields):
    """One event by itself; without an `id` it gets one that is made from the `Idempotency-Key`."""

    id: UUID | None = None


class StandingQuery(Body):
    """Who is asked about; `unit_code` goes with a reference."""

    subject: SubjectIn
    unit_code: ShortLine | None = None
