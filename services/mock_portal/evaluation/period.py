"""The reporting period of a question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from services.mock_kit.moments import HANOI

_YEARS: Final = range(1900, 2200)


class WrongQuestion(Exception):
    """The question cannot be answered; the text names the field."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to but without `end`; whole days in Vietnam."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def period_of(body: Mapping[str, object]) -> Period:
    """Read `timeType` with `year`, `quarter` or `month`.

    Raises `WrongQuestion`.
    """
    year = number_of(body, "year", _YEARS)
    match body.get("timeType"):
        case "year":
            return _months(year, 1, 12)
        case "quarter":
            return _months(year, 3 * number_of(body, "quarter", range(1, 5)) - 2, 3)
        case "month":
            return _months(year, number_of(body, "month", range(1, 13)), 1)
    raise WrongQuestion("timeType must be year, quarter or month")


def span_of(body: Mapping[str, object]) -> Period:
    """Read `fromDate` and `toDate` (`yyyy-MM-dd`), both days included.

    Raises `WrongQuestion`.
    """
    first, last = _date_of(body, "fromDate"), _date_of(body, "toDate")
    if last < first:
        raise WrongQuestion("toDate is before fromDate")
    return Period(_midnight(first), _midnight(last + timedelta(days=1)))


def number_of(body: Mapping[str, object], name: str, allowed: range) -> int:
    """Read a whole number, also from a text.

    Raises `WrongQuestion` when it is missing or outside `allowed`.
    """
    given = body.get(name)
    text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else ""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(allowed.stop)):
        raise WrongQuestion(f"{name} must be a number")
    if int(text) not in allowed:
        raise WrongQuestion(f"{name} must lie between {allowed.start} and {allowed.stop - 1}")
    return int(text)


def _months(year: int, first: int, count: int) -> Period:
    after = first + count - 1
    start, end = date(year, first, 1), date(year + after // 12, after % 12 + 1, 1)
    return Period(_midnight(start), _midnight(end))


def _date_of(body: Mapping[str, object], name: str) -> date:
    try:
        day = date.fromisoformat(str(body.get(name))[:10])
    except ValueError as error:
        raise WrongQuestion(f"{name} must be yyyy-MM-dd") from error
    if day.year not in _YEARS:
        raise WrongQuestion(f"{name} must lie in the years 1900 to 2199")
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), HANOI).astimezone(UTC)
