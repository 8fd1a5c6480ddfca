"""The history of a dossier, as far as the dates of a register prove it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from services.api.problems import Said
from services.cli.imports.dossier_words import STATUS_WORDS, VERDICT_WORDS
from services.cli.tables.cells import Moment, moment_of
from services.cli.tables.fault import CellUnusable, Fault
from services.cli.tables.folding import fold
from services.cli.tables.table import TableRow
from services.core.domain.deadline import VIETNAM
from services.core.domain.dossier import Status

UNKNOWN_STATUS: Final = Fault(
    "unknown-status",
    Said(
        "Không hiểu trạng thái này; hãy dùng: đã tiếp nhận, đang xử lý, yêu cầu bổ sung, đã xử lý xong, "
        "đã trả kết quả, không tiếp nhận, rút hồ sơ, dừng xử lý.",
        "This status is not known; see docs/imports-and-reports.md for those that are.",
    ),
)
DATE_MISSING: Final = Fault(
    "date-missing",
    Said(
        "Trạng thái của dòng cần ngày này, không thể suy ra.",
        "The status of the row needs this date; it cannot be guessed.",
    ),
)
DATE_NOT_WANTED: Final = Fault(
    "date-contradicts-status",
    Said("Ngày này trái với trạng thái của dòng.", "This date contradicts the status of the row."),
)
STEP_NOT_DATED: Final = Fault(
    "step-not-dated",
    Said(
        "Trạng thái không có ngày, nên hồ sơ dừng ở bước cuối có ngày.",
        "The status has no date, so the dossier stays at its last dated step.",
    ),
)

#: Statuses that end a dossier without a result.
_WITHOUT_RESULT: Final = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED})
_OVER: Final = _WITHOUT_RESULT | {Status.FINISHED, Status.RETURNED}
_END_OF_DAY: Final = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class DatedStep:
    """A step with the column that dates it."""

    status: Status
    column: str
    moment: Moment


def status_of(row: TableRow) -> Status | None:
    """Read the status; a verdict behind it is passed over. Raises `CellUnusable`."""
    text = row.text("status")
    if text is None:
        return None
    words = fold(text)
    for verdict in VERDICT_WORDS:
        words = words.removesuffix(verdict)
    status = STATUS_WORDS.get(words)
    if status is None:
        raise CellUnusable(UNKNOWN_STATUS, "status")
    return status


def moment_in(row: TableRow, column: str) -> Moment | None:
    """Read a column of dates; raises `CellUnusable`, naming it."""
    cell = row.cell(column)
    if cell is None:
        return None
    try:
        return moment_of(cell)
    except CellUnusable as exc:
        raise CellUnusable(exc.fault, column) from exc


def steps_of(row: TableRow, *, registered: bool, returned_is_finished: bool) -> list[DatedStep]:
    """Give the steps that the row dates, in order; raises `CellUnusable`.

    `registered` tells that the dossier began on line, with its submission. A date of return stands for the
    end of the work, too, only where the operator said so by `returned_is_finished`.
    """
    status = status_of(row)
    steps = [step for step in (_step(row, Status.REGISTERED, "submitted_at"),) if step and registered]
    if received := _step(row, Status.RECEIVED, "received_at"):
        steps += [received, *_middle(row)]
    elif status is not Status.REGISTERED and not (steps and status in _WITHOUT_RESULT):
        raise CellUnusable(DATE_MISSING, "received_at")
    elif not steps:
        raise CellUnusable(DATE_MISSING, "submitted_at")
    return steps + _ending(row, status, returned_is_finished=returned_is_finished)


def is_undated(status: Status | None, steps: Sequence[DatedStep]) -> bool:
    """Tell whether the row names a status that none of its dates proves."""
    return status is not None and status not in {step.status for step in steps}


def instants(moments: Sequence[Moment]) -> list[datetime]:
    """Put moments on the clock: a day without a time is its first instant that keeps their order."""
    at: list[datetime] = []
    for moment in moments:
        instant = _instant(moment.day, moment.clock or time.min)
        if moment.clock is None and at and at[-1].astimezone(VIETNAM).date() == moment.day:
            instant = at[-1]
        at.append(instant)
    return at


def due_on_clock(moment: Moment) -> datetime:
    """Take a due day without a time to its end: nothing earlier was promised."""
    return _instant(moment.day, moment.clock or _END_OF_DAY)


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=VIETNAM).astimezone(UTC)


def _step(row: TableRow, status: Status, column: str) -> DatedStep | None:
    moment = moment_in(row, column)
    return None if moment is None else DatedStep(status, column, moment)


def _middle(row: TableRow) -> list[DatedStep]:
    """Give what happened between reception and end, by its dates; of one day in the order of the law."""
    found = (
        _step(row, Status.IN_PROCESS, "processing_at"),
        _step(row, Status.SUPPLEMENT_REQUESTED, "supplement_asked_at"),
        _step(row, Status.IN_PROCESS, "supplement_answered_at"),
    )
    return sorted((step for step in found if step), key=lambda step: step.moment.day)


def _ending(row: TableRow, status: Status | None, *, returned_is_finished: bool) -> list[DatedStep]:
    finished, returned = moment_in(row, "finished_at"), moment_in(row, "returned_at")
    if status in _WITHOUT_RESULT:
        over = finished or returned
        if over is None:
            raise CellUnusable(DATE_MISSING, "finished_at")
        return [DatedStep(status, "finished_at" if finished else "returned_at", over)]
    if status is not None and status not in _OVER:
        if finished or returned:
            raise CellUnusable(DATE_NOT_WANTED, "finished_at" if finished else "returned_at")
        return []
    _check_dates(status, finished, returned, returned_is_finished=returned_is_finished)
    ending = []
    if over := finished or returned:
        ending.append(DatedStep(Status.FINISHED, "finished_at" if finished else "returned_at", over))
    if returned:
        ending.append(DatedStep(Status.RETURNED, "returned_at", returned))
    return ending


def _check_dates(
    status: Status | None, finished: Moment | None, returned: Moment | None, *, returned_is_finished: bool
) -> None:
    """Refuse a return without an end of the work, and a status without its date."""
    if finished is None and not (returned and returned_is_finished) and (returned or status in _OVER):
        raise CellUnusable(DATE_MISSING, "finished_at")
    if status is Status.RETURNED and returned is None:
        raise CellUnusable(DATE_MISSING, "returned_at")
    if status is Status.FINISHED and returned is not None:
        raise CellUnusable(DATE_NOT_WANTED, "returned_at")
