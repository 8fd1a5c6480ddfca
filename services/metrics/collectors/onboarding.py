"""How far onboarding has got, and what waits for somebody."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from prometheus_client.metrics_core import Metric as Family

from services.core.domain.onboarding.attempt import UNENDED
from services.core.domain.onboarding.step import STANDARD_STEPS
from services.core.domain.onboarding.tally import Measure
from services.core.persistence.measurements import Snapshot
from services.core.persistence.measurements.values import OnboardingSum, WaitingAttempts
from services.core.telemetry.metric_names import onboarding
from services.metrics.collectors.families import by, labelled

OUTCOMES: Final = (
    Measure.STARTED,
    Measure.RESUMED,
    Measure.INTERRUPTED,
    Measure.FAILED,
    Measure.COMPLETED,
    Measure.GIVEN_UP,
    Measure.DEACTIVATED,
)


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot has the queries for."""
    if snapshot.onboarding is not None:
        yield from _totals(snapshot.onboarding)
    if snapshot.attempts is not None:
        yield from _waiting(snapshot.attempts)
    if snapshot.onboarding is not None and snapshot.unit_codes is not None:
        yield from _units(snapshot.onboarding, snapshot.population, snapshot.unit_codes)


def _totals(sums: Sequence[OnboardingSum]) -> Iterator[Family]:
    events: defaultdict[str, float] = defaultdict(float)
    done: defaultdict[str, float] = defaultdict(float)
    for row in sums:
        if row.measure == Measure.HELD:
            done[row.step] += row.count
        elif row.measure in OUTCOMES:
            events[row.measure] += row.count
    yield by(onboarding.EVENTS, events, known=[outcome.value for outcome in OUTCOMES])
    yield by(onboarding.DONE, done, known=STANDARD_STEPS)


def _waiting(attempts: Sequence[WaitingAttempts]) -> Iterator[Family]:
    known = [state.value for state in UNENDED]
    yield by(onboarding.WAITING, {row.state: row.count for row in attempts}, known=known)
    ages = {row.state: row.oldest_age_seconds for row in attempts}
    yield by(onboarding.WAITING_OLDEST_AGE, ages, known=known)


def _units(
    sums: Sequence[OnboardingSum], population: Mapping[tuple[int, str], int] | None, codes: Mapping[int, str]
) -> Iterator[Family]:
    done = {(row.unit_id, row.step): row.count for row in sums if row.measure == Measure.HELD}
    yield labelled(
        onboarding.UNIT_DONE, {(codes[unit], step): float(count) for (unit, step), count in done.items()}
    )
    if population is None:
        return
    eligible = {(codes[unit], step): number for (unit, step), number in population.items()}
    yield labelled(onboarding.UNIT_ELIGIBLE, eligible)
    shares: dict[tuple[str, ...], float] = {
        (codes[unit], step): done.get((unit, step), 0) / number
        for (unit, step), number in population.items()
        if number
    }
    yield labelled(onboarding.UNIT_COVERAGE, shares)
