"""When a result is due, and when again after the citizen was asked for more papers.

The rules, where they come from, and where the sources leave a choice:

* A dossier that arrives while the unit is closed counts as received at the next opening; the closing minute
  is still open (portal-interface 6.3).
* The day of reception is not counted, and the result is due at the same clock time (Civil Code 2015,
  article 147; portal-interface 6.3).
* Calendar days and months run through weekends and holidays. If the last day is not worked, the due time
  moves to the next working day (Civil Code 2015, article 148), at the same clock time.
* A due time that falls outside that day's hours, say 15:00 on a half-day Saturday, moves to the next opening,
  as a reception would. Cutting it back to the closing would take time from the officer that the law gives.
* "Same day" means by closing; by the next working day's closing when received after 15:00 (the wording of the
  civil-status and certification procedures).
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Final, assert_never

from services.core.domain.deadline.calendar import WorkingCalendar
from services.core.domain.deadline.local_minute import LocalMinute
from services.core.domain.deadline.opening_hours import OpeningHours
from services.core.domain.deadline.processing_time import ProcessingTime, TimeUnit
from services.core.domain.deadline.working_time import WorkingTime, add_working_minutes

SAME_DAY_CUTOFF: Final = 15 * 60

#: The desk accepts or refuses an online dossier within this working time (portal-interface 5.2 and 6.1).
ACCEPTANCE_MINUTES: Final = 8 * 60


def due_time(
    received_at: datetime, processing: ProcessingTime, calendar: WorkingCalendar, hours: OpeningHours
) -> datetime:
    """Return the UTC minute at which the result is promised.

    `calendar` and `hours` are those of the unit that owes the result. Raises `ValueError` for a naive time.
    """
    return _due(LocalMinute.of(received_at), processing, WorkingTime(calendar, hours)).to_utc()


def acceptance_due(submitted_at: datetime, calendar: WorkingCalendar, hours: OpeningHours) -> datetime:
    """Return the UTC minute by which the desk must have accepted or refused an online dossier."""
    return add_working_minutes(submitted_at, ACCEPTANCE_MINUTES, calendar, hours)


def resume_due(
    due: datetime,
    requested_at: datetime,
    answered_at: datetime,
    calendar: WorkingCalendar,
    hours: OpeningHours,
) -> datetime:
    """Return the due time after a supplement: working time unused at the request runs again from the answer.

    Apply it once per supplement, each time to the due time that the one before gave. A request made when
    nothing was left changes nothing: the dossier was late already. Raises `ValueError` for an answer that
    precedes its request, or a naive time.
    """
    if answered_at < requested_at:
        raise ValueError("a supplement is answered after it was requested")
    clock = WorkingTime(calendar, hours)
    promised, requested = LocalMinute.of(due), LocalMinute.of(requested_at)
    if requested >= promised:
        return promised.to_utc()
    paused = clock.between(requested, LocalMinute.of(answered_at))
    return _later_by(promised, paused, clock).to_utc()


def _due(received: LocalMinute, processing: ProcessingTime, clock: WorkingTime) -> LocalMinute:
    start = clock.opening_from(received)
    match processing.unit:
        case TimeUnit.HOUR:
            return clock.add(start, processing.value * 60)
        case TimeUnit.WORKING_DAY:
            last_day = clock.working_day_after(start.day, processing.value)
        case TimeUnit.CALENDAR_DAY:
            last_day = clock.working_day_from(start.day + timedelta(days=processing.value))
        case TimeUnit.MONTH:
            last_day = clock.working_day_from(_months_after(start.day, processing.value))
        case TimeUnit.SAME_DAY:
            return _same_day_due(received, start, clock)
        case _:
            assert_never(processing.unit)
    return clock.opening_from(LocalMinute(last_day, start.minute))


def _same_day_due(received: LocalMinute, start: LocalMinute, clock: WorkingTime) -> LocalMinute:
    too_late_today = received.day == start.day and received.minute > SAME_DAY_CUTOFF
    return clock.closing_on(clock.working_day_after(start.day, 1 if too_late_today else 0))


def _months_after(day: date, months: int) -> date:
    """Keep the day of the month, or take the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _later_by(due: LocalMinute, minutes: int, clock: WorkingTime) -> LocalMinute:
    if not clock.is_opening(due):
        return clock.add(due, minutes)
    # A closing and the next opening are the same working time. What was promised for an opening stays one:
    # counting a minute further and stepping back lands behind the closing instead of on it.
    day, minute = clock.add(due, minutes + 1)
    return LocalMinute(day, minute - 1)
