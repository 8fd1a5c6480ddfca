"""Small checks that run all the time: what must not be in the queue is mended and counted."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.repair_differences import REACH
from services.core.domain.reception import desk_view, ending_seq
from services.core.domain.verdict import Comparison, flag_while_running
from services.core.persistence.queue_checks import FaultyDossier, Marks, QueueCheckRepository
from services.core.persistence.shipments import Unreadable, load_entries

#: No rule makes a row wait so long: retries end at 15 minutes, repairs reach six hours ahead.
FAR: Final = 2 * REACH
#: A due row is taken within seconds, unless more urgent ones take all there is.
PATIENCE: Final = timedelta(hours=1)
#: Dossiers looked through at a time; a million takes three and a half hours at one look a minute.
SLICE: Final = 5000
_NEWEST: Final = timedelta(minutes=10)


class QueueFault(StrEnum):
    """What was wrong with a row."""

    ENDLESS_LEASE = "endless_lease"  #: leased, and nothing would ever end it
    ENDLESS_WAIT = "endless_wait"  #: due at a time that no rule sets
    NO_ROW = "no_row"  #: a dossier without a delivery row
    BEHIND = "behind"  #: the row does not know of the last change of its dossier


@dataclass(frozen=True, slots=True)
class Checked:
    """`mended` counts rows, `starving` those that wait in vain; the next look begins `after` an id."""

    mended: Counter[QueueFault]
    starving: int
    after: UUID | None


async def check_queue(
    session: AsyncSession, *, after: UUID | None, comparison: Comparison, size: int = SLICE
) -> Checked:
    """Check all open rows, the newest dossiers, and one slice of all dossiers; harmless to run twice."""
    checks = QueueCheckRepository(session)
    mended = Counter(
        {
            QueueFault.ENDLESS_LEASE: await checks.mend_leases(far=FAR),
            QueueFault.ENDLESS_WAIT: await checks.mend_waits(far=FAR),
        }
    )
    seen = await checks.look_through(after=after, size=size, newest=_NEWEST)
    if seen.faulty:
        for dossier in await checks.lock_faulty(seen.faulty):
            marks = await _marks(session, dossier, comparison)
            if dossier.missing:
                await checks.insert(dossier, marks)
            else:
                await checks.remark(dossier.id, marks)
            mended[QueueFault.NO_ROW if dossier.missing else QueueFault.BEHIND] += 1
    return Checked(+mended, await checks.count_starving(patience=PATIENCE), seen.last)


async def _marks(session: AsyncSession, dossier: FaultyDossier, comparison: Comparison) -> Marks:
    """Judge the history anew. One that cannot be read is parked by the delivery, which says why."""
    entries = (await load_entries(session, [dossier.id]))[dossier.id]
    flagged_at = flag_while_running(dossier.due_at, comparison)
    if isinstance(entries, Unreadable):
        return Marks(flagged_at, None, None, None)
    view = desk_view(entries, dossier.due_at, comparison)
    return Marks(flagged_at, view.flagged_at, view.ended_at, ending_seq(entries, view))
