"""What the portal calls late, and what it is about to."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf

from prometheus_client.metrics_core import Metric as Family

from services.core.domain.false_late import FalseLateCause
from services.core.domain.forecast import Forecast
from services.core.persistence.measurements import Snapshot, Tallies
from services.core.persistence.measurements.values import AtRisk, Flagged
from services.core.telemetry.metric_names import lateness
from services.metrics.collectors.families import by, share, single

CAUSES = [cause.value for cause in FalseLateCause]


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot has the queries for."""
    if snapshot.tallies is not None:
        yield from _settled(snapshot.tallies)
    if snapshot.false_late is not None:
        yield from _false_late(snapshot.false_late, snapshot.tallies)
    if snapshot.flagged is not None and snapshot.tallies is not None:
        yield from _flagged(snapshot.flagged, snapshot.tallies)
    if snapshot.at_risk is not None:
        yield from _at_risk(snapshot.at_risk)
    if snapshot.forecast is not None:
        yield _forecast(snapshot.forecast)


def _settled(tallies: Tallies) -> Iterator[Family]:
    yield by(lateness.FALSE_LATE_SETTLED, tallies.by_label("false_late"), known=CAUSES)
    yield by(lateness.ACCEPTED_LATE, tallies.by_label("accepted_late"), known=("desk", "false"))


def _false_late(standing: Mapping[FalseLateCause, int], tallies: Tallies | None) -> Iterator[Family]:
    numbers = {cause.value: float(number) for cause, number in standing.items()}
    yield by(lateness.FALSE_LATE_OPEN, numbers, known=CAUSES)
    if tallies is not None:
        everything = tallies.by_label("false_late")
        for cause, number in numbers.items():
            everything[cause] += number
        yield by(lateness.FALSE_LATE, everything, known=CAUSES)


def _flagged(flagged: Sequence[Flagged], tallies: Tallies) -> Iterator[Family]:
    number = sum(unit.count for unit in flagged) + tallies.total("accepted_late")
    yield single(lateness.FLAGGED_LATE, number)
    yield single(lateness.FLAGGED_LATE_SHARE, share(number, tallies.total("received")))


def _forecast(forecast: Forecast) -> Family:
    windows = {"1h": forecast.within_1h, "4h": forecast.within_4h, "24h": forecast.within_24h}
    return by(lateness.FORECAST_FALSE_LATE, windows)


def _at_risk(at_risk: AtRisk) -> Iterator[Family]:
    windows = {"1h": at_risk.within_1h, "4h": at_risk.within_4h, "24h": at_risk.within_24h}
    yield by(lateness.AT_RISK, windows)
    seconds = inf if at_risk.seconds_to_flag is None else at_risk.seconds_to_flag
    yield single(lateness.MIN_SECONDS_TO_FLAG, seconds)
