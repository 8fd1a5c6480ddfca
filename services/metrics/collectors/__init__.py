"""From a snapshot to Prometheus' metrics."""

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from services.core.persistence.measurements import Snapshot
from services.metrics.collectors import (
    deliveries,
    exporter,
    figures,
    index766,
    lateness,
    lookups,
    onboarding,
    portal,
    units,
)


class SnapshotCollector(Collector):
    """Shows one snapshot; what it has no measurement for is left out, never shown as 0."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Family]:
        themes = (deliveries, lateness, lookups, figures, portal, units, onboarding, index766, exporter)
        for theme in themes:
            yield from theme.collect(self._snapshot)
