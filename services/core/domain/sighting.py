"""When the portal can be said to show an ending: a receipt says that it took it, not that it shows it.

The only public way to know is to ask by the dossier's number (`TraCuuHoSo`, portal-interface 1.3), so that a
sample is asked about and never every dossier.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from services.core.domain.outcome import PortalEntry, PortalRecord

#: One dossier is chosen in so many seconds by each worker, however much is accepted.
CHOSEN_EVERY_SECONDS: Final = 10.0
#: A first question that comes later than this would take our own delay for the portal's.
FIRST_ASKED_WITHIN: Final = timedelta(seconds=30)
#: What the portal has not shown by then is for reconciliation.
ASKED_UNTIL: Final = timedelta(days=3)

_FIRST_PAUSE: Final = timedelta(seconds=2)
_LONGEST_PAUSE: Final = timedelta(hours=1)


class Sight(StrEnum):
    """What a look-up tells of the ending of a dossier."""

    SHOWN = "shown"
    NOT_YET = "not_yet"
    UNTELLABLE = "untellable"  #: a portal that knows the dossier and shows no history of anything


def sight_of(record: PortalRecord | None, ending: PortalEntry) -> Sight:
    """Tell whether the portal shows the entry that ended a dossier; entries are known by time and status."""
    if record is None:
        return Sight.NOT_YET
    if record.entries is None:
        return Sight.UNTELLABLE
    wanted = PortalEntry(ending.at.replace(microsecond=0), ending.status)
    return Sight.SHOWN if wanted in record.entries else Sight.NOT_YET


def pause_after(questions: int, *, waited: timedelta) -> timedelta | None:
    """Give the time until the next question after so many that did not show it; `None` ends the asking.

    Pauses double, so that what is seen is known to be at most about twice as late as it was shown.
    """
    if waited >= ASKED_UNTIL:
        return None
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(questions - 1, 20)))
