"""The life of a dossier: its statuses, and which may follow which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from services.core.domain.errors import DomainError


class Status(IntEnum):
    """Statuses of the national portal (portal-interface 2.4); the numbers travel on the wire."""

    REGISTERED = 1
    RECEIVED = 2
    REFUSED = 3
    IN_PROCESS = 4
    SUPPLEMENT_REQUESTED = 5
    PAYMENT_REQUESTED = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    RETURNED = 10


class EntryKind(StrEnum):
    """What a line of the history says. Only `PROGRESS` may change the status, and only that travels."""

    PROGRESS = "progress"
    APOLOGY = "apology"
    EXTENSION = "extension"
    CORRECTION = "correction"
    PAYMENT = "payment"


#: Why each arrow exists. `None` is a dossier that does not exist yet. What is not here is refused.
TRANSITIONS: Final[Mapping[Status | None, Mapping[Status, str]]] = MappingProxyType(
    {
        None: {
            Status.REGISTERED: "filed online or by post, not yet looked at",
            Status.RECEIVED: "handed in at the desk and taken in at once",
        },
        Status.REGISTERED: {
            Status.RECEIVED: "the desk found the filing complete",
            Status.REFUSED: "the desk does not take the filing in",
            Status.SUPPLEMENT_REQUESTED: "papers are missing before reception",
            Status.WITHDRAWN: "the citizen changed their mind before reception",
        },
        Status.RECEIVED: {
            Status.REFUSED: "found inadmissible when checked after reception",
            Status.IN_PROCESS: "handed to the officer in charge",
            Status.SUPPLEMENT_REQUESTED: "papers are missing",
            Status.PAYMENT_REQUESTED: "a fee or tax is due first",
            Status.WITHDRAWN: "the citizen withdraws",
            Status.STOPPED: "processing cannot go on",
            Status.FINISHED: "settled at the counter",
        },
        Status.IN_PROCESS: {
            Status.IN_PROCESS: "passed on to the next officer or department",
            Status.SUPPLEMENT_REQUESTED: "papers are missing",
            Status.PAYMENT_REQUESTED: "a fee or tax is due before the result",
            Status.WITHDRAWN: "the citizen withdraws",
            Status.STOPPED: "processing cannot go on",
            Status.FINISHED: "the result is ready",
        },
        Status.SUPPLEMENT_REQUESTED: {
            Status.RECEIVED: "supplement answered, reception completed",
            Status.IN_PROCESS: "supplement answered, processing resumes",
            Status.SUPPLEMENT_REQUESTED: "the answer was not sufficient",
            Status.WITHDRAWN: "the citizen withdraws",
            Status.STOPPED: "the citizen did not answer in time",
        },
        Status.PAYMENT_REQUESTED: {
            Status.IN_PROCESS: "paid, processing resumes",
            Status.WITHDRAWN: "the citizen withdraws",
            Status.STOPPED: "not paid in time",
            Status.FINISHED: "paid, and the result is ready",
        },
        Status.FINISHED: {Status.RETURNED: "the result is in the citizen's hands"},
        Status.REFUSED: {},
        Status.WITHDRAWN: {},
        Status.STOPPED: {},
        Status.RETURNED: {},
    }
)

#: Statuses at which the officer's work is over and the portal stops its clock (portal-interface 5.1, rule 2).
ENDING: Final = frozenset(
    {Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.FINISHED, Status.RETURNED}
)

#: Clocks of counter machines run ahead; more than this is a typing error, not a drift.
FUTURE_TOLERANCE: Final = timedelta(minutes=5)


class IllegalTransition(DomainError):
    """The present status does not allow the wanted one; the facts name both and what is allowed."""

    code = "illegal-transition"


class SecondSupplementNeedsConfirmation(DomainError):
    """The portal counts a dossier with a second supplement request as late (portal-interface 5.1, rule 3)."""

    code = "second-supplement-needs-confirmation"


class EntryOutOfOrder(DomainError):
    """The history is append-only: an entry may not happen before the one that it follows."""

    code = "entry-out-of-order"


class EntryInTheFuture(DomainError):
    """A progress entry says what has happened, so it cannot lie ahead of the clock."""

    code = "entry-in-the-future"


class DossierEnded(DomainError):
    """Nothing but corrections follows an ended dossier."""

    code = "dossier-ended"


@dataclass(frozen=True, slots=True)
class ProgressEntry:
    """One line of the append-only history; `seq` counts from 1 without gaps."""

    seq: int
    status: Status
    occurred_at: datetime
    officer: str
    department: str | None
    text: str
    kind: EntryKind = EntryKind.PROGRESS

    @property
    def travels(self) -> bool:
        """Tell whether the portal gets this line; the other kinds reach it through the dossier's body.

        As a progress entry they would repeat the present status at a time of their own: a correction during
        an open supplement would count as a second request, which makes the dossier late (rule 3).
        """
        return self.kind is EntryKind.PROGRESS


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dossier is in its life: all that the next move is judged by."""

    status: Status
    last_occurred_at: datetime
    supplement_requests: int


def allowed_after(status: Status | None) -> tuple[Status, ...]:
    """Statuses that may follow, in the portal's numbering."""
    return tuple(sorted(TRANSITIONS[status]))


def check_first(status: Status, *, occurred_at: datetime, now: datetime) -> None:
    """Refuse a history that begins with anything but registration or reception."""
    if status not in TRANSITIONS[None]:
        raise IllegalTransition(
            pointer="/status", present=None, wanted=int(status), allowed=[int(s) for s in allowed_after(None)]
        )
    _check_not_ahead(occurred_at, now)


def check_move(
    standing: Standing,
    to: Status,
    *,
    occurred_at: datetime,
    now: datetime,
    second_supplement_confirmed: bool,
) -> None:
    """Refuse a move that the life of a dossier does not know.

    Raises `IllegalTransition`, `SecondSupplementNeedsConfirmation`, `EntryOutOfOrder` or `EntryInTheFuture`.
    """
    if to not in TRANSITIONS[standing.status]:
        raise IllegalTransition(
            pointer="/status",
            present=int(standing.status),
            wanted=int(to),
            allowed=[int(s) for s in allowed_after(standing.status)],
        )
    check_time(standing, occurred_at=occurred_at, now=now)
    again = to is Status.SUPPLEMENT_REQUESTED and standing.supplement_requests > 0
    if again and not second_supplement_confirmed:
        raise SecondSupplementNeedsConfirmation(
            pointer="/second_supplement_confirmed", requests=standing.supplement_requests
        )


def check_time(standing: Standing, *, occurred_at: datetime, now: datetime) -> None:
    """Refuse an entry that lies before its predecessor or ahead of the clock."""
    if occurred_at < standing.last_occurred_at:
        raise EntryOutOfOrder(pointer="/occurred_at", previous=standing.last_occurred_at.isoformat())
    _check_not_ahead(occurred_at, now)


def _check_not_ahead(occurred_at: datetime, now: datetime) -> None:
    if occurred_at > now + FUTURE_TOLERANCE:
        raise EntryInTheFuture(pointer="/occurred_at", now=now.isoformat())
