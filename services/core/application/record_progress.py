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
from services.core.domain.dossier import EntryKind
from services.core.domain.life import Move, advance
from services.core.domain.reception import Recorded, Step, due_change
from services.core.persistence.dossiers import Edition, Reference


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

    Raises `DossierNotFound`, `DossierChanged` and the refusals of `domain.life`.
    """
    dossier = await open_dossier(session, reference, expected=expected, desk=desk)
    now = desk.clock.now()
    # A step reported without a time happened just now, but not before a step that a fast clock dated ahead.
    occurred_at = step.occurred_at or max(now, dossier.life.last_occurred_at)
    move = Move(step.status, occurred_at, step.second_supplement_confirmed, due_at)
    life = advance(dossier.life, move, await terms_of(session, dossier, desk), now=now)
    entry = next_entry(
        dossier,
        Signed(step.officer, step.department, step.text),
        kind=EntryKind.PROGRESS,
        status=step.status,
        occurred_at=occurred_at,
    )
    recorded = Recorded(entry, due_change(dossier.life.due_at, life.due_at))
    return await write_down(session, dossier, life, recorded, desk=desk)
