"""Which days are worked in Vietnam: decrees, a unit's own days, public holidays, weekends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

import holidays

from services.core.domain.deadline.opening_hours import STANDARD_HOURS, OpeningHours
from services.core.domain.errors import DomainError

_DECEMBER: Final = 12


class DayKind(StrEnum):
    OFF = "off"
    WORKING = "working"


class ContradictoryDays(DomainError):
    """One day is given as off and as worked; guessing would move due times."""

    code = "contradictory-days"


@dataclass(frozen=True, slots=True)
class DecreedDay:
    """A day that departs from the usual, and the document that says so."""

    day: date
    kind: DayKind
    source: str


class WorkingCalendar:
    """Days off and days worked, for any past or future year of the library (1901-2100).

    Strongest first: decreed days, the unit's own days, public holidays with their substitutes and
    compensating Saturdays, and last the weekdays of the opening hours. A decree binds every unit, so it wins
    over the unit's own days. Safe to share between threads and to keep as long as the decrees stay the same.
    """

    def __init__(self, decreed: Iterable[DecreedDay] = (), unit_days: Iterable[DecreedDay] = ()) -> None:
        """Raise `ContradictoryDays` when one of the two lists disagrees with itself."""
        self._decreed = _by_day(decreed)
        self._overrides = _by_day(unit_days) | self._decreed
        self._years: dict[int, Mapping[date, DayKind]] = {}

    def kind_of(self, day: date) -> DayKind | None:
        """`None` where nothing but the unit's weekday hours decides."""
        year = self._years.get(day.year)
        if year is None:
            year = self._years[day.year] = {**_public_departures(day.year), **self._overrides}
        return year.get(day)

    def is_working_day(self, day: date, hours: OpeningHours = STANDARD_HOURS) -> bool:
        kind = self.kind_of(day)
        if kind is None:
            return bool(hours.weekdays[day.weekday()])
        return kind is DayKind.WORKING

    def years_missing_decree(self, today: date) -> tuple[int, ...]:
        """Name this year, and from December on the next, if no decreed day is known for them.

        The swapped days of a year are decreed late in the year before; until they are entered here, due times
        that reach into it rest on the library's guess.
        """
        years = (today.year, today.year + 1) if today.month == _DECEMBER else (today.year,)
        known = {day.year for day in self._decreed}
        return tuple(year for year in years if year not in known)


def _by_day(days: Iterable[DecreedDay]) -> dict[date, DayKind]:
    kinds: dict[date, DayKind] = {}
    for entry in days:
        if kinds.setdefault(entry.day, entry.kind) is not entry.kind:
            raise ContradictoryDays(day=entry.day.isoformat())
    return kinds


@lru_cache(maxsize=256)
def _public_departures(year: int) -> Mapping[date, DayKind]:
    vietnam = holidays.country_holidays("VN", years=year)
    # `weekend_workdays` also names days of other years; they do no harm, as nobody asks this map for them.
    return dict.fromkeys(vietnam, DayKind.OFF) | dict.fromkeys(vietnam.weekend_workdays, DayKind.WORKING)
