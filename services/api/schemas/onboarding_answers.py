"""What is told about onboarding: standings, attempts that wait, figures. Shares are from 0 to 1."""

import base64
import binascii
import json
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.api.problems import Language, Said
from services.api.refusals import CursorInvalid
from services.api.schemas.answer import Answer
from services.api.schemas.instant import Instant
from services.core.domain.onboarding.attempt import AttemptState
from services.core.domain.onboarding.event import EventOutcome
from services.core.domain.onboarding.reason import ADVICE, Reason
from services.core.domain.onboarding.step import Step, SubjectKind
from services.core.persistence.onboarding.attempts import AttemptMark, ListedAttempt, StepStanding

Share = Annotated[float, Field(ge=0)]


class EventOut(Answer):
    """An event that is stored."""

    id: UUID


class StepStandingOut(Answer):
    """What somebody has of one step; `since` is when that began or ended."""

    step: str
    held: bool
    since: Instant | None
    providers: list[str]
    last_outcome: EventOutcome
    last_at: Instant
    unit_code: str

    @classmethod
    def of(cls, standing: StepStanding) -> Self:
        """Show a standing."""
        return cls.model_validate(standing)


class StandingOut(Answer):
    """Steps that have been tried, by code."""

    steps: list[StepStandingOut]


class StepOut(Answer):
    """Entry of the catalogue of steps."""

    code: str
    name_vi: str
    name_en: str
    subject: SubjectKind
    population: str
    target: Share | None
    funnel: int | None

    @classmethod
    def of(cls, step: Step) -> Self:
        """Show a step."""
        return cls.model_validate(step)


class StepsOut(Answer):
    items: list[StepOut]


class AttemptOut(Answer):
    """An attempt that waits for somebody, and what to try next.

    `done_otherwise`: the step is done meanwhile by another attempt, so this one can be given up.
    """

    attempt: str
    step: str
    state: AttemptState
    unit_code: str
    person_id: UUID
    subject_kind: SubjectKind
    subject_reference: str | None
    identity_number: Annotated[str | None, Field(description="Masked")]
    started_at: Instant
    last_at: Instant
    events: int
    seconds: int | None
    reason: Reason | None
    meaning: str | None
    next: str | None
    device: str | None
    provider: str | None
    provider_reference: str | None
    hamlet: str | None
    team: str | None
    done_otherwise: bool

    @classmethod
    def of(cls, listed: ListedAttempt, language: Language) -> Self:
        """Show a line."""
        advice = None if listed.reason is None else ADVICE[listed.reason]
        return cls(
            attempt=listed.mark.reference,
            step=listed.mark.step,
            state=listed.state,
            unit_code=listed.unit_code,
            person_id=listed.mark.person_id,
            subject_kind=listed.kind,
            subject_reference=listed.subject_reference,
            identity_number=None if listed.number is None else listed.number.mask(),
            started_at=listed.started_at,
            last_at=listed.mark.last_at,
            events=listed.events,
            seconds=listed.seconds,
            reason=listed.reason,
            meaning=None if advice is None else Said(*advice.meaning).in_(language),
            next=None if advice is None else Said(*advice.next).in_(language),
            device=listed.device,
            provider=listed.provider,
            provider_reference=listed.provider_reference,
            hamlet=listed.hamlet,
            team=listed.team,
            done_otherwise=listed.done_otherwise,
        )


class AttemptPageOut(Answer):
    """A page, longest untouched first; `next_cursor` is null on the last one."""

    items: list[AttemptOut]
    next_cursor: str | None


class CoverageOut(Answer):
    """One unit and one step: `done` of `eligible`. `counted_on` is the day of the oldest count in it."""

    unit_code: str
    unit_name: str
    step: str
    done: int
    eligible: int | None
    counted_on: date | None
    share: Share | None
    target: Share | None
    met: bool | None


class CoverageReportOut(Answer):
    """`totals` is the unit with all below it and all that was merged into it, `units` each for itself."""

    on: date
    totals: list[CoverageOut]
    units: list[CoverageOut]


class FunnelRowOut(Answer):
    """`reached` have the step and all before it; `of_previous` is their share of those who reached that."""

    step: str
    tried: int
    done: int
    reached: int
    of_previous: Share | None


class FunnelOut(Answer):
    steps: list[FunnelRowOut]


class FailureOut(Answer):
    """Failures of one step with one label of one kind; an empty label was not told."""

    step: str
    by: Annotated[str, Field(description="reason, device, provider or team")]
    label: str
    failures: int
    meaning: str | None
    next: str | None


class FailuresOut(Answer):
    first: date
    last: date
    items: list[FailureOut]


class TeamOut(Answer):
    """`helped` are those whom the team helped for the first time. The empty team stands for none."""

    team: str
    completed: int
    failed: int
    helped: int


class TeamsOut(Answer):
    """`helped` counts people by kind of helper, each once; the empty kind has all."""

    first: date
    last: date
    items: list[TeamOut]
    helped: dict[str, int]


class DeviceTimeOut(Answer):
    attempts: int
    mean_seconds: float


class StepTimesOut(Answer):
    """`buckets` counts completed attempts by upper bound in seconds; an empty device was not told."""

    step: str
    attempts: int
    mean_seconds: float
    buckets: dict[str, int]
    by_device: dict[str, DeviceTimeOut]


class TimesOut(Answer):
    first: date
    last: date
    items: list[StepTimesOut]


class DayOut(Answer):
    """`gained` is how many more have the step at the end of the day than at its beginning."""

    day: date
    step: str
    started: int
    completed: int
    failed: int
    deactivated: int
    gained: int


class HistoryOut(Answer):
    first: date
    last: date
    items: list[DayOut]


class ReportedOut(Answer):
    figure: str
    part: int
    whole: int | None
    share: Share | None


class ReportedSumsOut(Answer):
    first: date
    last: date
    items: list[ReportedOut]


def write_mark(mark: AttemptMark | None) -> str | None:
    """Name the place in the list where a page ended."""
    if mark is None:
        return None
    place = [mark.last_at.isoformat(), str(mark.person_id), mark.step, mark.reference]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def read_mark(cursor: str | None) -> AttemptMark | None:
    """Find the place again; raises `CursorInvalid`."""
    if cursor is None:
        return None
    try:
        last_at, person, step, reference = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        instant = datetime.fromisoformat(last_at)
        mark = AttemptMark(instant, UUID(person), str(step), str(reference))
    except (binascii.Error, ValueError, TypeError, AttributeError) as exc:
        raise CursorInvalid from exc
    if instant.tzinfo is None or "\x00" in mark.step + mark.reference:
        raise CursorInvalid
    return mark
