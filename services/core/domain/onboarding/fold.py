"""From the set of a subject's events to where it stands: in whatever order and however often they came."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from services.core.domain.onboarding.attempt import Attempt, AttemptKey, AttemptState, attempts_of
from services.core.domain.onboarding.event import Event, EventOutcome
from services.core.domain.onboarding.standing import Standing, standings_of
from services.core.domain.onboarding.tally import Dimension, Measure, Tally, TallyKey, bucket_of

#: Outcomes that are counted as events, by themselves.
_COUNTED: Final = {
    outcome: Measure(outcome.value) for outcome in EventOutcome if outcome.value in set(Measure)
}
_HELPING: Final = frozenset(
    {
        EventOutcome.STARTED,
        EventOutcome.RESUMED,
        EventOutcome.INTERRUPTED,
        EventOutcome.FAILED,
        EventOutcome.COMPLETED,
    }
)


@dataclass(frozen=True, slots=True)
class Fold:
    """All that follows from the events of one subject; `tally` is its part in the figures."""

    standings: dict[str, Standing] = field(default_factory=dict)
    attempts: dict[AttemptKey, Attempt] = field(default_factory=dict)
    tally: Tally = field(default_factory=Counter)


def fold(events: Iterable[Event], *, superseded: Collection[UUID], funnel: Sequence[str]) -> Fold:
    """Work out where a subject stands; equal sets give equal results.

    `funnel` has the steps of the way, first step first.
    """
    distinct = {event.id: event for event in events if event.id not in superseded}
    ordered = sorted(distinct.values(), key=lambda event: event.place_in_time)
    tally: Tally = Counter()
    standings = standings_of(ordered, funnel, tally)
    attempts = attempts_of(ordered)
    _count_events(ordered, tally)
    _count_helped(ordered, tally)
    _count_times(ordered, attempts, tally)
    return Fold(standings, attempts, Counter({key: count for key, count in tally.items() if count}))


def _count_events(ordered: Iterable[Event], tally: Tally) -> None:
    tried: set[str] = set()
    for event in ordered:
        measure = _COUNTED.get(event.outcome)
        if measure is None or event.step is None:
            continue
        if event.step not in tried:
            tried.add(event.step)
            tally[TallyKey(event.unit_id, event.day, event.step, Measure.TRIED)] += 1
        for dimension, label in _labels(event):
            tally[TallyKey(event.unit_id, event.day, event.step, measure, dimension, label)] += 1


def _labels(event: Event) -> list[tuple[Dimension, str]]:
    """Say by what an event is kept apart; what was not told has the empty label."""
    labels = [(Dimension.ALL, "")]
    if event.outcome is EventOutcome.FAILED and event.reason is not None:
        labels.append((Dimension.REASON, event.reason.value))
    if event.outcome is EventOutcome.COMPLETED:
        labels.append((Dimension.MODE, "assisted" if event.help.assisted else "self"))
    if event.outcome in (EventOutcome.FAILED, EventOutcome.COMPLETED):
        labels += [
            (Dimension.DEVICE, "" if event.device is None else event.device.value),
            (Dimension.PROVIDER, event.provider or ""),
            (Dimension.TEAM, event.help.team or ""),
        ]
    return labels


def _count_helped(ordered: Iterable[Event], tally: Tally) -> None:
    """Count each subject once for all helpers, once for each kind, and once for each team of a unit."""
    seen: set[tuple[int | None, Dimension, str]] = set()
    for event in ordered:
        if not event.help.assisted or event.outcome not in _HELPING:
            continue
        kind = None if event.help.helper_kind is None else event.help.helper_kind.value
        helpers: tuple[tuple[int | None, Dimension, str | None], ...] = (
            (None, Dimension.ALL, ""),
            (None, Dimension.HELPER, kind),
            (event.unit_id, Dimension.TEAM, event.help.team),
        )
        for unit_id, dimension, label in helpers:
            if label is None or (unit_id, dimension, label) in seen:
                continue
            seen.add((unit_id, dimension, label))
            tally[TallyKey(event.unit_id, event.day, "", Measure.HELPED, dimension, label)] += 1


def _count_times(ordered: Iterable[Event], attempts: dict[AttemptKey, Attempt], tally: Tally) -> None:
    """Count the time of each completed attempt at its end; a completion alone is an attempt of its own."""
    counted: set[AttemptKey] = set()
    for event in ordered:
        if event.outcome is not EventOutcome.COMPLETED or event.step is None:
            continue
        seconds, device = event.seconds, event.device
        if event.attempt is not None:
            key = AttemptKey(event.step, event.attempt)
            attempt = attempts[key]
            if key in counted or attempt.state is not AttemptState.COMPLETED:
                continue
            counted.add(key)
            seconds, device = attempt.seconds, attempt.device
        if seconds is not None:
            _count_time(event, seconds, "" if device is None else device.value, tally)


def _count_time(event: Event, seconds: int, device: str, tally: Tally) -> None:
    def key(measure: Measure, dimension: Dimension, label: str) -> TallyKey:
        return TallyKey(event.unit_id, event.day, event.step or "", measure, dimension, label)

    for dimension, label in ((Dimension.ALL, ""), (Dimension.DEVICE, device)):
        tally[key(Measure.TIMED, dimension, label)] += 1
        tally[key(Measure.SECONDS, dimension, label)] += seconds
    tally[key(Measure.TIMED, Dimension.LE, bucket_of(seconds))] += 1
