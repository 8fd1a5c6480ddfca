from datetime import date, timedelta

import pytest

from services.core.domain.deadline import (
    STANDARD_HOURS,
    ContradictoryDays,
    DayKind,
    DecreedDay,
    OpeningHours,
    WorkingCalendar,
)

SEEDED = (
    DecreedDay(date(2026, 1, 2), DayKind.OFF, "12729"),
    DecreedDay(date(2026, 1, 10), DayKind.WORKING, "12729"),
)
SATURDAY_MORNINGS = OpeningHours.from_dict(
    STANDARD_HOURS.to_dict() | {"saturday": [["07:30", "11:00"]]},
)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(
    ("year", "weekdays_off", "weekend_days_worked"),
    [
        (2022, "03-01 31-01 01-02 02-02 03-02 04-02 11-04 02-05 03-05 01-09 02-09", ""),
        (2023, "02-01 20-01 23-01 24-01 25-01 26-01 01-05 02-05 03-05 01-09 04-09", ""),
        (2024, "01-01 08-02 09-02 12-02 13-02 14-02 18-04 29-04 30-04 01-05 02-09 03-09", "04-05"),
        (2025, "01-01 27-01 28-01 29-01 30-01 31-01 07-04 30-04 01-05 02-05 01-09 02-09", "26-04"),
    ],
)
def test_past_years_have_the_days_that_were_decreed(
    year: int, weekdays_off: str, weekend_days_worked: str
) -> None:
    calendar = WorkingCalendar()
    off = [d for d in days_of(year) if d.weekday() < 5 and not calendar.is_working_day(d)]
    worked = [d for d in days_of(year) if d.weekday() >= 5 and calendar.is_working_day(d)]
    assert " ".join(f"{d:%d-%m}" for d in off) == weekdays_off
    assert " ".join(f"{d:%d-%m}" for d in worked) == weekend_days_worked


def test_the_leap_year_2024_has_251_working_days() -> None:
    calendar = WorkingCalendar()
    assert sum(calendar.is_working_day(day) for day in days_of(2024)) == 262 - 12 + 1


def test_swapped_saturdays_of_one_year_do_not_leak_into_another() -> None:
    calendar = WorkingCalendar()
    assert calendar.kind_of(date(2019, 1, 5)) is DayKind.WORKING
    assert [d for d in days_of(2020) if calendar.kind_of(d) is DayKind.WORKING] == []


def test_a_decree_overrides_what_the_library_does_not_know() -> None:
    bare, seeded = WorkingCalendar(), WorkingCalendar(SEEDED)
    assert bare.is_working_day(date(2026, 1, 2))
    assert not seeded.is_working_day(date(2026, 1, 2))
    assert not bare.is_working_day(date(2026, 1, 10))
    assert seeded.is_working_day(date(2026, 1, 10))


def test_a_decree_can_have_a_public_holiday_worked() -> None:
    emergency = DecreedDay(date(2024, 9, 3), DayKind.WORKING, "test")
    assert WorkingCalendar([emergency]).is_working_day(date(2024, 9, 3))


def test_a_unit_may_close_and_may_work_a_holiday() -> None:
    flood = DecreedDay(date(2024, 9, 10), DayKind.OFF, "storm Yagi")
    duty = DecreedDay(date(2024, 9, 3), DayKind.WORKING, "duty roster")
    calendar = WorkingCalendar(unit_days=[flood, duty])
    assert not calendar.is_working_day(date(2024, 9, 10))
    assert calendar.is_working_day(date(2024, 9, 3))


def test_a_decree_binds_a_unit_that_says_otherwise() -> None:
    removal = DecreedDay(date(2026, 1, 10), DayKind.OFF, "moving house")
    assert WorkingCalendar(SEEDED, unit_days=[removal]).is_working_day(date(2026, 1, 10))


def test_saturday_is_worked_where_the_counter_opens_on_saturday() -> None:
    saturday, holiday_saturday = date(2024, 3, 9), date(2023, 4, 29)
    calendar = WorkingCalendar()
    assert not calendar.is_working_day(saturday)
    assert calendar.is_working_day(saturday, SATURDAY_MORNINGS)
    assert not calendar.is_working_day(holiday_saturday, SATURDAY_MORNINGS)


def test_a_day_given_as_off_and_as_worked_is_refused() -> None:
    both = [
        DecreedDay(date(2027, 5, 3), DayKind.OFF, "a"),
        DecreedDay(date(2027, 5, 3), DayKind.WORKING, "b"),
    ]
    with pytest.raises(ContradictoryDays) as refused:
        WorkingCalendar(both)
    assert refused.value.facts == {"day": "2027-05-03"}


def test_a_day_given_twice_alike_is_accepted() -> None:
    assert not WorkingCalendar([SEEDED[0], SEEDED[0]]).is_working_day(SEEDED[0].day)


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 11, 30), ()),
        (date(2026, 12, 1), (2027,)),
        (date(2026, 12, 31), (2027,)),
        (date(2027, 1, 1), (2027,)),
        (date(2027, 12, 5), (2027, 2028)),
    ],
)
def test_a_year_without_decree_is_reported_from_december_on(today: date, missing: tuple[int, ...]) -> None:
    assert WorkingCalendar(SEEDED).years_missing_decree(today) == missing


def test_a_decree_for_next_year_ends_the_warning() -> None:
    tet = DecreedDay(date(2027, 2, 5), DayKind.OFF, "test")
    assert WorkingCalendar([*SEEDED, tet]).years_missing_decree(date(2026, 12, 31)) == ()
