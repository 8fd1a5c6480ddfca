"""How long a procedure may take at most, and until when that reaches."""

import calendar
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

_SATURDAY: Final = 5
_MONTHS_A_YEAR: Final = 12


class LimitUnit(StrEnum):
    HOUR = "hour"
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    SAME_DAY = "same_day"


@dataclass(frozen=True, slots=True)
class LegalLimit:
    value: float
    """Some published times are halves, such as 3.5 working days; only hours and days are taken exactly."""
    unit: LimitUnit

    def due_from(self, start: datetime) -> datetime:
        """Last moment inside the limit, in the zone of `start`.

        The portal's calendar is not published. Assumed: working days are Monday to Friday without
        holidays, the clock time is kept, the same day ends at its last second.
        """
        match self.unit:
            case LimitUnit.HOUR:
                return start + timedelta(hours=self.value)
            case LimitUnit.CALENDAR_DAY:
                return start + timedelta(days=self.value)
            case LimitUnit.WORKING_DAY:
                return _working_days_after(start, math.ceil(self.value))
            case LimitUnit.MONTH:
                return _months_after(start, math.ceil(self.value))
            case LimitUnit.SAME_DAY:
                return start.replace(hour=23, minute=59, second=59, microsecond=0)


def _working_days_after(start: datetime, days: int) -> datetime:
    moment = start
    while days > 0:
        moment += timedelta(days=1)
        if moment.weekday() < _SATURDAY:
            days -= 1
    return moment


def _months_after(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, _MONTHS_A_YEAR)
    year, month = start.year + years, month + 1
    last_day = calendar.monthrange(year, month)[1]
    return start.replace(year=year, month=month, day=min(start.day, last_day))
