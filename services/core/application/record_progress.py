"""Record a step of a dossier's life."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.change_dossier import (
    Moved,
    Signed,
    next_entry,
    open_dossier,
    terms_of,
    write_down,
)
from services.core.application.desk import Desk
from services.core.domain.dossier import EntryKind, Status
from services.core.domain.life import Move, advance
from services.core.domain.lookup import LookUpNeeded
from services.core.domain.reception import Recorded, Step, due_change
from services.core.persistence.dossiers import Edition, OpenDossier, Reference
from services.core.persistence.look_up_views import LookUpViewRepository


async def record_progress(
    session: AsyncSession,
    *,
    reference: Reference,
    expected: Edition,
    step: Step,
    due_at: datetime | None,
    desk: Desk,
) -> Moved:
    """Move a dossier on; `due_at` is the desk's promise where this step is the reception.

    Raises `DossierNotFound`, `DossierChanged`, `LookUpNeeded` and the refusals of `domain.life`.
    """
    dossier = await open_dossier(session, reference, expected=expected, desk=desk)
    now = desk.clock.now()
    # A step reported without a time happened just now, but not before a step that a fast clock dated ahead.
    occurred_at = step.occurred_at or max(now, dossier.life.last_occurred_at)
    move = Move(step.status, occurred_at, step.second_supplement_confirmed, due_at)
    life = advance(dossier.life, move, await terms_of(session, dossier, desk), now=now)
    if step.status is Status.RECEIVED and dossier.life.received_at is None:
        await _check_verified(session, dossier, desk)
    entry = next_entry(
        dossier,
        Signed(step.officer, step.department, step.text),
        kind=EntryKind.PROGRESS,
        status=step.status,
        occurred_at=occurred_at,
    )
    recorded = Recorded(entry, due_change(dossier.life.due_at, life.due_at))
    return await write_down(session, dossier, life, recorded, desk=desk)


async def _check_verified(session: AsyncSession, dossier: OpenDossier, desk: Desk) -> None:
    """Refuse to receive where the unit insists on a match; raises `LookUpNeeded`."""
    if not desk.catalogue.unit(dossier.unit_code, within=desk.caller.unit_path).requires_match:
        return
    look_up = await LookUpViewRepository(session).find_of_dossier(dossier.id)
    if look_up is not None and not look_up.is_match:
        raise LookUpNeeded(pointer="/status", result=look_up.result and look_up.result.value)
