"""Say how far a dossier has got on its way to the portal, and why the two verdicts differ if they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import Caller
from services.core.domain.dossier import ProgressEntry
from services.core.domain.false_late import FalseLateCause, cause_by_state, cause_of
from services.core.domain.reception import desk_view
from services.core.domain.verdict import Comparison, Verdict, View, judged, view_of
from services.core.persistence.delivery_views import AttemptRecord, DeliveryRecord, DeliveryViewRepository
from services.core.persistence.dossiers import DossierRepository, Reference
from services.core.persistence.history import HistoryLine, HistoryRepository
from services.core.persistence.interventions import InterventionRecord, InterventionRepository
from services.core.persistence.outages import OutageRepository

_ATTEMPTS_SHOWN: Final = 20
_INTERVENTIONS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """`missing` are the entries that the portal does not have; `portal` is `None` until it has the dossier.

    `portal_verdict` is what it publishes or, for a dossier that it does not hold, would.
    """

    dossier_id: UUID
    record: DeliveryRecord
    attempts: Sequence[AttemptRecord]
    interventions: Sequence[InterventionRecord]
    missing: Sequence[ProgressEntry]
    desk: View
    portal: View | None
    desk_verdict: Verdict
    portal_verdict: Verdict
    false_late_cause: FalseLateCause | None


async def read_delivery(
    session: AsyncSession, *, reference: Reference, caller: Caller, comparison: Comparison
) -> DeliveryView:
    """Give the way of a dossier of the caller's units to the portal; raises `DossierNotFound`."""
    dossier_id = await DossierRepository(session, within=caller.unit_path).get_id(reference)
    return await view_delivery(session, dossier_id, comparison=comparison)


async def view_delivery(session: AsyncSession, dossier_id: UUID, *, comparison: Comparison) -> DeliveryView:
    """Give the way of a dossier that exists, whoever may see it."""
    deliveries = DeliveryViewRepository(session)
    record = await deliveries.get(dossier_id)
    history = await HistoryRepository(session).list_of(dossier_id)
    desk_late = record.desk_flagged_at is not None and record.desk_flagged_at <= record.read_at
    portal_late = record.flagged_at is not None and record.flagged_at <= record.read_at
    return DeliveryView(
        dossier_id=dossier_id,
        record=record,
        attempts=await deliveries.attempts(dossier_id, limit=_ATTEMPTS_SHOWN),
        interventions=await InterventionRepository(session).of_dossier(
            dossier_id, limit=_INTERVENTIONS_SHOWN
        ),
        missing=[line.entry for line in history if not line.acknowledged],
        desk=desk_view([line.entry for line in history], record.due_at, comparison),
        portal=_portal_view(record, history, comparison),
        desk_verdict=_verdict(late=desk_late),
        portal_verdict=_verdict(late=portal_late),
        false_late_cause=await _cause(session, record) if portal_late and not desk_late else None,
    )


def _portal_view(
    record: DeliveryRecord, history: Sequence[HistoryLine], comparison: Comparison
) -> View | None:
    if record.acked_version == 0:
        return None
    shown = judged(line.entry for line in history if line.acknowledged)
    return view_of(shown, due_at=record.portal_due_at, comparison=comparison)


def _verdict(*, late: bool) -> Verdict:
    return Verdict.LATE if late else Verdict.ON_TIME


async def _cause(session: AsyncSession, record: DeliveryRecord) -> FalseLateCause:
    """Take the cause that the worker put on record, or reckon what it would be as things stand."""
    if record.false_late_cause is not None:
        return record.false_late_cause
    if record.reported_at is None or record.flagged_at is None:
        return cause_by_state(record.state, record.park_cause)
    return cause_of(
        record.state,
        record.park_cause,
        reported_at=record.reported_at,
        flagged_at=record.flagged_at,
        accepted_at=record.accepted_at,
        outages=await OutageRepository(session).unreachable(since=record.reported_at),
    )
