"""Write down what became of claimed dossiers, in one transaction with the record of the calls."""

import time
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.call import Call
from services.core.application.sampling import Sampling
from services.core.application.shipment import Shipment
from services.core.domain.delivery import DeliveryState, Operation
from services.core.domain.false_late import FalseLateCause, Outage, cause_of
from services.core.domain.forecast import HABIT_BOUNDS
from services.core.domain.pace import PUSHES
from services.core.domain.promptness import PROMISED_LAG, portal_during
from services.core.domain.verdict import Comparison
from services.core.persistence.attempts import AttemptRepository, OperationHealth
from services.core.persistence.deliveries import DeliveryRepository, Settled
from services.core.persistence.outages import Blamed, OutageRepository, Refusals, Relief
from services.core.persistence.portal_minutes import note_taken
from services.core.persistence.sightings import SightingRepository
from services.core.persistence.tallies import TallyKey, add_to_tallies
from services.core.telemetry import crash_points
from services.core.telemetry.metric_names.deliveries import SYNC_LAG
from services.core.telemetry.metric_names.metric import bucket_label

log = structlog.get_logger()


async def settle_deliveries(
    session: AsyncSession,
    shipments: Sequence[Shipment],
    *,
    calls: Sequence[Call],
    comparison: Comparison,
    sampling: Sampling | None = None,
) -> None:
    """Settle and count. A dossier whose lease was lost is not written; the calls were made in any case.

    `sampling` may choose one of those whose end has reached the portal to be asked about.
    """
    settlements = [shipment.settlement(comparison) for shipment in shipments]
    settled = await DeliveryRepository(session).settle(settlements) if settlements else []
    if __debug__ and any(settlement.park_cause for settlement in settlements):
        crash_points.pass_by("W11")
    await _record(session, calls, settled)
    accepted = [row for row in settled if row.newly_accepted]
    if sampling is not None and (chosen := sampling.choose(accepted)) is not None:
        await SightingRepository(session).choose(chosen.dossier_id)
    asked_first = {s.dossier_id for s in shipments if s.claim.ask_first}
    await _count(session, accepted, asked_first)
    if lost := len(shipments) - len(settled):
        log.warning("delivery.fenced", dossiers=lost)


async def _record(session: AsyncSession, calls: Sequence[Call], settled: Sequence[Settled]) -> None:
    if not calls:
        return
    now = time.monotonic()
    attempts, outages = AttemptRepository(session), OutageRepository(session)
    await attempts.add([call.attempt(now=now) for call in calls])
    by_operation: defaultdict[Operation, list[Call]] = defaultdict(list)
    for call in calls:
        by_operation[call.operation].append(call)
    answered_at = max((call.ended_at for call in calls if not call.missed), default=None)
    taken_at = max((call.ended_at for call in calls if call.taken), default=None)
    health = [_health(operation, group, answered_at, now) for operation, group in by_operation.items()]
    await attempts.report(health)
    await note_taken(session, sum(call.dossiers for call in calls if call.taken and call.operation in PUSHES))
    await outages.close(
        Relief(
            answered_ago=None if answered_at is None else now - answered_at,
            taken_ago=None if taken_at is None else now - taken_at,
            settled=[row.dossier_id for row in settled],
            flags=[row.flagged_before for row in settled if row.newly_accepted and row.was_false_late],
        )
    )
    await outages.note_refusals(_refusals(calls, taken_at, now))
    if any(one.missed for one in health):
        await outages.open_unreachable()


def _refusals(calls: Sequence[Call], taken_at: float | None, now: float) -> list[Refusals]:
    """Gather, by reason, the refusals of service after the last call that was dealt with."""
    by_reason: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.refusal is not None and (taken_at is None or call.ended_at > taken_at):
            by_reason[call.refusal].append(call)
    return [
        Refusals(
            reason,
            len(refused),
            since_ago=now - min(call.started_at for call in refused),
            last_ago=now - max(call.ended_at for call in refused),
        )
        for reason, refused in by_reason.items()
    ]


