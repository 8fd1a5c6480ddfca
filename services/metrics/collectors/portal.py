"""The health of the portal, as all workers together have seen it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from prometheus_client.metrics_core import Metric as Family

from services.core.domain.delivery import Operation
from services.core.domain.reconciliation import Direction
from services.core.persistence.measurements import Snapshot
from services.core.persistence.measurements.values import (
    GateState,
    LastReconciliation,
    OperationHealth,
    Outages,
)
from services.core.telemetry.metric_names import portal
from services.metrics.collectors.families import by, single

OPERATIONS = [operation.value for operation in Operation]
DIRECTIONS = [direction.value for direction in Direction]


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot has the queries for."""
    if snapshot.portal is not None:
        yield from _operations(snapshot.portal)
    if snapshot.gates is not None:
        yield from _gates(snapshot.gates)
    if snapshot.reconciliation is not None:
        yield from _reconciliation(snapshot.reconciliation)
    if snapshot.outages is not None:
        yield from _outages(snapshot.outages)


def _operations(health: Sequence[OperationHealth]) -> Iterator[Family]:
    successes = {row.operation: _timestamp(row.last_success_at) for row in health}
    yield by(portal.LAST_SUCCESS, successes, known=OPERATIONS)
    failing = {row.operation: _timestamp(row.failing_since) for row in health}
    yield by(portal.FAILING_SINCE, failing, known=OPERATIONS)
    failures = {row.operation: row.consecutive_failures for row in health}
    yield by(portal.CONSECUTIVE_FAILURES, failures, known=OPERATIONS)


def _gates(gates: Sequence[GateState]) -> Iterator[Family]:
    yield by(portal.GATE_OPEN, _ours({gate.operation: gate.open for gate in gates}), known=OPERATIONS)
    yield by(portal.GATE_HELD, _ours({gate.operation: gate.held for gate in gates}), known=OPERATIONS)


def _ours(flags: Mapping[str, bool]) -> dict[str, float]:
    """Leave out the population database, which has a gate of its own."""
    return {operation: float(flag) for operation, flag in flags.items() if operation in OPERATIONS}


def _reconciliation(last: LastReconciliation) -> Iterator[Family]:
    yield by(portal.DIFFERENCES, last.differences, known=DIRECTIONS)
    yield single(portal.RECONCILED, _timestamp(last.finished_at))


def _outages(outages: Outages) -> Iterator[Family]:
    yield single(portal.OUTAGE_OPEN, outages.under_way)
    yield single(portal.OUTAGES, outages.count)
    yield single(portal.OUTAGE_SECONDS, outages.seconds)


def _timestamp(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()
