"""Write down what became of claimed dossiers, in one transaction with the record of the calls."""

import time
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.call import Call
from services.core.application.shipment import Shipment
from services.core.domain.delivery import DeliveryState, Operation
from services.core.domain.false_late import cause_of
from services.core.domain.verdict import Comparison
from services.core.persistence.attempts import AttemptRepository, OperationHealth
from services.core.persistence.deliveries import DeliveryRepository, Ending, Settled
from services.core.persistence.tallies import TallyKey, add_to_tallies
from services.core.telemetry.metric_names.deliveries import SYNC_LAG
from services.core.telemetry.metric_names.metric import bucket_label

log = structlog.get_logger()


async def settle_deliveries(
    session: AsyncSession,
    shipments: Sequence[Shipment],
    *,
    calls: Sequence[Call],
    lease: timedelta,
    comparison: Comparison,
) -> set[UUID]:
    """Settle, and give the ids of the dossiers that the worker still holds.

    A dossier whose lease was lost is not written, and is not among the ids.
    """
    settlements = [shipment.settlement(comparison) for shipment in shipments]
    settled = await DeliveryRepository(session).settle(settlements, lease=lease) if settlements else []
    attempts = AttemptRepository(session)
    await _record(attempts, calls)
    accepted = [row for row in settled if row.newly_accepted]
    asked_first = {s.dossier_id for s in shipments if s.claim.ask_first}
    await _count(session, attempts, accepted, asked_first)
    written = {row.dossier_id for row in settled}
    if lost := len(shipments) - len(written):
        log.warning("delivery.fenced", dossiers=lost)
    return {s.claim.dossier_id for s in settlements if s.ending is Ending.KEEP} & written


async def _record(attempts: AttemptRepository, calls: Sequence[Call]) -> None:
    if not calls:
        return
    now = time.monotonic()
    await attempts.add([attempt for call in calls for attempt in call.attempts(now=now)])
    by_operation: defaultdict[Operation, list[Call]] = defaultdict(list)
    for call in calls:
        by_operation[call.operation].append(call)
    health = [_health(operation, group, now) for operation, group in by_operation.items()]
    answered = any(not call.missed for call in calls)
    await attempts.report(health, answered=answered)


def _health(operation: Operation, calls: Sequence[Call], now: float) -> OperationHealth:
    missed = [call.started_at for call in calls if call.missed]
    return OperationHealth(
        operation,
        succeeded=any(call.taken for call in calls),
        missed=len(missed),
        missed_ago=now - min(missed) if missed else 0.0,
    )


async def _count(
    session: AsyncSession,
    attempts: AttemptRepository,
    accepted: Sequence[Settled],
    asked_first: AbstractSet[UUID],
) -> None:
    """Add to the totals of dossiers whose end has just reached the portal."""
    if not accepted:
        return
    false_late = [row for row in accepted if row.was_false_late]
    causes = await _causes(attempts, false_late, asked_first)
    await DeliveryRepository(session).mark_false_late(causes)
    counts: defaultdict[TallyKey, float] = defaultdict(float)
    for row in accepted:
        counts["accepted", "", row.unit_id] += 1
        counts["lag_bucket", bucket_label(row.lag_seconds, SYNC_LAG.buckets), row.unit_id] += 1
        counts["lag_sum", "", row.unit_id] += row.lag_seconds
        counts["lag_count", "", row.unit_id] += 1
        if row.late_at_desk:
            counts["accepted_late", "desk", row.unit_id] += 1
        if (cause := causes.get(row.dossier_id)) is not None:
            counts["accepted_late", "false", row.unit_id] += 1
            counts["false_late", cause, row.unit_id] += 1
    await add_to_tallies(session, counts)


async def _causes(
    attempts: AttemptRepository, rows: Sequence[Settled], asked_first: AbstractSet[UUID]
) -> dict[UUID, str]:
    if not rows:
        return {}
    outages = await attempts.outages(since=min(row.reported_at for row in rows))
    return {
        row.dossier_id: cause_of(
            DeliveryState.UNKNOWN if row.dossier_id in asked_first else DeliveryState.DUE,
            None,
            reported_at=row.reported_at,
            flagged_at=row.flagged_before,
            accepted_at=row.accepted_at,
            outages=outages,
        ).value
        for row in rows
    }
