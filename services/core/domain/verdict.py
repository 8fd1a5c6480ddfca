"""What the national portal says of a dossier: on time or late (portal-interface 5.1).

The rules look at a list of entries only. Fed with the entries that the portal has acknowledged they give the
portal's view, fed with all entries the desk's: where the two differ, the dossier is falsely late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from services.core.domain.dossier import ENDING, ProgressEntry, Status

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")

#: With these alone in its history a dossier was never taken in (rule 2).
_BEFORE_RECEPTION: Final = frozenset(
    {Status.REGISTERED, Status.SUPPLEMENT_REQUESTED, Status.REFUSED, Status.WITHDRAWN}
)
#: By which of them a dossier is over: a later group counts only without an earlier one (rule 2).
_ENDINGS: Final = (
    frozenset({Status.FINISHED}),
    frozenset({Status.RETURNED}),
    ENDING - {Status.FINISHED, Status.RETURNED},
)
#: A supplement request that ends like this was never answered: nothing is subtracted (rule 4).
_UNANSWERED: Final = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED})


class Comparison(StrEnum):
    """How the portal compares the end with the due time; not documented, so it is a setting (5.1, rule 7)."""

    DATE_ONLY = "date_only"
    INSTANT = "instant"


class Verdict(StrEnum):
    """What is published of a dossier at one instant."""

    ON_TIME = "on_time"
    LATE = "late"


class Rule(StrEnum):
    """Which rule decided, for the explanation that people read."""

    NOT_RECEIVED = "not_received"
    NO_DUE_TIME = "no_due_time"
    RUNNING = "running"
    ENDED = "ended"
    SUPPLEMENT_OPEN = "supplement_open"
    SUPPLEMENT_REPEATED = "supplement_repeated"


@dataclass(frozen=True, slots=True)
class StatusAt:
    """The part of a progress entry that the portal judges by."""

    status: Status
    at: datetime


@dataclass(frozen=True, slots=True)
class View:
    """How one observer sees the dossier.

    `flagged_at` is the first instant at which it counts as late: in the past if it does already, in the
    future if it will unless something happens, `None` if it never will on what is known.
    """

    flagged_at: datetime | None
    ended_at: datetime | None
    rule: Rule

    def verdict(self, at: datetime) -> Verdict:
        """Say what this observer publishes at an instant."""
        late = self.flagged_at is not None and self.flagged_at <= at
        return Verdict.LATE if late else Verdict.ON_TIME


def judged(entries: Iterable[ProgressEntry]) -> list[StatusAt]:
    """Give what verdicts are made of: the lines that travel, by status and time."""
    return [StatusAt(entry.status, entry.occurred_at) for entry in entries if entry.travels]


def view_of(
    entries: Sequence[StatusAt],
    *,
    due_at: datetime | None,
    legal_maximum: timedelta | None = None,
    comparison: Comparison,
) -> View:
    """Judge a history in its own order; `due_at` is the NgayHenTra that the observer holds.

    Without a due time the procedure's legal maximum counts from reception (rule 5); without either the
    dossier cannot become late.
    """
    received_at = _received_at(entries)
    second_request = _second_supplement_request(entries)
    ended_at = None if received_at is None else _ended_at(entries)
    if second_request is not None:
        return View(second_request, ended_at, Rule.SUPPLEMENT_REPEATED)
    if received_at is None:
        return View(None, None, Rule.NOT_RECEIVED)
    limit = due_at
    if limit is None and legal_maximum is not None:
        limit = received_at + legal_maximum
    if limit is None:
        return View(None, ended_at, Rule.NO_DUE_TIME)
    turns_late_at = _first_late_instant(limit, comparison) + supplement_time(entries)
    return _view_by_limit(entries, turns_late_at, ended_at)


def flag_while_running(due_at: datetime | None, comparison: Comparison) -> datetime | None:
    """Give the instant from which a dossier that shows no end counts as late."""
    return None if due_at is None else _first_late_instant(due_at, comparison)


def portal_flag(
    acknowledged: Sequence[StatusAt],
    *,
    portal_due_at: datetime | None,
    due_at: datetime | None,
    comparison: Comparison,
) -> datetime | None:
    """Give the instant at which the portal's view turns late unless more is delivered.

    `portal_due_at` is the due time in the acknowledged body, `due_at` ours. A dossier that the portal holds
    without history, or not at all, is treated as running there: the worst that can be said of it. One that
    is over before it was received is not judged at all.
    """
    view = view_of(acknowledged, due_at=portal_due_at, comparison=comparison)
    over = bool(acknowledged) and acknowledged[-1].status in ENDING
    if view.rule is Rule.NOT_RECEIVED and not over:
        return flag_while_running(portal_due_at or due_at, comparison)
    return view.flagged_at


def _view_by_limit(entries: Sequence[StatusAt], turns_late_at: datetime, ended_at: datetime | None) -> View:
    if ended_at is not None:
        return View(turns_late_at if ended_at >= turns_late_at else None, ended_at, Rule.ENDED)
    if entries[-1].status is Status.SUPPLEMENT_REQUESTED:
        asked_at = entries[-1].at
        flagged_at = turns_late_at if asked_at >= turns_late_at else None
        return View(flagged_at, None, Rule.SUPPLEMENT_OPEN)
    return View(turns_late_at, None, Rule.RUNNING)


def _first_late_instant(limit: datetime, comparison: Comparison) -> datetime:
    """Give the earliest instant that compares as later than the limit.

    Both travel as `yyyyMMddHHmmss`, so the finest step is one second.
    """
    if comparison is Comparison.INSTANT:
        return _second(limit) + timedelta(seconds=1)
    next_day = limit.astimezone(VIETNAM).date() + timedelta(days=1)
    return datetime.combine(next_day, time.min, tzinfo=VIETNAM).astimezone(limit.tzinfo)


def _received_at(entries: Iterable[StatusAt]) -> datetime | None:
    """Rule 2: only dossiers that were received are judged; any step of processing implies reception."""
    return next((entry.at for entry in entries if entry.status not in _BEFORE_RECEPTION), None)


def _ended_at(entries: Sequence[StatusAt]) -> datetime | None:
    """Rule 2: processed (9) wins over returned (10), which wins over refused, stopped and withdrawn."""
    for group in _ENDINGS:
        ends = [entry.at for entry in entries if entry.status in group]
        if ends:
            return ends[-1]
    return None


def _requests(entries: Sequence[StatusAt]) -> list[int]:
    return [i for i, entry in enumerate(entries) if entry.status is Status.SUPPLEMENT_REQUESTED]


def _second_supplement_request(entries: Sequence[StatusAt]) -> datetime | None:
    """Rule 3: more than one request counts as late, from the moment of the second."""
    requests = _requests(entries)
    return entries[requests[1]].at if len(requests) > 1 else None


def supplement_time(entries: Sequence[StatusAt]) -> timedelta:
    """Rule 4: the time from a request to its answer is taken off the end, in whole seconds as they travel."""
    spent = timedelta()
    for i in _requests(entries):
        if i + 1 < len(entries) and entries[i + 1].status not in _UNANSWERED:
            spent += _second(entries[i + 1].at) - _second(entries[i].at)
    return spent


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
