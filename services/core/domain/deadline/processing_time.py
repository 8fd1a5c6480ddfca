"""How long the law gives the officer, as the catalogue states it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.core.domain.errors import DomainError

#: Ten years of days; the longest time in the national catalogue is 420 days.
MAX_VALUE: Final = 3650

#: Used for conversions only (portal-interface 6.3); due times follow the unit's real hours.
HOURS_PER_WORKING_DAY: Final = 8


_AMOUNT: Final = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?")


class TimeUnit(StrEnum):
    HOUR = "hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"
    SAME_DAY = "same_day"


class InvalidProcessingTime(DomainError):
    """No due time follows; `fault` is one of not-a-number, unknown-unit, out-of-range, not-whole."""

    code = "invalid-processing-time"


@dataclass(frozen=True, slots=True)
class ProcessingTime:
    """Whole units, from 1 to `MAX_VALUE`; `SAME_DAY` goes with 1."""

    value: int
    unit: TimeUnit

    def __post_init__(self) -> None:
        most = 1 if self.unit is TimeUnit.SAME_DAY else MAX_VALUE
        if not 1 <= self.value <= most:
            raise InvalidProcessingTime(pointer="/processing_time_value", fault="out-of-range", most=most)

    @classmethod
    def parse(cls, value: str, unit: str) -> "ProcessingTime":
        """Read the catalogue's text; "7.5" working days, which it has, become 60 working hours.

        Raises `InvalidProcessingTime`, also for parts of a day that are not whole hours.
        """
        amount = _read_amount(value)
        time_unit = _read_unit(unit)
        if amount == amount.to_integral_value():
            return cls(int(amount), time_unit)
        hours = amount * HOURS_PER_WORKING_DAY
        if time_unit is TimeUnit.WORKING_DAY and hours == hours.to_integral_value():
            return cls(int(hours), TimeUnit.HOUR)
        raise InvalidProcessingTime(pointer="/processing_time_value", fault="not-whole")


def _read_amount(text: str) -> Decimal:
    # Decimal alone would also take "NaN", "1e9" and the digits of other scripts.
    if not _AMOUNT.fullmatch(text):
        raise InvalidProcessingTime(pointer="/processing_time_value", fault="not-a-number")
    return Decimal(text)


def _read_unit(text: str) -> TimeUnit:
    try:
        return TimeUnit(text)
    except ValueError:
        raise InvalidProcessingTime(
            pointer="/processing_time_unit", fault="unknown-unit", allowed=[unit.value for unit in TimeUnit]
        ) from None
