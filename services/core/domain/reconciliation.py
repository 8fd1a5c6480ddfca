"""Where the portal's holdings and ours differ, and what is done about it. Pure functions over values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.core.domain.delivery import Cursor, DeliveryState, Target
from services.core.domain.holdings import Bucket, Held, Sum

#: An unknown outcome is looked up by the delivery anyway, and a leased row is being worked on.
_SETTLED_STATES: Final = frozenset({DeliveryState.SYNCED, DeliveryState.DUE, DeliveryState.PARKED})


class Direction(StrEnum):
    """Who lacks what."""

    OURS_NOT_THEIRS = "ours_not_theirs"  #: acknowledged once, and the portal does not list it
    THEIRS_NOT_OURS = "theirs_not_ours"  #: the portal lists it, and we know no such dossier
    BOTH_DIFFER = "both_differ"  #: both know it, each with another history or day


class Repair(StrEnum):
    """What is done about a difference."""

    ASK = "ask"  #: nothing counts as acknowledged any more: looked up, then sent from what the portal shows
    PARK = "park"  #: the portal shows more than we could have sent: a person has to look
    PERSON = "person"  #: nothing here to mend: restored data, a forgery, or a person has it already


@dataclass(frozen=True, slots=True)
class Ours:
    """A dossier by what the portal has acknowledged of it.

    `travelling` counts all entries that the portal is to have, acknowledged or not; `quiet` holds if the
    worker last touched it before the holdings were taken, with room to spare.
    """

    dossier_id: UUID
    held: Held
    bucket: Bucket
    procedure_code: str
    state: DeliveryState
    token: int
    cursor: Cursor
    target: Target
    travelling: int
    born_on_portal: bool
    due_at: datetime | None
    quiet: bool

    def under_way(self, theirs: Held | None) -> bool:
        """Tell whether the difference may come from work in progress.

        Ours is read after theirs. So a row that is not being worked on, and lists fewer entries than the
        portal did before, has missed something however lately it was touched: a restored database, and a
        desk that goes on with it.
        """
        if self.state not in _SETTLED_STATES:
            return True
        missed = theirs is not None and theirs.entries > self.held.entries
        return not self.quiet and not missed


@dataclass(frozen=True, slots=True)
class Difference:
    """One dossier that the two sides do not hold alike; `bucket` is the one in which it was found."""

    code: str
    direction: Direction
    bucket: Bucket
    ours: Ours | None
    theirs: Held | None

    @property
    def repair(self) -> Repair:
        """Decide what is to be done."""
        ours, theirs = self.ours, self.theirs
        if ours is None or ours.state is DeliveryState.PARKED:
            return Repair.PERSON
        if theirs is not None and theirs.entries > ours.travelling and not ours.born_on_portal:
            return Repair.PARK
        return Repair.ASK


@dataclass(frozen=True, slots=True)
class Compared:
    """What a look into one bucket gave; `in_flight` dossiers were passed over."""

    differences: list[Difference]
    in_flight: int


def windows(first: date, last: date, *, days: int) -> list[tuple[date, date]]:
    """Cut a range of days, both ends included, into pieces of at most `days`."""
    starts = range(0, (last - first).days + 1, days)
    step = timedelta(days=days - 1)
    return [(start, min(start + step, last)) for start in (first + timedelta(days=n) for n in starts)]


def differing(ours: Mapping[Bucket, Sum], theirs: Mapping[Bucket, Sum]) -> list[Bucket]:
    """Name the buckets whose sums differ, earliest day first; only these are looked into."""
    return sorted(bucket for bucket in ours.keys() | theirs.keys() if ours.get(bucket) != theirs.get(bucket))


def compare(bucket: Bucket, ours: Sequence[Ours], theirs: Sequence[Held]) -> Compared:
    """Compare dossier by dossier.

    `ours` are those of the bucket that the portal is believed to hold, and whatever else we know of those
    that it lists there.
    """
    known = {our.held.code: our for our in ours}
    listed = {held.code: held for held in theirs}
    found: list[Difference] = []
    in_flight = 0
    for code in sorted(known.keys() | listed.keys()):
        our, their = known.get(code), listed.get(code)
        direction = _direction(bucket, our, their)
        if direction is None:
            continue
        if our is not None and our.under_way(their):
            in_flight += 1
        else:
            found.append(Difference(code, direction, bucket, our, their))
    return Compared(found, in_flight)


def in_doubt(ours: Ours, theirs: Held | None) -> Cursor:
    """Give the cursor with which a dossier is looked up anew: no entry counts as acknowledged.

    What the look-up shows moves it on (`delivery.resolve`). The body counts as sent in its version before
    last, so that a newer one goes again; never as not sent at all, because then a portal that shows no
    history would get all entries a second time.
    """
    sent = ours.cursor.acked_version > 0 or (theirs is not None and theirs.entries > 0)
    version = max(1, min(ours.cursor.acked_version, ours.target.version - 1)) if sent else 0
    return Cursor(
        # A dossier that the portal has numbered cannot be created there by us: its denial is a conflict.
        on_portal=theirs is not None or ours.born_on_portal,
        acked_version=version,
        acked_seq=0,
    )


def _direction(bucket: Bucket, our: Ours | None, their: Held | None) -> Direction | None:
    if our is None:
        return Direction.THEIRS_NOT_OURS
    if their is None:
        here = our.bucket == bucket and our.cursor.on_portal
        return Direction.OURS_NOT_THEIRS if here else None
    return None if _agree(bucket, our, their) else Direction.BOTH_DIFFER


def _agree(bucket: Bucket, our: Ours, their: Held) -> bool:
    if our.bucket != bucket or not our.cursor.on_portal:
        return False
    # Only a dossier born on the portal may carry entries of the portal's own.
    own_entries_there = our.born_on_portal and their.entries >= our.held.entries
    return own_entries_there or our.held.line == their.line
