"""What the portal says of a dossier: on time or late, and by which rule and values.

Rules as transcribed from the portal's formula document for index 766, item 2.1. Written from that
text alone, so that a misreading in the delivery side cannot hide here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, Literal

from services.mock_kit.moments import HANOI
from services.mock_portal.legal_limit import LegalLimit

SUPPLEMENT_REQUESTED: Final = 5
SUPPLEMENT_ANSWERED: Final = 4
"""The list has no status of its own for it; work goes on."""

_RECEIVED: Final = frozenset({2, 4, 5, 6, 9, 10})
_ANSWERED: Final = frozenset({2, 4, 6, 9, 10})
_CLOSING_BY_PREFERENCE: Final = (frozenset({9}), frozenset({10}), frozenset({3, 7, 8}))
_CLOSING: Final = frozenset[int]().union(*_CLOSING_BY_PREFERENCE)


class Standing(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    RUNNING = "running"
    WAITING = "waiting"
    NOT_RECEIVED = "not_received"


class Rule(IntEnum):
    """Number of the rule that settled the end time, or that settled the verdict alone."""

    CLOSING_STATUS = 2
    SUPPLEMENT_OPEN = 3
    UNFINISHED = 6


@dataclass(frozen=True, slots=True)
class VerdictRules:
    """Readings of the formula that its text leaves open; the defaults are the literal ones."""

    compare: Literal["instant", "date"] = "instant"
    end_from_body: bool = False
    """Whether NgayKetThucXuLy ends a dossier whose progress list has no closing status."""
    second_request_only_while_open: bool = False
    """Whether a second supplement request stops to count against a dossier once it is answered."""
    supplements_from_body: bool = False
    """Whether DanhSachHoSoBoSung of the body counts beside the progress list."""
    repeated_closing: Literal["first", "last"] = "first"
    """Which of several entries with the same closing status gives the end time."""


@dataclass(frozen=True, slots=True)
class Step:
    status: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """What the portal holds of one dossier; every time is aware."""

    received_at: datetime
    due_at: datetime | None
    limit: LegalLimit | None
    body_statuses: Sequence[int]
    """Every TrangThaiHoSo the dossier body has carried, the present one last."""
    body_ended_at: datetime | None
    steps: Sequence[Step]
    """Progress entries, by their own time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    standing: Standing
    rule: Rule | None
    finished: bool
    ended_at: datetime | None
    ended_by: str | None
    due_at: datetime | None
    due_by: Literal["NgayHenTra", "legal_limit"] | None
    supplement: timedelta
    supplement_requests: int
    late_after: datetime | None
    """For an unfinished dossier in time: the last moment at which it still is."""


@dataclass(frozen=True, slots=True)
class _Supplements:
    requests: int
    answered: timedelta
    open_since: datetime | None


def judge(case: Case, *, as_of: datetime, rules: VerdictRules) -> Verdict:
    """Apply the rules; `as_of` is the end of the reporting period, or now."""
    closing = _closing(case, rules)
    supplements = _supplements(case.steps, until=closing.at if closing else None)
    if not _was_received(case):
        return _verdict(case, Standing.NOT_RECEIVED, supplements=supplements)
    if supplements.requests > 1 and _second_request_counts(supplements, closing, rules):
        return _late_by_second_request(case, closing, supplements)
    if closing is not None:
        return _closed(case, closing, supplements, rules)
    if supplements.open_since is not None:
        return _waiting(case, supplements.open_since, supplements, rules)
    return _running(case, as_of, supplements, rules)


def _was_received(case: Case) -> bool:
    return not _RECEIVED.isdisjoint(case.body_statuses) or any(s.status in _RECEIVED for s in case.steps)


def _closing(case: Case, rules: VerdictRules) -> Step | None:
    for statuses in _CLOSING_BY_PREFERENCE:
        found = [step for step in case.steps if step.status in statuses]
        if found:
            return found[0] if rules.repeated_closing == "first" else found[-1]
    present = case.body_statuses[-1]
    if rules.end_from_body and case.body_ended_at is not None and present in _CLOSING:
        return Step(present, case.body_ended_at)
    return None


