"""Give a dossier more time, as the law allows before the due time has passed."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.change_dossier import Moved, Signed, next_entry, open_dossier, write_down
from services.core.application.desk import Desk
from services.core.domain.dossier import EntryKind
from services.core.domain.life import check_extension
from services.core.domain.reception import Recorded, due_change
from services.core.persistence.dossiers import Edition, Reference


async def extend_due_time(
    session: AsyncSession,
    *,
    reference: Reference,
    expected: Edition,
    new_due_at: datetime,
    signed: Signed,
    desk: Desk,
) -> Moved:
    """Move the due time; the old one stays in the history.

    Raises `DossierNotFound`, `DossierChanged`, `DossierEnded`, `NotReceived`, `ClockStopped`,
    `ExtensionTooLate` or `ExtensionNotLater`.
    """
    dossier = await open_dossier(session, reference, expected=expected, desk=desk)
    now = desk.clock.now()
    check_extension(dossier.life, new_due_at, at=now)
    life = replace(dossier.life, due_at=new_due_at)
    entry = next_entry(dossier, signed, kind=EntryKind.EXTENSION, status=life.status, occurred_at=now)
    recorded = Recorded(entry, due_change(dossier.life.due_at, new_due_at))
    return await write_down(session, dossier, life, recorded, desk=desk)
