"""Due times worked out by hand on the calendar; every clock time is Vietnam's."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.core.domain.deadline import (
    STANDARD_HOURS,
    VIETNAM,
    DayKind,
    DecreedDay,
    OpeningHours,
    ProcessingTime,
    TimeUnit,
    WorkingCalendar,
    acceptance_due,
    due_time,
)

SEEDED = WorkingCalendar(
    [
        DecreedDay(date(2026, 1, 2), DayKind.OFF, "12729"),
        DecreedDay(date(2026, 1, 10), DayKind.WORKING, "12729"),
    ]
)
SATURDAY_MORNINGS = OpeningHours.from_dict(
    STANDARD_HOURS.to_dict() | {"saturday": [["07:30", "11:00"]]},
)
ALWAYS_OPEN = OpeningHours.from_dict({day: [["00:00", "24:00"]] for day in STANDARD_HOURS.to_dict()})


def at(text: str) -> datetime:
    return datetime.strptime(text, "%a %Y-%m-%d %H:%M").replace(tzinfo=VIETNAM).astimezone(UTC)


def due(
    received: str,
    value: int,
    unit: TimeUnit,
    *,
    calendar: WorkingCalendar = SEEDED,
    hours: OpeningHours = STANDARD_HOURS,
) -> str:
    result = due_time(at(received), ProcessingTime(value, unit), calendar, hours)
    assert result.tzinfo is UTC
    return f"{result.astimezone(VIETNAM):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("received", "days", "expected"),
    [
        pytest.param("Wed 2024-02-07 10:00", 3, "Mon 2024-02-19 10:00", id="over Tết 2024"),
        pytest.param("Mon 2024-03-04 08:00", 10, "Mon 2024-03-18 08:00", id="two plain weeks"),
        pytest.param("Mon 2024-03-04 08:00", 45, "Thu 2024-05-09 08:00", id="nine weeks, 4 off, 1 Saturday"),
        pytest.param("Fri 2024-03-08 17:30", 3, "Thu 2024-03-14 07:00", id="Friday after closing"),
        pytest.param("Tue 2024-03-12 12:15", 1, "Wed 2024-03-13 13:30", id="at lunch"),
        pytest.param("Tue 2024-03-12 11:30", 1, "Wed 2024-03-13 11:30", id="the minute lunch begins"),
        pytest.param("Tue 2024-03-12 11:31", 1, "Wed 2024-03-13 13:30", id="a minute into lunch"),
        pytest.param("Tue 2024-03-12 06:10", 1, "Wed 2024-03-13 07:00", id="before opening"),
        pytest.param("Tue 2024-03-12 17:00", 1, "Wed 2024-03-13 17:00", id="the closing minute"),
        pytest.param("Tue 2024-03-12 17:01", 1, "Thu 2024-03-14 07:00", id="a minute after closing"),
        pytest.param("Tue 2024-03-12 23:59", 1, "Thu 2024-03-14 07:00", id="before midnight"),
        pytest.param("Wed 2024-03-13 00:00", 1, "Thu 2024-03-14 07:00", id="at midnight"),
        pytest.param("Sat 2024-03-09 09:00", 1, "Tue 2024-03-12 07:00", id="on a Saturday"),
        pytest.param("Sun 2024-03-10 20:00", 2, "Wed 2024-03-13 07:00", id="on a Sunday"),
        pytest.param("Tue 2024-04-30 09:00", 1, "Fri 2024-05-03 07:00", id="on a holiday"),
        pytest.param("Mon 2024-04-29 09:00", 1, "Fri 2024-05-03 07:00", id="on the swapped Monday off"),
        pytest.param("Fri 2024-04-26 10:00", 1, "Thu 2024-05-02 10:00", id="Monday 29/4/2024 is off"),
        pytest.param("Fri 2024-04-26 10:00", 3, "Sat 2024-05-04 10:00", id="Saturday 4/5/2024 is worked"),
        pytest.param("Fri 2024-04-26 10:00", 4, "Mon 2024-05-06 10:00", id="past the worked Saturday"),
        pytest.param("Fri 2024-05-03 15:00", 1, "Sat 2024-05-04 15:00", id="afternoon of a worked Saturday"),
        pytest.param("Sat 2024-05-04 09:15", 1, "Mon 2024-05-06 09:15", id="received on a worked Saturday"),
        pytest.param("Wed 2024-04-17 08:00", 1, "Fri 2024-04-19 08:00", id="Hùng Kings 2024"),
        pytest.param("Fri 2024-08-30 14:00", 1, "Wed 2024-09-04 14:00", id="National Day 2024"),
        pytest.param("Thu 2023-01-19 10:00", 1, "Fri 2023-01-27 10:00", id="Tết 2023"),
        pytest.param("Fri 2022-01-28 16:00", 5, "Fri 2022-02-11 16:00", id="Tết 2022"),
        pytest.param("Fri 2022-04-08 10:00", 1, "Tue 2022-04-12 10:00", id="Hùng Kings 2022 on a Sunday"),
        pytest.param("Fri 2022-04-29 10:00", 1, "Wed 2022-05-04 10:00", id="30/4 and 1/5/2022 on a weekend"),
        pytest.param("Fri 2019-01-04 10:00", 1, "Sat 2019-01-05 10:00", id="worked Saturday 2019"),
        pytest.param("Fri 2018-12-28 10:00", 1, "Wed 2019-01-02 10:00", id="31/12/2018 swapped off"),
        pytest.param("Fri 2025-04-25 10:00", 1, "Sat 2025-04-26 10:00", id="worked Saturday 2025"),
        pytest.param("Tue 2025-04-29 10:00", 1, "Mon 2025-05-05 10:00", id="Friday 2/5/2025 is off"),
        pytest.param("Wed 2025-12-31 10:00", 1, "Mon 2026-01-05 10:00", id="2/1/2026 off by decree"),
        pytest.param("Wed 2025-12-31 10:00", 6, "Sat 2026-01-10 10:00", id="10/1/2026 worked by decree"),
        pytest.param("Wed 2025-12-31 10:00", 7, "Mon 2026-01-12 10:00", id="past 10/1/2026"),
        pytest.param("Fri 2026-02-13 10:00", 1, "Mon 2026-02-23 10:00", id="Tết 2026"),
        pytest.param("Fri 2026-08-21 10:00", 1, "Sat 2026-08-22 10:00", id="worked Saturday 2026"),
        pytest.param("Fri 2026-08-28 10:00", 1, "Thu 2026-09-03 10:00", id="National Day 2026"),
    ],
)
def test_working_days_keep_the_clock_time(received: str, days: int, expected: str) -> None:
    assert due(received, days, TimeUnit.WORKING_DAY) == expected


@pytest.mark.parametrize(
    ("received", "hours", "expected"),
    [
        pytest.param("Mon 2024-03-04 10:00", 1, "Mon 2024-03-04 11:00", id="within the morning"),
        pytest.param("Mon 2024-03-04 10:00", 2, "Mon 2024-03-04 14:00", id="over lunch"),
        pytest.param("Mon 2024-03-04 10:30", 1, "Mon 2024-03-04 11:30", id="used up as lunch begins"),
        pytest.param("Mon 2024-03-04 16:00", 8, "Tue 2024-03-05 16:00", id="eight hours are a day"),
        pytest.param("Mon 2024-03-04 17:00", 1, "Tue 2024-03-05 08:00", id="received in the closing minute"),
        pytest.param("Fri 2024-03-08 16:30", 1, "Mon 2024-03-11 07:30", id="over a weekend"),
        pytest.param("Fri 2024-03-08 17:30", 8, "Mon 2024-03-11 17:00", id="received after closing"),
        pytest.param("Wed 2024-02-07 15:00", 12, "Fri 2024-02-16 09:00", id="over Tết"),
        pytest.param("Fri 2024-05-03 16:00", 9, "Sat 2024-05-04 17:00", id="into a worked Saturday"),
    ],
)
def test_hours_are_hours_of_opening(received: str, hours: int, expected: str) -> None:
    assert due(received, hours, TimeUnit.HOUR) == expected


@pytest.mark.parametrize(
    ("received", "days", "expected"),
    [
        pytest.param("Mon 2024-03-04 10:00", 10, "Thu 2024-03-14 10:00", id="the weekend counts"),
        pytest.param("Mon 2024-03-04 10:00", 5, "Mon 2024-03-11 10:00", id="ends on a Saturday"),
        pytest.param("Mon 2024-03-04 10:00", 6, "Mon 2024-03-11 10:00", id="ends on a Sunday"),
        pytest.param("Mon 2024-03-04 12:00", 1, "Tue 2024-03-05 13:30", id="received at lunch"),
        pytest.param("Fri 2024-02-02 09:00", 7, "Thu 2024-02-15 09:00", id="ends in Tết"),
        pytest.param("Fri 2024-02-02 09:00", 14, "Fri 2024-02-16 09:00", id="Tết counts"),
        pytest.param("Mon 2024-04-01 10:00", 30, "Thu 2024-05-02 10:00", id="ends on 1 May"),
        pytest.param("Fri 2024-03-01 17:30", 15, "Tue 2024-03-19 07:00", id="received after closing"),
        pytest.param("Thu 2024-05-02 09:00", 2, "Sat 2024-05-04 09:00", id="ends on a worked Saturday"),
    ],
)
def test_calendar_days_run_on_and_end_on_a_working_day(received: str, days: int, expected: str) -> None:
    assert due(received, days, TimeUnit.CALENDAR_DAY) == expected


@pytest.mark.parametrize(
    ("received", "months", "expected"),
    [
        pytest.param("Wed 2023-11-15 10:00", 2, "Mon 2024-01-15 10:00", id="over the year's end"),
        pytest.param("Wed 2024-01-31 10:00", 1, "Thu 2024-02-29 10:00", id="to the end of a leap February"),
        pytest.param("Tue 2023-01-31 10:00", 1, "Tue 2023-02-28 10:00", id="to the end of a plain February"),
        pytest.param("Thu 2024-02-29 10:00", 12, "Fri 2025-02-28 10:00", id="a leap day's year"),
        pytest.param("Wed 2024-01-10 10:00", 1, "Thu 2024-02-15 10:00", id="ends in Tết"),
        pytest.param("Thu 2023-11-30 16:45", 3, "Thu 2024-02-29 16:45", id="a quarter"),
        pytest.param("Mon 2023-12-04 10:00", 1, "Thu 2024-01-04 10:00", id="December to January"),
        pytest.param("Fri 2024-03-01 17:30", 1, "Thu 2024-04-04 07:00", id="received after closing"),
    ],
)
def test_months_end_on_the_same_day_of_the_month_or_its_last(
    received: str, months: int, expected: str
) -> None:
    assert due(received, months, TimeUnit.MONTH) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        pytest.param("Mon 2024-03-04 06:00", "Mon 2024-03-04 17:00", id="before opening"),
        pytest.param("Mon 2024-03-04 08:00", "Mon 2024-03-04 17:00", id="in the morning"),
        pytest.param("Mon 2024-03-04 15:00", "Mon 2024-03-04 17:00", id="at 15:00"),
        pytest.param("Mon 2024-03-04 15:01", "Tue 2024-03-05 17:00", id="after 15:00"),
        pytest.param("Fri 2024-03-08 15:30", "Mon 2024-03-11 17:00", id="after 15:00 on a Friday"),
        pytest.param("Fri 2024-03-08 17:30", "Mon 2024-03-11 17:00", id="after closing on a Friday"),
        pytest.param("Sat 2024-03-09 16:00", "Mon 2024-03-11 17:00", id="on a Saturday after 15:00"),
        pytest.param("Wed 2024-02-07 16:00", "Thu 2024-02-15 17:00", id="on the eve of Tết"),
        pytest.param("Fri 2024-05-03 16:00", "Sat 2024-05-04 17:00", id="before a worked Saturday"),
    ],
)
def test_same_day_is_by_closing_or_by_the_next_when_received_after_three(
    received: str, expected: str
) -> None:
    assert due(received, 1, TimeUnit.SAME_DAY) == expected


@pytest.mark.parametrize(
    ("received", "value", "unit", "expected"),
    [
        pytest.param("Thu 2024-03-07 09:00", 2, "working_day", "Sat 2024-03-09 09:00", id="Saturday counts"),
        pytest.param("Thu 2024-03-07 15:00", 2, "working_day", "Mon 2024-03-11 07:00", id="after it closes"),
        pytest.param("Thu 2024-03-07 07:10", 2, "working_day", "Sat 2024-03-09 07:30", id="before it opens"),
        pytest.param(
            "Sat 2024-03-09 11:30", 1, "working_day", "Tue 2024-03-12 07:00", id="received too late"
        ),
        pytest.param(
            "Fri 2023-04-28 09:00", 1, "working_day", "Thu 2023-05-04 09:00", id="Saturday a holiday"
        ),
        pytest.param(
            "Fri 2024-05-03 15:00", 1, "working_day", "Sat 2024-05-04 15:00", id="Saturday a full day"
        ),
        pytest.param(
            "Mon 2024-03-04 15:00", 5, "calendar_day", "Mon 2024-03-11 07:00", id="days end after it"
        ),
        pytest.param("Fri 2024-03-08 16:00", 2, "hour", "Sat 2024-03-09 08:30", id="hours run into it"),
        pytest.param("Sat 2024-03-09 10:00", 1, "same_day", "Sat 2024-03-09 11:00", id="same day"),
    ],
)
def test_a_unit_open_on_saturday_mornings(received: str, value: int, unit: str, expected: str) -> None:
    assert due(received, value, TimeUnit(unit), hours=SATURDAY_MORNINGS) == expected


@pytest.mark.parametrize(
    ("received", "value", "unit", "expected"),
    [
        pytest.param("Sat 2024-03-09 23:30", 1, "hour", "Sun 2024-03-10 00:30", id="over midnight"),
        pytest.param("Mon 2024-03-04 10:00", 1, "same_day", "Tue 2024-03-05 00:00", id="closes at 24:00"),
        pytest.param("Fri 2024-03-08 20:00", 1, "working_day", "Sat 2024-03-09 20:00", id="weekend worked"),
        pytest.param("Wed 2024-02-07 23:30", 1, "hour", "Thu 2024-02-15 00:30", id="holidays are still off"),
    ],
)
def test_a_unit_open_day_and_night(received: str, value: int, unit: str, expected: str) -> None:
    assert due(received, value, TimeUnit(unit), hours=ALWAYS_OPEN) == expected


def test_a_units_own_closure_moves_its_due_times() -> None:
    flood = DecreedDay(date(2024, 3, 12), DayKind.OFF, "flood")
    calendar = WorkingCalendar(unit_days=[flood])
    assert due("Mon 2024-03-11 10:00", 1, TimeUnit.WORKING_DAY, calendar=calendar) == "Wed 2024-03-13 10:00"
    assert due("Tue 2024-03-12 10:00", 4, TimeUnit.HOUR, calendar=calendar) == "Wed 2024-03-13 11:00"


def test_a_units_own_extra_sunday_counts_as_a_full_day() -> None:
    extra = DecreedDay(date(2024, 3, 10), DayKind.WORKING, "identity card campaign")
    calendar = WorkingCalendar(unit_days=[extra])
    assert due("Fri 2024-03-08 16:00", 1, TimeUnit.WORKING_DAY, calendar=calendar) == "Sun 2024-03-10 16:00"


def test_without_the_decree_the_library_would_promise_a_day_off() -> None:
    bare = WorkingCalendar()
    assert due("Wed 2025-12-31 10:00", 1, TimeUnit.WORKING_DAY, calendar=bare) == "Fri 2026-01-02 10:00"


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        ("Mon 2024-03-04 10:00", "Tue 2024-03-05 10:00"),
        ("Mon 2024-03-04 07:00", "Mon 2024-03-04 17:00"),
        ("Fri 2024-03-08 20:00", "Mon 2024-03-11 17:00"),
        ("Wed 2024-02-07 16:00", "Thu 2024-02-15 16:00"),
    ],
)
def test_an_online_dossier_is_to_be_accepted_within_eight_working_hours(
    submitted: str, expected: str
) -> None:
    assert acceptance_due(at(submitted), SEEDED, STANDARD_HOURS) == at(expected)


def test_seconds_are_dropped_so_the_closing_minute_is_in_time() -> None:
    received = at("Tue 2024-03-12 17:00").replace(second=59, microsecond=999_999)
    one_day = ProcessingTime(1, TimeUnit.WORKING_DAY)
    assert due_time(received, one_day, SEEDED, STANDARD_HOURS) == at("Wed 2024-03-13 17:00")


def test_the_zone_of_the_argument_does_not_matter() -> None:
    received = at("Wed 2024-02-07 10:00")
    three_days = ProcessingTime(3, TimeUnit.WORKING_DAY)
    for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
        moved = received.astimezone(ZoneInfo(zone))
        assert due_time(moved, three_days, SEEDED, STANDARD_HOURS) == at("Mon 2024-02-19 10:00")


def test_a_time_without_zone_is_refused() -> None:
    naive = at("Wed 2024-02-07 10:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        due_time(naive, ProcessingTime(1, TimeUnit.HOUR), SEEDED, STANDARD_HOURS)


@pytest.mark.parametrize("server_zone", ["UTC", "Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Kiritimati"])
def test_the_zone_of_the_server_does_not_matter(server_zone: str) -> None:
    program = (
        "from datetime import datetime\n"
        "from services.core.domain.deadline import *\n"
        "received = datetime.fromisoformat('2024-03-08T10:30:00+00:00')\n"
        "print(datetime.fromtimestamp(0).hour)\n"
        "three_days = ProcessingTime(3, TimeUnit.WORKING_DAY)\n"
        "print(due_time(received, three_days, WorkingCalendar(), STANDARD_HOURS))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"TZ": server_zone},
        capture_output=True,
        text=True,
        check=True,
    )
    hour_at_epoch, result = ran.stdout.splitlines()
    epoch = datetime.fromtimestamp(0, ZoneInfo(server_zone))
    assert int(hour_at_epoch) == epoch.hour  # the child really ran in that zone
    assert result == "2024-03-14 00:00:00+00:00"