def _supplements(steps: Sequence[Step], *, until: datetime | None) -> _Supplements:
    """Add up answered supplement time before `until`; whatever goes on working answers a request."""
    requests = sum(step.status == SUPPLEMENT_REQUESTED for step in steps)
    answered, open_since = timedelta(), None
    for step in steps:
        if until is not None and step.at > until:
            break
        if step.status == SUPPLEMENT_REQUESTED:
            open_since = open_since or step.at
        elif step.status in _ANSWERED and open_since is not None:
            answered += step.at - open_since
            open_since = None
    return _Supplements(requests, answered, open_since)


def _second_request_counts(supplements: _Supplements, closing: Step | None, rules: VerdictRules) -> bool:
    still_open = closing is None and supplements.open_since is not None
    return still_open or not rules.second_request_only_while_open


def _late_by_second_request(case: Case, closing: Step | None, supplements: _Supplements) -> Verdict:
    return _verdict(
        case,
        Standing.LATE,
        rule=Rule.SUPPLEMENT_OPEN,
        finished=closing is not None,
        ended_at=closing.at if closing else None,
        ended_by="second_supplement_request",
        supplements=supplements,
    )


def _closed(case: Case, closing: Step, supplements: _Supplements, rules: VerdictRules) -> Verdict:
    in_time = _in_time(case, closing.at - supplements.answered, rules)
    return _verdict(
        case,
        Standing.ON_TIME if in_time else Standing.LATE,
        rule=Rule.CLOSING_STATUS,
        finished=True,
        ended_at=closing.at,
        ended_by=f"status_{closing.status}",
        supplements=supplements,
    )


def _waiting(case: Case, since: datetime, supplements: _Supplements, rules: VerdictRules) -> Verdict:
    in_time = _in_time(case, since - supplements.answered, rules)
    return _verdict(
        case,
        Standing.WAITING if in_time else Standing.LATE,
        rule=Rule.SUPPLEMENT_OPEN,
        ended_at=since,
        ended_by="supplement_request",
        supplements=supplements,
    )


def _running(case: Case, as_of: datetime, supplements: _Supplements, rules: VerdictRules) -> Verdict:
    in_time = _in_time(case, as_of - supplements.answered, rules)
    bound = _bound(case, rules)
    return _verdict(
        case,
        Standing.RUNNING if in_time else Standing.LATE,
        rule=Rule.UNFINISHED,
        ended_at=as_of,
        ended_by="as_of",
        supplements=supplements,
        late_after=bound + supplements.answered if in_time and bound is not None else None,
    )


def _in_time(case: Case, end: datetime, rules: VerdictRules) -> bool:
    bound = _bound(case, rules)
    return bound is None or end <= bound


def _bound(case: Case, rules: VerdictRules) -> datetime | None:
    """Last moment in time; with dates compared, the last moment of the due day in Vietnam."""
    due, _ = _due(case)
    if due is None or rules.compare == "instant":
        return due
    return due.astimezone(HANOI).replace(hour=23, minute=59, second=59, microsecond=999_999)


def _due(case: Case) -> tuple[datetime | None, Literal["NgayHenTra", "legal_limit"] | None]:
    if case.due_at is not None:
        return case.due_at, "NgayHenTra"
    if case.limit is not None:
        return case.limit.due_from(case.received_at), "legal_limit"
    return None, None


def _verdict(
    case: Case,
    standing: Standing,
    *,
    supplements: _Supplements,
    rule: Rule | None = None,
    finished: bool = False,
    ended_at: datetime | None = None,
    ended_by: str | None = None,
    late_after: datetime | None = None,
) -> Verdict:
    due_at, due_by = _due(case)
    return Verdict(
        standing=standing,
        rule=rule,
        finished=finished,
        ended_at=ended_at,
        ended_by=ended_by,
        due_at=due_at,
        due_by=due_by,
        supplement=supplements.answered,
        supplement_requests=supplements.requests,
        late_after=late_after,
    )
