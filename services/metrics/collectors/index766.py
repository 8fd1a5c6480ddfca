"""The live estimate of index 766."""

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric as Family

from services.core.persistence.measurements import Snapshot
from services.core.telemetry.metric_names import index766
from services.metrics.collectors.families import labelled


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what has been scored this month; nothing if the snapshot was taken without units."""
    if snapshot.index766 is not None:
        yield labelled(index766.POINTS, {(p.unit_code, p.indicator): p.points for p in snapshot.index766})
