"""From our description of a metric to the library's."""

from collections.abc import Iterable, Mapping
from math import inf, nan

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family

from services.core.telemetry.metric_names import Kind, Metric


def single(metric: Metric, value: float) -> Family:
    """Make a metric without labels."""
    return labelled(metric, {(): value})


def labelled(metric: Metric, samples: Mapping[tuple[str, ...], float]) -> Family:
    """Make a metric of samples by the values of its labels, in the order of `metric.labels`."""
    make = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = make(metric.name, metric.help, labels=metric.labels)
    for values, sample in samples.items():
        family.add_metric(values, sample)
    return family


def by(metric: Metric, samples: Mapping[str, float], *, known: Iterable[str] = ()) -> Family:
    """Make a metric with one label; values that are `known` and have no sample are 0."""
    filled = {**dict.fromkeys(known, 0.0), **samples}
    return labelled(metric, {(value,): sample for value, sample in filled.items()})


def share(part: float, whole: float) -> float:
    """Divide; a share of nothing is unknown, not zero."""
    return part / whole if whole else nan


def histogram(metric: Metric, parts: Mapping[str, tuple[Mapping[str, float], float]]) -> Family:
    """Make a histogram with one label of its parts: counts by `le`, and the sum of what was observed.

    A count is for its own bucket only. Bounds that an earlier version counted by stay.
    """
    family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    for label, (counts, total) in parts.items():
        family.add_metric([label], _cumulative(metric, counts), sum_value=total)
    return family


def _cumulative(metric: Metric, counts: Mapping[str, float]) -> list[tuple[str, float]]:
    own = dict.fromkeys((*metric.buckets, inf), 0.0)
    for le, count in counts.items():
        own[float(le)] = count
    seen = 0.0
    buckets: list[tuple[str, float]] = []
    for bound, count in sorted(own.items()):
        seen += count
        buckets.append((str(float(bound)) if bound < inf else "+Inf", seen))
    return buckets
