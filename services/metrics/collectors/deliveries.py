"""What there is to deliver, and how far it has got."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from prometheus_client.metrics_core import Metric as Family

from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.persistence.measurements import Snapshot, Tallies
from services.core.persistence.measurements.values import Parked, Unsynced
from services.core.telemetry.metric_names import deliveries
from services.metrics.collectors.families import by, histogram, share, single

OPEN_STATES = [state.value for state in DeliveryState if state is not DeliveryState.SYNCED]
PARK_CAUSES = [cause.value for cause in ParkCause]


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot holds the queries for."""
    if snapshot.tallies is not None:
        yield from _totals(snapshot.tallies)
    if snapshot.unsynced is not None:
        yield from _unsynced(snapshot.unsynced, snapshot.tallies)
    if snapshot.parked is not None:
        yield from _parked(snapshot.parked)


def _totals(tallies: Tallies) -> Iterator[Family]:
    received, ended, accepted = (tallies.total(name) for name in ("received", "ended", "accepted"))
    yield single(deliveries.RECEIVED, received)
    yield single(deliveries.ENDED, ended)
    yield single(deliveries.ACCEPTED, accepted)
    yield single(deliveries.ACCEPTED_SHARE, share(accepted, ended))
    yield histogram(deliveries.SYNC_LAG, tallies.by_label("lag_bucket"), total=tallies.total("lag_sum"))
    lookups = tallies.total("lookups")
    yield single(deliveries.LOOKUPS, lookups)
    yield single(deliveries.LOOKUP_RATE, share(lookups, received) if lookups else 0.0)


def _unsynced(unsynced: Sequence[Unsynced], tallies: Tallies | None) -> Iterator[Family]:
    numbers: defaultdict[str, float] = defaultdict(float)
    ages: defaultdict[str, float] = defaultdict(float)
    for group in unsynced:
        numbers[group.state] += group.count
        ages[group.state] = max(ages[group.state], group.oldest_age_seconds)
    if tallies is not None:
        received = tallies.total("received")
        synced = received - sum(numbers.values())
        numbers[DeliveryState.SYNCED] = synced
        yield single(deliveries.SYNCED_SHARE, share(synced, received))
    yield by(deliveries.DELIVERIES, numbers, known=OPEN_STATES)
    yield by(deliveries.DELIVERIES_OLDEST_AGE, ages, known=OPEN_STATES)
    yield single(deliveries.OLDEST_UNSYNCED_AGE, max(ages.values(), default=0.0))


def _parked(parked: Sequence[Parked]) -> Iterator[Family]:
    yield by(deliveries.PARKED, {group.park_cause: group.count for group in parked}, known=PARK_CAUSES)
    ages = {group.park_cause: group.oldest_age_seconds for group in parked}
    yield by(deliveries.PARKED_OLDEST_AGE, ages, known=PARK_CAUSES)
