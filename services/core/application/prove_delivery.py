"""Gather the evidence on one dossier: what was done when, what the portal answered, who was late and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.read_delivery import DeliveryView, view_delivery
from services.core.domain.access import Caller
from services.core.domain.delivery import DeliveryState
from services.core.domain.receipt import (
    AcknowledgedBy,
    Acknowledgement,
    CallOnRecord,
    CallRun,
    body_acknowledged,
    entry_acknowledged,
    runs_of,
)
from services.core.domain.verdict import Comparison, judged, supplement_time
from services.core.persistence.dossiers import DossierRepository, Reference
from services.core.persistence.history import HistoryLine, HistoryRepository
from services.core.persistence.outage_log import OutageLog, Window
from services.core.persistence.proofs import BlamedOutage, ProofRepository, ProvenDossier

#: A dossier that cannot be sent is tried every half a minute; this is more than a day of it.
CALLS_READ: Final = 5_000
WINDOWS_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry, and how the portal acknowledged it; `None` if it has not, or need not."""

    line: HistoryLine
    acknowledgement: Acknowledgement | None


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the record can say.

    `complete` if every acknowledgement has its receipt or look-up on record; `calls_cut` if there were more
    calls than are read. `begins_at` is the oldest month that is still held, where a receipt is missing.
    """

    begins_at: datetime | None
    complete: bool
    calls_cut: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """The evidence. `body` is the receipt for the dossier's body; supplement times are those subtracted."""

    dossier: ProvenDossier
    delivery: DeliveryView
    entries: Sequence[ProvenEntry]
    body: Acknowledgement | None
    calls: Sequence[CallRun]
    record: Completeness
    comparison: Comparison
    desk_supplement: timedelta
    portal_supplement: timedelta
    blamed: BlamedOutage | None
    windows: Sequence[Window]


async def prove_delivery(
    session: AsyncSession, *, reference: Reference, caller: Caller, comparison: Comparison
) -> Proof:
    """Give the evidence on a dossier of the caller's units; raises `DossierNotFound`."""
    dossier_id = await DossierRepository(session, within=caller.unit_path).get_id(reference)
    return await prove_dossier(session, dossier_id, comparison=comparison)


async def prove_dossier(session: AsyncSession, dossier_id: UUID, *, comparison: Comparison) -> Proof:
    """Give the evidence on a dossier that exists, whoever may see it."""
    proofs = ProofRepository(session)
    delivery = await view_delivery(session, dossier_id, comparison=comparison)
    history = await HistoryRepository(session).list_of(dossier_id)
    calls = await proofs.calls(dossier_id, limit=CALLS_READ + 1)
    cut, calls = len(calls) > CALLS_READ, calls[-CALLS_READ:]
    entries = [ProvenEntry(line, _acknowledgement(line, calls)) for line in history]
    acked_version = delivery.record.acked_version
    body = body_acknowledged(acked_version, calls) if acked_version else None
    known = [body, *(entry.acknowledgement for entry in entries)]
    complete = not cut and all(a is None or a.by is not AcknowledgedBy.OFF_RECORD for a in known)
    return Proof(
        dossier=await proofs.headline(dossier_id),
        delivery=delivery,
        entries=entries,
        body=body,
        calls=runs_of(calls),
        record=Completeness(
            begins_at=None if complete else await proofs.record_begins_at(),
            complete=complete,
            calls_cut=cut,
        ),
        comparison=comparison,
        desk_supplement=supplement_time(judged(line.entry for line in history)),
        portal_supplement=supplement_time(judged(line.entry for line in history if line.acknowledged)),
        blamed=await proofs.blamed_outage(dossier_id),
        windows=await _windows(session, delivery, entries),
    )


def _acknowledgement(line: HistoryLine, calls: Sequence[CallOnRecord]) -> Acknowledgement | None:
    if not (line.acknowledged and line.entry.travels):
        return None
    return entry_acknowledged(line.entry, line.recorded_at, calls)


async def _windows(
    session: AsyncSession, delivery: DeliveryView, entries: Sequence[ProvenEntry]
) -> list[Window]:
    """List the windows from the first entry to the last acknowledgement, or to now while work is open."""
    record = delivery.record
    until = record.read_at
    if record.state is DeliveryState.SYNCED:
        proven = [e.acknowledgement.at for e in entries if e.acknowledgement and e.acknowledgement.at]
        until = max(proven, default=record.accepted_at or until)
    since = min(entry.line.recorded_at for entry in entries)
    return await OutageLog(session).touching(since, until, limit=WINDOWS_SHOWN)