def _health(
    operation: Operation, calls: Sequence[Call], answered_at: float | None, now: float
) -> OperationHealth:
    taken_at = max((call.ended_at for call in calls if call.taken), default=None)
    failed = _missed_after(taken_at, calls)
    missed = _missed_after(answered_at, calls)
    return OperationHealth(
        operation,
        succeeded_ago=None if taken_at is None else now - taken_at,
        failures=len(failed),
        failing_ago=now - failed[0].started_at if failed else None,
        failed_ago=now - max(call.ended_at for call in failed) if failed else None,
        missed=len(missed),
        missed_ago=now - missed[0].started_at if missed else None,
    )


def _missed_after(moment: float | None, calls: Sequence[Call]) -> list[Call]:
    """Give calls without an answer that ended after `moment`, earliest start first."""
    missed = [call for call in calls if call.missed and (moment is None or call.ended_at > moment)]
    return sorted(missed, key=lambda call: call.started_at)


async def _count(session: AsyncSession, accepted: Sequence[Settled], asked_first: AbstractSet[UUID]) -> None:
    """Add to the totals of dossiers whose end has just reached the portal."""
    if not accepted:
        return
    false_late = [row for row in accepted if row.was_false_late]
    slow = [row for row in accepted if row.lag_seconds > PROMISED_LAG.total_seconds()]
    outages = await _outages(session, [*false_late, *slow])
    causes = await _causes(session, false_late, asked_first, outages)
    if causes:
        await DeliveryRepository(session).mark_false_late(causes)
    counts: defaultdict[TallyKey, float] = defaultdict(float)
    for row in accepted:
        counts["accepted", "", row.unit_id] += 1
        counts["lag_bucket", bucket_label(row.lag_seconds, SYNC_LAG.buckets), row.unit_id] += 1
        counts["lag_sum", "", row.unit_id] += row.lag_seconds
        counts["queued_bucket", bucket_label(row.queued_seconds, SYNC_LAG.buckets), row.unit_id] += 1
        counts["queued_sum", "", row.unit_id] += row.queued_seconds
        if (lead := row.lead_seconds) is not None:
            counts["lead_bucket", bucket_label(lead, HABIT_BOUNDS), row.unit_id] += 1
        if row.late_at_desk:
            counts["accepted_late", "desk", row.unit_id] += 1
        if (cause := causes.get(row.dossier_id)) is not None:
            counts["accepted_late", "false", row.unit_id] += 1
            counts["false_late", cause, row.unit_id] += 1
    for row in slow:
        counts["accepted_slow", portal_during(row.reported_at, outages).value, row.unit_id] += 1
    await add_to_tallies(session, counts)


async def _outages(session: AsyncSession, rows: Sequence[Settled]) -> list[Outage]:
    """Read the outages since the earliest report."""
    if not rows:
        return []
    return await OutageRepository(session).unreachable(since=min(row.reported_at for row in rows))


async def _causes(
    session: AsyncSession,
    rows: Sequence[Settled],
    asked_first: AbstractSet[UUID],
    outages: Sequence[Outage],
) -> dict[UUID, str]:
    """Name the causes, and put the outages that are to blame on record."""
    causes = {row.dossier_id: _cause(row, outages, unknown=row.dossier_id in asked_first) for row in rows}
    down = [row for row in rows if causes[row.dossier_id] is FalseLateCause.PORTAL_DOWN]
    await OutageRepository(session).blame([_blamed(row, outages) for row in down])
    return {dossier_id: cause.value for dossier_id, cause in causes.items()}


def _cause(row: Settled, outages: Sequence[Outage], *, unknown: bool) -> FalseLateCause:
    return cause_of(
        DeliveryState.UNKNOWN if unknown else DeliveryState.DUE,
        None,
        reported_at=row.reported_at,
        flagged_at=row.flagged_before,
        accepted_at=row.accepted_at,
        outages=outages,
    )


def _blamed(row: Settled, outages: Sequence[Outage]) -> Blamed:
    outage = next(one for one in outages if one.covers(row.reported_at, row.flagged_before))
    return Blamed(row.dossier_id, outage.id, row.reported_at, row.flagged_before, row.accepted_at)
