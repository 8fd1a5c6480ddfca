"""The script: one situation after the other, each as the portal has been seen to behave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.conformance.evidence import DOSSIERS, PROGRESS
from services.conformance.finding import (
    Check,
    all_complete,
    created_once,
    entries_only_after_dossier,
    fault_met,
    good_one_complete,
    logged_in_again,
    newest_arrived,
    nothing_doubled,
    one_supplement_request,
    refused_one_left_alone,
    waited,
)
from services.conformance.task import REFUSED_PROCEDURE, Task, TaskBook

Rounds = Sequence[Sequence[Task]]
_ARRIVED: Final = (newest_arrived, nothing_doubled)
_WHOLE: Final = (all_complete, nothing_doubled)
_RETRY_AFTER_SECONDS: Final = 3
_OUTAGE_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """`rounds` are handed over one after the other, each after the one before has arrived or run out of time.

    `faults` are ordered at the portal before that; `outage_seconds` takes it down altogether.
    """

    name: str
    vi: str
    en: str
    rounds: Callable[[TaskBook], Rounds]
    checks: Sequence[Check] = _ARRIVED
    faults: Sequence[Mapping[str, object]] = field(default_factory=tuple)
    outage_seconds: float = 0.0

    @property
    def all_checks(self) -> Sequence[Check]:
        """The situation's own, after the one that it came about where it had to be brought about."""
        ordered = self.faults or self.outage_seconds
        return (fault_met, *self.checks) if ordered else self.checks


def _one(*statuses: int) -> Callable[[TaskBook], Rounds]:
    return lambda book: [[book.task(*statuses)]]


def _several(count: int, *statuses: int) -> Callable[[TaskBook], Rounds]:
    return lambda book: [[book.task(*statuses) for _ in range(count)]]


def _twice(book: TaskBook) -> Rounds:
    task = book.task(2, 4, 9)
    return [[task], [task]]


def _growing(book: TaskBook) -> Rounds:
    task = book.task(2, 4, 9, 10)
    return [[task.shortened(1)], [task.shortened(2)], [task]]


def _good_and_refused(book: TaskBook) -> Rounds:
    return [[book.task(2, 4, 9), book.task(2, 4, 9, procedure=REFUSED_PROCEDURE)]]


SITUATIONS: Final = (
    Situation(
        name="history",
        vi="Ngày thường: đủ các bước của hồ sơ",
        en="An ordinary day: every step of a dossier",
        rounds=_several(3, 2, 4, 9, 10),
        checks=(*_WHOLE, entries_only_after_dossier),
    ),
    Situation(
        name="growing",
        vi="Hồ sơ có thêm bước sau khi đã đồng bộ",
        en="Steps are added after the dossier has been delivered",
        rounds=_growing,
        checks=_WHOLE,
    ),
    Situation(
        name="repeat",
        vi="Phần mềm một cửa gửi cùng một hồ sơ hai lần",
        en="The counter hands the same dossier over twice",
        rounds=_twice,
    ),
    Situation(
        name="drift",
        vi='Cổng trả mã thành công lúc là số 0, lúc là "0", lúc là "00"',
        en='Success comes as 0, "0" or "00"',
        rounds=_several(8, 2, 4),
        checks=(*_ARRIVED, created_once),
    ),
    Situation(
        name="create-answer-lost",
        vi="Cổng đã lưu hồ sơ nhưng câu trả lời bị mất",
        en="The portal stores the dossier, the answer is lost",
        rounds=_one(2, 4, 9),
        faults=[{"shape": "answer_lost", "operation": DOSSIERS, "first_n": 1}],
    ),
    Situation(
        name="progress-answer-lost",
        vi="Cổng đã lưu tiến độ nhưng câu trả lời bị mất",
        en="The portal stores the steps, the answer is lost",
        rounds=_one(2, 4, 9),
        faults=[{"shape": "answer_lost", "operation": PROGRESS, "first_n": 1}],
    ),
    Situation(
        name="supplement-answer-lost",
        vi="Câu trả lời bị mất đúng lúc gửi yêu cầu bổ sung",
        en="The answer is lost on a supplement request, which counts as a second one if it is sent again",
        rounds=_one(2, 4, 5, 4, 9),
        checks=(*_ARRIVED, one_supplement_request),
        faults=[{"shape": "answer_lost", "operation": PROGRESS, "manner": "gateway_timeout", "first_n": 1}],
    ),
    Situation(
        name="cut-answer",
        vi="Câu trả lời bị cắt giữa chừng",
        en="The answer ends in the middle",
        rounds=_one(2, 4, 9),
        faults=[{"shape": "cut_body", "operation": PROGRESS, "manner": "close_delimited", "first_n": 1}],
    ),
    Situation(
        name="html",
        vi="Cổng trả trang HTML bảo trì với mã 200",
        en="A maintenance page in HTML under status 200",
        rounds=_one(2, 4, 9),
        faults=[
            {"shape": "html", "operation": DOSSIERS, "first_n": 1},
            {"shape": "html", "operation": PROGRESS, "first_n": 1},
        ],
    ),
    Situation(
        name="server-error",
        vi="Cổng báo lỗi 502 vài lần liền",
        en="Status 502 several times in a row",
        rounds=_one(2, 4, 9),
        faults=[{"shape": "http_5xx", "status": 502, "operation": PROGRESS, "first_n": 3}],
    ),
    Situation(
        name="outage",
        vi="Cổng ngừng hẳn rồi hoạt động lại",
        en="The portal is down, and comes back",
        rounds=_several(3, 2, 4, 9),
        outage_seconds=_OUTAGE_SECONDS,
    ),
    Situation(
        name="throttled",
        vi="Cổng yêu cầu gọi chậm lại (429)",
        en="The portal asks for patience (429)",
        rounds=_one(2, 4, 9),
        checks=(*_ARRIVED, waited(_RETRY_AFTER_SECONDS)),
        faults=[
            {
                "shape": "throttled",
                "retry_after": str(_RETRY_AFTER_SECONDS),
                "operation": DOSSIERS,
                "first_n": 1,
            }
        ],
    ),
    Situation(
        name="refusal",
        vi="Cổng từ chối một trong hai hồ sơ",
        en="The portal refuses one of two dossiers",
        rounds=_good_and_refused,
        checks=(good_one_complete, refused_one_left_alone),
    ),
    # Last, because a desk that never logs in again is of no use afterwards.
    Situation(
        name="session-expired",
        vi="Phiên làm việc hết hạn giữa hồ sơ và tiến độ",
        en="The session ends between the dossier and its steps",
        rounds=_one(2, 4, 9),
        checks=(*_ARRIVED, logged_in_again),
        faults=[{"shape": "session_expired", "operation": PROGRESS, "first_n": 1}],
    ),
)
