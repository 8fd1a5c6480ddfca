"""What a subject has: the steps done and not undone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.core.domain.onboarding.event import Event, EventOutcome
from services.core.domain.onboarding.tally import Measure, Tally, TallyKey


@dataclass(frozen=True, slots=True)
class Standing:
    """A subject at a step. `since` and `unit_id` are those of the event that gave the step, or took it away.

    `providers` are those with whom the subject has an account now, as far as they were named.
    """

    held: bool
    since: datetime | None
    unit_id: int
    providers: tuple[str, ...]
    last_outcome: EventOutcome
    last_at: datetime


@dataclass(slots=True)
class _Holding:
    """A step as it is gone through; `charged_to` is the unit in whose figures it counts now."""

    unit_id: int
    accounts: set[str | None] = field(default_factory=set)
    since: datetime | None = None
    charged_to: int | None = None
    last: Event | None = None

    def take(self, event: Event) -> None:
        """Follow a completion or a deactivation; that of a named provider leaves accounts with others."""
        if event.outcome is EventOutcome.COMPLETED:
            self.accounts.add(event.provider)
        elif event.provider is None:
            self.accounts.clear()
        else:
            self.accounts -= {event.provider, None}

    def standing(self, last: Event) -> Standing:
        named = sorted(provider for provider in self.accounts if provider is not None)
        return Standing(
            held=bool(self.accounts),
            since=self.since,
            unit_id=self.unit_id,
            providers=tuple(named),
            last_outcome=last.outcome,
            last_at=last.occurred_at,
        )


def standings_of(events: Iterable[Event], funnel: Sequence[str], tally: Tally) -> dict[str, Standing]:
    """Go through effective events in their order of time, and count into `tally` what was gained and lost.

    A loss is charged to the unit that had the gain, so that no unit ever has fewer than none.
    """
    steps: dict[str, _Holding] = {}
    reached: dict[str, int] = {}
    for event in events:
        if event.step is None:
            continue
        holding = steps.setdefault(event.step, _Holding(event.unit_id))
        holding.last = event
        if event.outcome in (EventOutcome.COMPLETED, EventOutcome.DEACTIVATED):
            had = bool(holding.accounts)
            holding.take(event)
            if had != bool(holding.accounts):
                _charge(holding, event, tally)
                _follow_funnel(steps, funnel, reached, event, tally)
    return {step: holding.standing(holding.last) for step, holding in steps.items() if holding.last}


def _charge(holding: _Holding, event: Event, tally: Tally) -> None:
    holding.since = event.occurred_at
    holding.unit_id = event.unit_id
    step = event.step or ""
    if holding.accounts:
        holding.charged_to = event.unit_id
        tally[TallyKey(event.unit_id, event.day, step, Measure.HELD)] += 1
    elif holding.charged_to is not None:
        tally[TallyKey(holding.charged_to, event.day, step, Measure.HELD)] -= 1
        holding.charged_to = None


def _follow_funnel(
    steps: dict[str, _Holding], funnel: Sequence[str], reached: dict[str, int], event: Event, tally: Tally
) -> None:
    """Count who has a step and all before it, from the event that closed the row to that which broke it."""
    unbroken = True
    for step in funnel:
        unbroken = unbroken and step in steps and bool(steps[step].accounts)
        if unbroken and step not in reached:
            reached[step] = event.unit_id
            tally[TallyKey(event.unit_id, event.day, step, Measure.REACHED)] += 1
        elif not unbroken and step in reached:
            tally[TallyKey(reached.pop(step), event.day, step, Measure.REACHED)] -= 1
