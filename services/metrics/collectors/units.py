"""The standing of each unit that has ever taken in a dossier."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from prometheus_client.metrics_core import Metric as Family

from services.core.persistence.measurements import Snapshot, Tallies
from services.core.persistence.measurements.values import Flagged, Unsynced
from services.core.telemetry.metric_names import Metric, units
from services.metrics.collectors.families import by


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot has the queries for; nothing if it was taken without units."""
    if snapshot.unit_codes is None or snapshot.tallies is None:
        return
    received = snapshot.tallies.by_unit("received")
    standings = _Standings({unit: snapshot.unit_codes[unit] for unit in received})
    yield standings.family(units.RECEIVED, received)
    yield standings.family(units.ENDED, snapshot.tallies.by_unit("ended"))
    yield standings.family(units.ACCEPTED, snapshot.tallies.by_unit("accepted"))
    if snapshot.unsynced is not None:
        yield from _unsynced(standings, snapshot.unsynced)
    if snapshot.flagged is not None:
        yield from _flagged(standings, snapshot.flagged, snapshot.tallies)


class _Standings:
    """Labels numbers by the codes of units, with 0 for units that have none."""

    def __init__(self, codes: Mapping[int, str]) -> None:
        self._codes = codes

    def family(self, metric: Metric, numbers: Mapping[int, float]) -> Family:
        return by(metric, {code: numbers.get(unit, 0.0) for unit, code in self._codes.items()})


def _unsynced(standings: _Standings, unsynced: Sequence[Unsynced]) -> Iterator[Family]:
    numbers: defaultdict[int, float] = defaultdict(float)
    ages: defaultdict[int, float] = defaultdict(float)
    for group in unsynced:
        if not group.is_open:
            continue
        numbers[group.unit_id] += group.count
        ages[group.unit_id] = max(ages[group.unit_id], group.oldest_age_seconds)
    yield standings.family(units.UNSYNCED, numbers)
    yield standings.family(units.OLDEST_UNSYNCED_AGE, ages)


def _flagged(standings: _Standings, flagged: Sequence[Flagged], tallies: Tallies) -> Iterator[Family]:
    late = tallies.by_unit("accepted_late")
    false = tallies.by_unit("false_late")
    for group in flagged:
        late[group.unit_id] += group.count
        false[group.unit_id] += group.falsely
    yield standings.family(units.FLAGGED_LATE, late)
    yield standings.family(units.FALSE_LATE, false)
