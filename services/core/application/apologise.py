"""Apologise for a late result and promise a new date: phiếu xin lỗi và hẹn lại ngày trả."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.change_dossier import Moved, Signed, next_entry, open_dossier, write_down
from services.core.application.desk import Desk
from services.core.domain.dossier import EntryKind
from services.core.domain.life import check_apology
from services.core.domain.reception import Recorded
from services.core.persistence.dossiers import Edition, Reference


class HandedOver(StrEnum):
    """How the letter reached the citizen."""

    AT_DESK = "at_desk"
    EMAIL = "email"
    SMS = "sms"
    POST = "post"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Apology:
    """Reason (in `signed.text`), new date, and how the letter was handed over."""

    new_date: datetime
    handed_over: HandedOver
    signed: Signed


async def apologise(
    session: AsyncSession, *, reference: Reference, expected: Edition, apology: Apology, desk: Desk
) -> Moved:
    """Put the letter on record, once in a dossier's life.

    The due time that the portal judges by stays as it is: an apology does not make a dossier punctual.
    Raises `DossierNotFound`, `DossierChanged`, `ApologyGiven`, `DossierEnded`, `NotReceived`, `ClockStopped`
    or `ApologyDateNotAhead`.
    """
    dossier = await open_dossier(session, reference, expected=expected, desk=desk)
    now, life = desk.clock.now(), dossier.life
    check_apology(life, apology.new_date, given_before=dossier.apologised, at=now)
    entry = next_entry(dossier, apology.signed, kind=EntryKind.APOLOGY, status=life.status, occurred_at=now)
    promise = {
        "due_at": life.due_at and life.due_at.isoformat(),
        "new_date": apology.new_date.isoformat(),
        "handed_over": apology.handed_over.value,
    }
    letter = promise | {"reason": apology.signed.text, "given_at": now.isoformat()}
    return await write_down(
        session, dossier, life, Recorded(entry, promise), desk=desk, body_changes=False, apology=letter
    )
