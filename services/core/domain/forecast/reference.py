"""Which past hours stand for the coming ones: the same hours of the last working day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from services.core.domain.verdict import VIETNAM

_DAY: Final = timedelta(days=1)
#: Tết is the longest time without work.
_LOOK_BACK_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Hours:
    """What was received from `begins_at` to before `ends_at` will be received again `later`."""

    begins_at: datetime
    ends_at: datetime
    later: timedelta


def reference_hours(now: datetime, is_working_day: Callable[[date], bool]) -> list[Hours]:
    """Name them for the coming 24 hours; days off have none, and each stands no later than `now`."""
    local = now.astimezone(VIETNAM)
    today, clock = local.date(), timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
    tomorrow = today + _DAY
    hours = []
    if is_working_day(today) and (before := _last_worked(today, is_working_day)) is not None:
        hours.append(Hours(_midnight(before) + clock, _midnight(before) + _DAY, today - before))
    if is_working_day(tomorrow) and (before := _last_worked(tomorrow, is_working_day)) is not None:
        hours.append(Hours(_midnight(before), _midnight(before) + clock, tomorrow - before))
    return hours


def _last_worked(day: date, is_working_day: Callable[[date], bool]) -> date | None:
    past = (day - n * _DAY for n in range(1, _LOOK_BACK_DAYS + 1))
    return next((one for one in past if is_working_day(one)), None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=VIETNAM)
