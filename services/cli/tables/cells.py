"""What the cells of a table mean: days, moments, sums, numbers of people."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from services.api.problems import Said
from services.cli.tables.fault import CellUnusable, Fault
from services.cli.tables.folding import squeeze
from services.core.domain.identity import PROVINCE_CODES

#: A cell as the readers give it; an empty one is `None` or an empty text.
Cell = str | float | int | bool | date | time | timedelta | None

NOT_A_DATE: Final = Fault(
    "not-a-date",
    Said(
        "Không đọc được ngày; hãy ghi dd/MM/yyyy hoặc dd/MM/yyyy HH:mm.",
        "Not a date; write dd/MM/yyyy or dd/MM/yyyy HH:mm.",
    ),
)
NOT_A_SUM: Final = Fault(
    "not-a-number",
    Said("Không đọc được số; hãy ghi số nguyên, như 1.234.567.", "Not a whole number, such as 1.234.567."),
)
NOT_AN_IDENTITY_NUMBER: Final = Fault(
    "invalid-identity-number",
    Said(
        "Số định danh phải có 12 chữ số, hoặc 9 chữ số của CMND cũ.",
        "An identity number has 12 digits, or the 9 of an old card.",
    ),
)
ZERO_RESTORED: Final = Fault(
    "leading-zero-restored",
    Said(
        "Số định danh bị mất số 0 ở đầu, đã thêm lại; hãy định dạng cột là Văn bản khi xuất tệp.",
        "The identity number had lost its leading zeros; they were put back. Export the column as text.",
    ),
)

_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets count days of the wall clock
#: Days in a spreadsheet's numbering: 1950 to 2099, what the API takes as well.
_FIRST_SERIAL: Final = 18_264
_LAST_SERIAL: Final = 73_050

_CLOCK: Final = (
    r"(?P<hour>\d{1,2})\s?[:hg]\s?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?\s?(?P<half>SA|CH|AM|PM)?"
)
_DAY: Final = r"(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>\d{4})"
_ISO_DAY: Final = r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
_BETWEEN: Final = r"\s*[,T-]?\s*(?:ngày\s*)?"
_MOMENTS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}(?:{_BETWEEN}{_CLOCK})?",
        rf"{_CLOCK}{_BETWEEN}{_DAY}",
        rf"{_ISO_DAY}(?:[ T]{_CLOCK})?",
    )
)
_SERIAL: Final = re.compile(r"\d{5}(?:[.,]\d+)?")
_GROUPED: Final = re.compile(r"(-?)(\d{1,3}(?:[.,\s]\d{3})+|\d+)(?:[.,]0{1,2})?")
_CURRENCY: Final = re.compile(r"\s*(?:đồng|vnđ|vnd|đ|₫)\.?$", re.IGNORECASE)
_AFTERNOON: Final = frozenset({"CH", "PM"})
_NOON: Final = 12

_PERSONAL_LENGTH: Final = 12
_LENGTHS: Final = frozenset({9, _PERSONAL_LENGTH})
#: How long a number is whose zeros a spreadsheet cut off, and how long it was: places begin with 0 or 00.
_SHORTENED: Final = {8: 9, 10: _PERSONAL_LENGTH, 11: _PERSONAL_LENGTH}


@dataclass(frozen=True, slots=True)
class Moment:
    """A point on the wall clock of Vietnam; `clock` is `None` where the file tells the day only."""

    day: date
    clock: time | None


def is_empty(cell: Cell) -> bool:
    """Tell whether nothing was written."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Cell) -> str:
    """Give one line of text: numbers without `.0`, no leading apostrophe, composed letters, single spaces."""
    if isinstance(cell, str):
        return squeeze(cell.strip().removeprefix("'"))
    match cell:
        case None:
            return ""
        case bool():
            return "có" if cell else "không"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.strftime("%d/%m/%Y %H:%M")
        case date():
            return cell.strftime("%d/%m/%Y")
        case _:
            return str(cell)


def moment_of(cell: Cell) -> Moment:
    """Read a day, with a time of day if there is one; raises `CellUnusable`."""
    match cell:
        case datetime():
            return _rounded(cell)
        case date():
            return Moment(cell, None)
        case bool():
            raise CellUnusable(NOT_A_DATE)
        case int() | float():
            return _of_serial(cell)
        case _:
            return _of_text(text_of(cell))


def sum_of(cell: Cell) -> int:
    """Read a whole number such as `1.234.567 đ`; raises `CellUnusable`."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if float(cell).is_integer():
            return int(cell)
        raise CellUnusable(NOT_A_SUM)
    match = _GROUPED.fullmatch(_CURRENCY.sub("", text_of(cell)))
    if match is None:
        raise CellUnusable(NOT_A_SUM)
    sign, digits = match.groups()
    return int(sign + re.sub(r"[.,\s]", "", digits))


def identity_of(cell: Cell, warn: Callable[[Fault], None]) -> str:
    """Read an identity number; zeros that a spreadsheet cut off are put back, and `warn` is told.

    Raises `CellUnusable` where no number of 9 or 12 digits can be meant.
    """
    digits = re.sub(r"[\s.]", "", text_of(cell))
    if not digits.isascii() or not digits.isdecimal():
        raise CellUnusable(NOT_AN_IDENTITY_NUMBER)
    if len(digits) in _LENGTHS:
        return digits
    restored = digits.zfill(_SHORTENED.get(len(digits), 0))
    if restored == digits or not _is_plausible(restored):
        raise CellUnusable(NOT_AN_IDENTITY_NUMBER)
    warn(ZERO_RESTORED)
    return restored


def _is_plausible(digits: str) -> bool:
    """Tell whether a restored number begins with a province; old cards had no such rule."""
    return len(digits) != _PERSONAL_LENGTH or int(digits[:3]) in PROVINCE_CODES


def _rounded(moment: datetime) -> Moment:
    """Give full seconds: days counted in fractions fall some microseconds short."""
    whole = moment
    if moment.microsecond:
        whole = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return Moment(whole.date(), whole.time())


def _of_serial(number: float) -> Moment:
    if not _FIRST_SERIAL <= number < _LAST_SERIAL:
        raise CellUnusable(NOT_A_DATE)
    moment = _rounded(_EPOCH + timedelta(days=number))
    return Moment(moment.day, None) if float(number).is_integer() else moment


def _of_text(text: str) -> Moment:
    if _SERIAL.fullmatch(text):
        return _of_serial(float(text.replace(",", ".")))
    for pattern in _MOMENTS:
        if match := pattern.fullmatch(text):
            return _of_parts(match.groupdict())
    raise CellUnusable(NOT_A_DATE)


def _of_parts(parts: dict[str, str | None]) -> Moment:
    try:
        day = date(int(parts["year"] or 0), int(parts["month"] or 0), int(parts["day"] or 0))
        clock = _clock(parts) if parts["hour"] else None
    except ValueError as exc:
        raise CellUnusable(NOT_A_DATE) from exc
    return Moment(day, clock)


def _clock(parts: dict[str, str | None]) -> time:
    hour, half = int(parts["hour"] or 0), (parts["half"] or "").upper()
    if half:
        hour = hour % _NOON + (_NOON if half in _AFTERNOON else 0)
    return time(hour, int(parts["minute"] or 0), int(parts["second"] or 0))
