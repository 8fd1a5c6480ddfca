"""When a unit's counter is open, weekday by weekday."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from services.core.domain.deadline.local_minute import MINUTES_PER_DAY
from services.core.domain.errors import DomainError

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_CLOCK_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


class InvalidOpeningHours(DomainError):
    """The hours cannot be used; `pointer` leads to the weekday or period, `fault` names what is wrong.

    Faults: not-an-object, unknown-weekday, not-a-list, not-a-period, not-a-time, empty-period,
    overlapping-periods, outside-the-day, never-open.
    """

    code = "invalid-opening-hours"


class OpenPeriod(NamedTuple):
    """Minutes since local midnight; `end` is the closing minute, at most 1440."""

    start: int
    end: int


DayPeriods = tuple[OpenPeriod, ...]


def open_minutes(periods: DayPeriods) -> int:
    return sum(period.end - period.start for period in periods)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Periods of each weekday, Monday first; raises `InvalidOpeningHours` on hours that cannot be.

    `full_day` is what a normally closed day is worked when a decree has it worked: the longest of Monday to
    Friday, or of the weekend where Monday to Friday are closed.
    """

    weekdays: tuple[DayPeriods, ...]
    full_day: DayPeriods = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        for name, periods in zip(WEEKDAYS, self.weekdays, strict=True):
            _check_day(name, periods)
        full_day = max(self.weekdays[:5], key=open_minutes) or max(self.weekdays[5:], key=open_minutes)
        if not full_day:
            raise InvalidOpeningHours(pointer="", fault="never-open")
        object.__setattr__(self, "full_day", full_day)

    def decreed_on(self, weekday: int) -> DayPeriods:
        """Hours of a day worked by decree: a full day, or longer where that weekday is longer anyway."""
        return max(self.full_day, self.weekdays[weekday], key=open_minutes)

    @classmethod
    def from_dict(cls, document: object) -> "OpeningHours":
        """Read `{"monday": [["07:00", "11:30"], ...], ...}`; a weekday left out is closed.

        A period may end at "24:00". Raises `InvalidOpeningHours` whose pointer is relative to `document`.
        """
        if not isinstance(document, Mapping):
            raise InvalidOpeningHours(pointer="", fault="not-an-object")
        for name in document:
            if name not in WEEKDAYS:
                raise InvalidOpeningHours(pointer="", fault="unknown-weekday", allowed=list(WEEKDAYS))
        return cls(tuple(_read_day(name, document.get(name, [])) for name in WEEKDAYS))

    def to_dict(self) -> dict[str, list[list[str]]]:
        """Write what `from_dict` reads, with all seven weekdays."""
        return {
            name: [[_clock_time(period.start), _clock_time(period.end)] for period in periods]
            for name, periods in zip(WEEKDAYS, self.weekdays, strict=True)
        }


def _check_day(name: str, periods: DayPeriods) -> None:
    for position, period in enumerate(periods):
        if period.start < 0 or period.end > MINUTES_PER_DAY:
            raise InvalidOpeningHours(pointer=f"/{name}/{position}", fault="outside-the-day")
        if period.start >= period.end:
            raise InvalidOpeningHours(pointer=f"/{name}/{position}", fault="empty-period")
    for position, (earlier, later) in enumerate(pairwise(periods), start=1):
        if later.start < earlier.end:
            raise InvalidOpeningHours(pointer=f"/{name}/{position}", fault="overlapping-periods")


def _read_day(name: str, periods: object) -> DayPeriods:
    if not isinstance(periods, list | tuple):
        raise InvalidOpeningHours(pointer=f"/{name}", fault="not-a-list")
    return tuple(_read_period(f"/{name}/{position}", period) for position, period in enumerate(periods))


def _read_period(pointer: str, period: object) -> OpenPeriod:
    match period:
        case [str(start), str(end)]:
            return OpenPeriod(_read_time(f"{pointer}/0", start), _read_time(f"{pointer}/1", end))
        case _:
            raise InvalidOpeningHours(pointer=pointer, fault="not-a-period")


def _read_time(pointer: str, text: str) -> int:
    if not _CLOCK_TIME.fullmatch(text):
        raise InvalidOpeningHours(pointer=pointer, fault="not-a-time")
    return int(text[:2]) * 60 + int(text[3:])


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


_OFFICE_DAY: Final = (OpenPeriod(7 * 60, 11 * 60 + 30), OpenPeriod(13 * 60 + 30, 17 * 60))

#: 07:00-11:30 and 13:30-17:00, Monday to Friday: eight hours a day (portal-interface 6.3).
STANDARD_HOURS: Final = OpeningHours((_OFFICE_DAY,) * 5 + ((), ()))
