"""How a dossier moves through its life, and what every move does to its due time."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.core.domain.dossier import (
    ENDING,
    DossierEnded,
    Standing,
    Status,
    check_first,
    check_move,
    check_time,
)
from services.core.domain.errors import DomainError
from services.core.domain.promise import Terms

#: A dossier with one of these and no other before was never taken in (portal-interface 5.1, rule 2).
_BEFORE_RECEPTION: Final = frozenset(
    {Status.REGISTERED, Status.SUPPLEMENT_REQUESTED, Status.REFUSED, Status.WITHDRAWN}
)


class DueTimeSet(DomainError):
    """The due time was promised at the reception; later it is changed by an extension only."""

    code = "due-time-set"


class NotReceived(DomainError):
    """Nothing was promised yet that could be extended or apologised for."""

    code = "not-received"


class ClockStopped(DomainError):
    """The clock stands still until the citizen answers the supplement request."""

    code = "clock-stopped"


class ExtensionTooLate(DomainError):
    """An extension is granted before the due time; after it only an apology is left."""

    code = "extension-too-late"


class ExtensionNotLater(DomainError):
    code = "extension-not-later"


class ApologyGiven(DomainError):
    """A new date is promised once."""

    code = "apology-given"


class ApologyDateNotAhead(DomainError):
    code = "apology-date-not-ahead"


@dataclass(frozen=True, slots=True)
class Move:
    """A step that an officer took. `due_at` is what the desk promises, for the reception only."""

    status: Status
    occurred_at: datetime
    second_supplement_confirmed: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """Where a dossier stands.

    `last_occurred_at` is the time of the last progress entry: corrections, extensions and apologies are
    stamped when they are written down, and say nothing about how early the next step may have happened.
    `ended_at` is when the officer's work ended; handing the result over does not change it.
    """

    status: Status
    last_occurred_at: datetime
    supplement_requests: int
    supplement_asked_at: datetime | None
    received_at: datetime | None
    promised_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    returned_at: datetime | None

    @property
    def standing(self) -> Standing:
        return Standing(self.status, self.last_occurred_at, self.supplement_requests)

    @property
    def ended(self) -> bool:
        return self.status in ENDING


def begin(move: Move, terms: Terms, *, now: datetime) -> Life:
    """Start a life; raises what `check_first` and `Terms.promise` raise."""
    check_first(move.status, occurred_at=move.occurred_at, now=now)
    unborn = Life(
        status=move.status,
        last_occurred_at=move.occurred_at,
        supplement_requests=0,
        supplement_asked_at=None,
        received_at=None,
        promised_at=None,
        due_at=None,
        ended_at=None,
        returned_at=None,
    )
    born = _after(unborn, move, terms)
    return born if born.received_at else replace(born, due_at=terms.agreed_due)


def advance(life: Life, move: Move, terms: Terms, *, now: datetime) -> Life:
    """Take a step; raises what `check_move` and `Terms.promise` raise, and `DueTimeSet`."""
    check_move(
        life.standing,
        move.status,
        occurred_at=move.occurred_at,
        now=now,
        second_supplement_confirmed=move.second_supplement_confirmed,
    )
    return _after(life, move, terms)


def check_extension(life: Life, new_due_at: datetime, *, at: datetime) -> None:
    """Refuse more time where none was promised, where it is too late, or where the clock stands still."""
    due_at = _running_due(life)
    if at > due_at:
        raise ExtensionTooLate(due_at=due_at.isoformat())
    if new_due_at <= due_at:
        raise ExtensionNotLater(pointer="/new_due_at", due_at=due_at.isoformat())


def check_apology(life: Life, new_date: datetime, *, given_before: bool, at: datetime) -> None:
    """Refuse a second apology, one for a dossier that owes nothing, and a new date that has passed."""
    if given_before:
        raise ApologyGiven
    _running_due(life)
    if new_date <= at:
        raise ApologyDateNotAhead(pointer="/new_date", now=at.isoformat())


def check_stamp(life: Life, *, occurred_at: datetime, now: datetime) -> None:
    """Refuse a line of the history that lies before its predecessor or ahead of the clock."""
    check_time(life.standing, occurred_at=occurred_at, now=now)


def _running_due(life: Life) -> datetime:
    if life.ended:
        raise DossierEnded(present=int(life.status))
    if life.received_at is None or life.due_at is None:
        raise NotReceived(present=int(life.status))
    if life.status is Status.SUPPLEMENT_REQUESTED:
        raise ClockStopped(present=int(life.status))
    return life.due_at


def _after(life: Life, move: Move, terms: Terms) -> Life:
    asks = move.status is Status.SUPPLEMENT_REQUESTED
    ends = move.status in ENDING and life.ended_at is None
    moved = _with_due(life, move, terms)
    return replace(
        moved,
        status=move.status,
        last_occurred_at=move.occurred_at,
        supplement_requests=life.supplement_requests + asks,
        supplement_asked_at=move.occurred_at if asks else None,
        ended_at=move.occurred_at if ends else life.ended_at,
        returned_at=move.occurred_at if move.status is Status.RETURNED else life.returned_at,
    )


def _with_due(life: Life, move: Move, terms: Terms) -> Life:
    """Promise a due time at reception, and move it by the pause that this step ends."""
    if life.received_at is None:
        return _before_reception(life, move, terms)
    if move.due_at is not None:
        raise DueTimeSet(pointer="/due_at")
    if life.due_at is None or life.supplement_asked_at is None:
        return life
    return replace(life, due_at=terms.after_pause(life.due_at, life.supplement_asked_at, move.occurred_at))


def _before_reception(life: Life, move: Move, terms: Terms) -> Life:
    if move.status in _BEFORE_RECEPTION:
        if move.due_at is not None:
            raise NotReceived(pointer="/due_at", present=int(life.status))
        return life
    if life.due_at is not None and move.due_at is None:
        # The portal promised it when the citizen filed online.
        return replace(life, received_at=move.occurred_at, promised_at=life.due_at)
    due_at = terms.promise(move.occurred_at, move.due_at)
    return replace(life, received_at=move.occurred_at, promised_at=due_at, due_at=due_at)
