"""Due times: the working calendar of Vietnam, opening hours, and the law's ways of counting."""

from services.core.domain.deadline.calendar import ContradictoryDays, DayKind, DecreedDay, WorkingCalendar
from services.core.domain.deadline.due import acceptance_due, due_time, resume_due
from services.core.domain.deadline.local_minute import VIETNAM
from services.core.domain.deadline.opening_hours import (
    STANDARD_HOURS,
    InvalidOpeningHours,
    OpeningHours,
    OpenPeriod,
)
from services.core.domain.deadline.processing_time import InvalidProcessingTime, ProcessingTime, TimeUnit
from services.core.domain.deadline.working_time import add_working_minutes, working_minutes_between

__all__ = [
    "STANDARD_HOURS",
    "VIETNAM",
    "ContradictoryDays",
    "DayKind",
    "DecreedDay",
    "InvalidOpeningHours",
    "InvalidProcessingTime",
    "OpenPeriod",
    "OpeningHours",
    "ProcessingTime",
    "TimeUnit",
    "WorkingCalendar",
    "acceptance_due",
    "add_working_minutes",
    "due_time",
    "resume_due",
    "working_minutes_between",
]
