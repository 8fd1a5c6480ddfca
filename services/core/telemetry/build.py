"""What runs, in the same words from every process."""

import platform
from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from services.core.telemetry.metric_names.exporter import BUILD


class BuildCollector(Collector):
    """Shows version, Python and commit; the commit is empty where whoever built it did not say."""

    def __init__(self, commit: str | None) -> None:
        self._labels = (version("lienthong"), platform.python_version(), commit or "")

    def collect(self) -> Iterator[Family]:
        family = GaugeMetricFamily(BUILD.name, BUILD.help, labels=BUILD.labels)
        family.add_metric(self._labels, 1.0)
        yield family
