"""The database's own health, and how far these metrics can be trusted."""

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric as Family

from services.core.persistence.measurements import Snapshot
from services.core.telemetry.metric_names import exporter
from services.metrics.collectors.families import by, single


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot has the queries for, and how each of these fared."""
    if snapshot.dead_tuples is not None:
        yield by(exporter.DEAD_TUPLES, snapshot.dead_tuples)
    if snapshot.transactions is not None:
        yield single(exporter.OLDEST_XMIN, snapshot.transactions.oldest_xmin)
        yield single(exporter.OLDEST_TRANSACTION_AGE, snapshot.transactions.oldest_age_seconds)
    if snapshot.taken_at is not None:
        yield single(exporter.SNAPSHOT_TIMESTAMP, snapshot.taken_at.timestamp())
    yield by(exporter.QUERY_UP, {query: float(run.up) for query, run in snapshot.runs.items()})
    yield by(exporter.QUERY_SECONDS, {query: run.seconds for query, run in snapshot.runs.items()})
