"""The demo's world: offices that never close, and the procedures that they offer."""

from datetime import date, datetime, timedelta
from typing import Final

from services.cli.demo.plan import Offer
from services.cli.seeding import ROOT_UNIT, read_seed
from services.core.domain.deadline import (
    VIETNAM,
    DayKind,
    DecreedDay,
    OpeningHours,
    ProcessingTime,
    TimeUnit,
    WorkingCalendar,
)

ALWAYS_OPEN: Final = OpeningHours.from_dict(
    {
        day: [["00:00", "24:00"]]
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    }
)
_LONGEST_DAYS: Final = 20
_WINDOW_DAYS: Final = 90


def days_around(now: datetime) -> list[date]:
    """Give all days of the demo's window: it decrees them worked, also Sundays and Tết."""
    today = now.astimezone(VIETNAM).date()
    return [today + timedelta(days=n) for n in range(-_WINDOW_DAYS, _WINDOW_DAYS)]


def calendar_around(now: datetime) -> WorkingCalendar:
    """Build the calendar that follows from these days."""
    return WorkingCalendar(
        [DecreedDay(day, DayKind.WORKING, "lienthong demo") for day in days_around(now)], []
    )


def units() -> list[str]:
    """List the communes and departments of the sample tree that exist today."""
    return [
        unit["code"] for unit in read_seed("units.csv") if not unit["valid_to"] and unit["code"] != ROOT_UNIT
    ]


def offers() -> list[Offer]:
    """List real procedures whose time is counted in working hours or days, and is not too long for a demo."""
    found = []
    for row in read_seed("procedures.csv"):
        if row["processing_time_unit"] not in (TimeUnit.HOUR, TimeUnit.WORKING_DAY):
            continue
        processing = ProcessingTime.parse(row["processing_time_value"], row["processing_time_unit"])
        if processing.unit is TimeUnit.WORKING_DAY and processing.value <= _LONGEST_DAYS:
            found.append(Offer(row["code"], row["name"], int(row["fee_vnd"] or 0), processing))
    return found
