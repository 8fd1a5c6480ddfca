"""What there is to deliver, and how far it has got."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TypeVar

from prometheus_client.metrics_core import Metric as Family

from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.park_owner import owner_of
from services.core.domain.promptness import PortalThen
from services.core.persistence.measurements import Snapshot, Tallies
from services.core.persistence.measurements.backlog import AGES, NEVER, TIME_LEFT
from services.core.persistence.measurements.values import Unsynced
from services.core.telemetry.metric_names import deliveries
from services.metrics.collectors.families import by, histogram, labelled, share, single

Key = TypeVar("Key", bound=Hashable)

UNSYNCED_STATES = [state.value for state in DeliveryState if state is not DeliveryState.SYNCED]
OPEN_STATES = [state for state in UNSYNCED_STATES if state != DeliveryState.CLOSED]
PARK_CAUSES = [cause.value for cause in ParkCause]
#: What the tallies call the stages of a dossier's way.
STAGES = {"queued": "queued", "accepted": "lag", "visible": "seen"}
PORTAL_THEN = [portal.value for portal in PortalThen]


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot has the queries for."""
    if snapshot.tallies is not None:
        yield from _totals(snapshot.tallies)
    if snapshot.unsynced is not None:
        yield from _unsynced(snapshot.unsynced, snapshot.tallies)
        yield from _parked(snapshot.unsynced)
    if snapshot.backlog is not None:
        yield _backlog(snapshot.backlog)
    if snapshot.unseen is not None:
        yield single(deliveries.ACCEPTED_UNSEEN, snapshot.unseen)
    if snapshot.refused is not None:
        yield by(deliveries.PARKED_REFUSED, snapshot.refused)


def _totals(tallies: Tallies) -> Iterator[Family]:
    received, ended, accepted = (tallies.total(name) for name in ("received", "ended", "accepted"))
    yield single(deliveries.RECEIVED, received)
    yield single(deliveries.ENDED, ended)
    yield single(deliveries.ACCEPTED, accepted)
    yield single(deliveries.ACCEPTED_SHARE, share(accepted, ended))
    yield histogram(
        deliveries.SYNC_LAG,
        {
            stage: (tallies.by_label(f"{name}_bucket"), tallies.total(f"{name}_sum"))
            for stage, name in STAGES.items()
        },
    )
    yield by(deliveries.ACCEPTED_SLOW, tallies.by_label("accepted_slow"), known=PORTAL_THEN)


def _unsynced(groups: Sequence[Unsynced], tallies: Tallies | None) -> Iterator[Family]:
    numbers, _ = _by_key((group.state, group) for group in groups)
    _, ages = _by_key((group.state, group) for group in groups if group.is_open)
    if tallies is not None:
        received = tallies.total("received")
        synced = received - sum(numbers.values())
        numbers[DeliveryState.SYNCED] = synced
        yield single(deliveries.SYNCED_SHARE, share(synced, received))
    yield by(deliveries.DELIVERIES, numbers, known=UNSYNCED_STATES)
    yield by(deliveries.DELIVERIES_OLDEST_AGE, ages, known=OPEN_STATES)
    yield single(deliveries.OLDEST_UNSYNCED_AGE, max(ages.values(), default=0.0))


def _backlog(groups: Mapping[tuple[str, str], int]) -> Family:
    places = product(AGES, (*TIME_LEFT, NEVER))
    return labelled(deliveries.BACKLOG, {place: float(groups.get(place, 0)) for place in places})


def _parked(groups: Sequence[Unsynced]) -> Iterator[Family]:
    # A row that became due again while it was being parked keeps the cause.
    parked: Iterator[tuple[tuple[str, ...], Unsynced]] = (
        ((group.park_cause, owner_of(group.park_kind).value), group)
        for group in groups
        if group.state == DeliveryState.PARKED and group.park_cause and group.park_kind
    )
    numbers, ages = _by_key(parked)
    # A fault may make another one the owner; such a pair is shown once there is one.
    known: dict[tuple[str, ...], float] = {(cause, owner_of(cause).value): 0.0 for cause in PARK_CAUSES}
    yield labelled(deliveries.PARKED, known | numbers)
    yield labelled(deliveries.PARKED_OLDEST_AGE, known | ages)


def _by_key(groups: Iterable[tuple[Key, Unsynced]]) -> tuple[dict[Key, float], dict[Key, float]]:
    """Give the number and the greatest age for each key."""
    numbers: dict[Key, float] = {}
    ages: dict[Key, float] = {}
    for key, group in groups:
        numbers[key] = numbers.get(key, 0.0) + group.count
        ages[key] = max(ages.get(key, 0.0), group.oldest_age_seconds)
    return numbers, ages
