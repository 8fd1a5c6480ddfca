"""What all changes of a dossier share: lock it as the caller knows it, write the line, judge anew."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.desk import Desk
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action
from services.core.domain.delivery import DeliveryState
from services.core.domain.dossier import EntryKind, ProgressEntry, Status
from services.core.domain.life import Life
from services.core.domain.promise import Terms
from services.core.domain.reception import Recorded, desk_view, ending_seq
from services.core.domain.verdict import flag_while_running
from services.core.persistence.changes import Change, ChangeRepository
from services.core.persistence.dossiers import DossierRepository, Edition, OpenDossier, Reference

#: What each line of the history is on record as, with the fields that it changes if it does not say.
_ACTS: Final = {
    EntryKind.PROGRESS: (Action.DOSSIER_PROGRESS, ("status",)),
    EntryKind.EXTENSION: (Action.DOSSIER_EXTEND, ("due_at",)),
    EntryKind.APOLOGY: (Action.DOSSIER_APOLOGISE, ("apology",)),
    EntryKind.CORRECTION: (Action.DOSSIER_CORRECT, ()),
    EntryKind.PAYMENT: (Action.PAYMENT_RECORD, ("fees",)),
}


@dataclass(frozen=True, slots=True)
class Signed:
    """Who stands behind a line of the history, and what it says."""

    officer: str
    department: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A dossier after a change."""

    id: UUID
    code: str
    edition: Edition
    status: Status
    due_at: datetime | None
    delivery: DeliveryState


async def open_dossier(
    session: AsyncSession, reference: Reference, *, expected: Edition, desk: Desk
) -> OpenDossier:
    """Lock a dossier of the caller's units; raises `DossierNotFound` or `DossierChanged`."""
    return await DossierRepository(session, within=desk.caller.unit_path).open(reference, expected)


async def terms_of(session: AsyncSession, dossier: OpenDossier, desk: Desk) -> Terms:
    """Give what the unit owes under the dossier's procedure, even if both have ended since."""
    catalogue = desk.catalogue
    await catalogue.load(session, units={dossier.unit_code}, procedures={dossier.procedure_code})
    unit = catalogue.unit(dossier.unit_code, within=desk.caller.unit_path)
    return catalogue.terms(unit, catalogue.procedure(dossier.procedure_code))


def next_entry(
    dossier: OpenDossier,
    signed: Signed,
    *,
    kind: EntryKind,
    status: Status,
    occurred_at: datetime,
) -> ProgressEntry:
    """Make the line that follows the last one."""
    return ProgressEntry(
        seq=dossier.edition.seq + 1,
        status=status,
        occurred_at=occurred_at,
        officer=signed.officer,
        department=signed.department,
        text=signed.text,
        kind=kind,
    )


async def write_down(
    session: AsyncSession,
    dossier: OpenDossier,
    life: Life,
    recorded: Recorded,
    *,
    desk: Desk,
    body_changes: bool = True,
    apology: dict[str, Any] | None = None,
) -> Moved:
    """Append the line, with everything that follows from it for the delivery to the portal, on record."""
    entries = (*dossier.entries, recorded.entry)
    view = desk_view(entries, life.due_at, desk.comparison)
    changed = await ChangeRepository(session).add(
        Change(
            dossier_id=dossier.id,
            life=life,
            recorded=recorded,
            view=view,
            ended_seq=ending_seq(entries, view),
            flagged_at=flag_while_running(life.due_at, desk.comparison),
            body_changes=body_changes,
            apology=apology,
        )
    )
    await record(
        session, actor=actor_of(desk.caller, officer=recorded.entry.officer), act=_act(dossier, recorded)
    )
    return Moved(
        id=dossier.id,
        code=dossier.code,
        edition=Edition(changed.version, changed.seq),
        status=life.status,
        due_at=life.due_at,
        delivery=changed.delivery,
    )


def _act(dossier: OpenDossier, recorded: Recorded) -> Act:
    """Say what a line does. Its text stays out: it is free, and may name the citizen."""
    action, usual = _ACTS[recorded.entry.kind]
    changed = (recorded.facts or {}).get("changed", usual)
    return Act(action, (str(dossier.id),), changed=tuple(changed))
