"""Counting minutes and days during which a unit is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.core.domain.deadline.calendar import DayKind, WorkingCalendar
from services.core.domain.deadline.local_minute import LocalMinute
from services.core.domain.deadline.opening_hours import DayPeriods, OpeningHours, OpenPeriod, open_minutes

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A unit's working time on the wall clock: its opening hours, on the days that are worked."""

    calendar: WorkingCalendar
    hours: OpeningHours

    def periods_on(self, day: date) -> DayPeriods:
        kind = self.calendar.kind_of(day)
        if kind is None:
            return self.hours.weekdays[day.weekday()]
        return self.hours.decreed_on(day.weekday()) if kind is DayKind.WORKING else ()

    def opening_from(self, moment: LocalMinute) -> LocalMinute:
        """Return the moment itself while the unit is open, closing minute included; else the next opening."""
        for period in self.periods_on(moment.day):
            if moment.minute <= period.end:
                return LocalMinute(moment.day, max(moment.minute, period.start))
        day = self.working_day_after(moment.day, 1)
        return LocalMinute(day, self.periods_on(day)[0].start)

    def is_opening(self, moment: LocalMinute) -> bool:
        return any(period.start == moment.minute for period in self.periods_on(moment.day))

    def closing_on(self, working_day: date) -> LocalMinute:
        return LocalMinute(working_day, self.periods_on(working_day)[-1].end)

    def working_day_from(self, day: date) -> date:
        """Return the day itself if it is worked, else the next working day."""
        while not self.calendar.is_working_day(day, self.hours):
            day += _ONE_DAY
        return day

    def working_day_after(self, day: date, count: int) -> date:
        """Return the count-th working day after `day`, which is not counted."""
        for _ in range(count):
            day = self.working_day_from(day + _ONE_DAY)
        return day

    def add(self, start: LocalMinute, minutes: int) -> LocalMinute:
        """Return the earliest moment by which so many minutes were open: a closing, not the next opening."""
        if minutes == 0:
            return start
        periods = self._periods_from(start)
        day, period = next(periods)
        while minutes > period.end - period.start:
            minutes -= period.end - period.start
            day, period = next(periods)
        return LocalMinute(day, period.start + minutes)

    def between(self, start: LocalMinute, end: LocalMinute) -> int:
        """Count open minutes; negative if `end` lies before `start`."""
        if end < start:
            return -self.between(end, start)
        days = range((end.day - start.day).days)
        whole = sum(open_minutes(self.periods_on(start.day + timedelta(days=n))) for n in days)
        return whole + self._open_before(end) - self._open_before(start)

    def _open_before(self, moment: LocalMinute) -> int:
        return sum(
            max(0, min(moment.minute, period.end) - period.start) for period in self.periods_on(moment.day)
        )

    def _periods_from(self, moment: LocalMinute) -> Iterator[tuple[date, OpenPeriod]]:
        for period in self.periods_on(moment.day):
            if moment.minute < period.end:
                yield moment.day, OpenPeriod(max(moment.minute, period.start), period.end)
        day = moment.day
        while True:
            day = self.working_day_after(day, 1)
            for period in self.periods_on(day):
                yield day, period


def add_working_minutes(
    start: datetime, minutes: int, calendar: WorkingCalendar, hours: OpeningHours
) -> datetime:
    """Return the UTC minute by which that many minutes of working time have passed since `start`.

    Zero minutes give `start` to the minute. Raises `ValueError` for a negative count or a naive time.
    """
    if minutes < 0:
        raise ValueError("working time is only added")
    return WorkingTime(calendar, hours).add(LocalMinute.of(start), minutes).to_utc()


def working_minutes_between(
    start: datetime, end: datetime, calendar: WorkingCalendar, hours: OpeningHours
) -> int:
    """Count whole minutes of working time; negative if `end` lies before `start`."""
    return WorkingTime(calendar, hours).between(LocalMinute.of(start), LocalMinute.of(end))
