"""One try at one step: begun, perhaps broken off and resumed under the same reference, and ended once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.core.domain.onboarding.event import Device, Event, EventOutcome
from services.core.domain.onboarding.reason import BETWEEN_SYSTEMS, Reason


class AttemptState(StrEnum):
    OPEN = "open"
    INTERRUPTED = "interrupted"
    STUCK = "stuck"  #: between two systems: one has the request, the other no account
    FAILED = "failed"  #: waits for another try
    COMPLETED = "completed"
    GIVEN_UP = "given_up"


#: States in which somebody has to do something.
UNENDED: Final = (AttemptState.OPEN, AttemptState.INTERRUPTED, AttemptState.STUCK, AttemptState.FAILED)

_STATES: Final = {
    EventOutcome.STARTED: AttemptState.OPEN,
    EventOutcome.RESUMED: AttemptState.OPEN,
    EventOutcome.INTERRUPTED: AttemptState.INTERRUPTED,
    EventOutcome.FAILED: AttemptState.FAILED,
    EventOutcome.COMPLETED: AttemptState.COMPLETED,
    EventOutcome.GIVEN_UP: AttemptState.GIVEN_UP,
}
_BROKEN: Final = frozenset({AttemptState.INTERRUPTED, AttemptState.FAILED})
_ENDS: Final = frozenset({AttemptState.COMPLETED, AttemptState.GIVEN_UP})


@dataclass(frozen=True, slots=True)
class AttemptKey:
    """`reference` is the sender's name for it; a failure told without one is an attempt by the event's id."""

    step: str
    reference: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """Where a try stands. Unit, team and the like are those of the last event that named them."""

    state: AttemptState
    unit_id: int
    started_at: datetime
    last_at: datetime
    events: int
    seconds: int | None = None
    reason: Reason | None = None
    device: Device | None = None
    provider: str | None = None
    provider_reference: str | None = None
    hamlet: str | None = None
    team: str | None = None

    @property
    def is_ended(self) -> bool:
        return self.state in _ENDS


def key_of(event: Event) -> AttemptKey | None:
    """Name the attempt that an event belongs to, if it belongs to one."""
    if event.step is None or event.outcome not in _STATES:
        return None
    if event.attempt is not None:
        return AttemptKey(event.step, event.attempt)
    return AttemptKey(event.step, str(event.id)) if event.outcome is EventOutcome.FAILED else None


def attempts_of(events: Iterable[Event]) -> dict[AttemptKey, Attempt]:
    """Fold effective events in order of time; what is told of an attempt after its end changes nothing."""
    of_one: dict[AttemptKey, list[Event]] = {}
    for event in events:
        key = key_of(event)
        if key is None:
            continue
        told = of_one.setdefault(key, [])
        if not told or _STATES[told[-1].outcome] not in _ENDS:
            told.append(event)
    return {key: _attempt(told) for key, told in of_one.items()}


def _attempt(told: Sequence[Event]) -> Attempt:
    last = told[-1]
    named: dict[str, str] = {}
    device: Device | None = None
    for event in told:
        device = event.device or device
        parts = {
            "provider": event.provider,
            "provider_reference": event.provider_reference,
            "hamlet": event.hamlet,
            "team": event.help.team,
        }
        named |= {name: value for name, value in parts.items() if value is not None}
    seconds = [event.seconds for event in told if event.seconds is not None]
    return Attempt(
        state=_state(last),
        unit_id=last.unit_id,
        started_at=told[0].occurred_at,
        last_at=last.occurred_at,
        events=len(told),
        seconds=sum(seconds) if seconds else None,
        reason=last.reason,
        device=device,
        **named,
    )


def _state(last: Event) -> AttemptState:
    state = _STATES[last.outcome]
    return AttemptState.STUCK if state in _BROKEN and last.reason in BETWEEN_SYSTEMS else state
