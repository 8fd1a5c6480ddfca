"""Laws of counting working time, and the opening hours it is counted through."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.domain.deadline import (
    STANDARD_HOURS,
    VIETNAM,
    InvalidOpeningHours,
    OpeningHours,
    OpenPeriod,
    ProcessingTime,
    TimeUnit,
    WorkingCalendar,
    add_working_minutes,
    due_time,
    working_minutes_between,
)

CALENDAR = WorkingCalendar()
MINUTE = timedelta(minutes=1)

# From before Tết to after the worked Saturday of 2024.
instants = st.integers(0, 130 * 24 * 60).map(
    lambda minute: datetime(2024, 1, 20, tzinfo=UTC) + minute * MINUTE
)


@st.composite
def open_days(draw: st.DrawFn) -> tuple[OpenPeriod, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple(
        OpenPeriod(start * 15, end * 15) for start, end in zip(edges[::2], edges[1::2], strict=False)
    )


opening_hours = (
    st.tuples(*[open_days() for _ in range(7)])
    .filter(any)
    .map(OpeningHours)
    .flatmap(lambda hours: st.sampled_from([hours, STANDARD_HOURS]))
)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%a %Y-%m-%d %H:%M").replace(tzinfo=VIETNAM).astimezone(UTC)


def between(start: datetime, end: datetime, hours: OpeningHours = STANDARD_HOURS) -> int:
    return working_minutes_between(start, end, CALENDAR, hours)


def count_one_by_one(start: datetime, end: datetime, hours: OpeningHours) -> int:
    """Ask every single minute whether it is open; knows nothing of whole days."""
    total = 0
    while start < end:
        local = start.astimezone(VIETNAM)
        minute = local.hour * 60 + local.minute
        decreed = local.weekday() >= 5 and CALENDAR.kind_of(local.date()) is not None
        periods = hours.decreed_on(local.weekday()) if decreed else hours.weekdays[local.weekday()]
        open_now = any(period.start <= minute < period.end for period in periods)
        total += open_now and CALENDAR.is_working_day(local.date(), hours)
        start += MINUTE
    return total


@given(start=instants, minutes=st.integers(0, 20_000), hours=opening_hours)
def test_what_was_added_lies_between(start: datetime, minutes: int, hours: OpeningHours) -> None:
    end = add_working_minutes(start, minutes, CALENDAR, hours)
    assert between(start, end, hours) == minutes


@given(start=instants, end=instants, hours=opening_hours)
def test_adding_what_lies_between_comes_back_but_for_closed_time(
    start: datetime, end: datetime, hours: OpeningHours
) -> None:
    start, end = sorted((start, end))
    back = add_working_minutes(start, between(start, end, hours), CALENDAR, hours)
    assert back <= end
    assert between(back, end, hours) == 0


@given(start=instants, minutes=st.integers(1, 5_000), hours=opening_hours)
def test_added_time_ends_at_the_earliest_such_minute(
    start: datetime, minutes: int, hours: OpeningHours
) -> None:
    end = add_working_minutes(start, minutes, CALENDAR, hours)
    assert between(start, end - MINUTE, hours) == minutes - 1


@given(first=instants, second=instants, third=instants, hours=opening_hours)
def test_working_time_adds_up_and_changes_sign_with_direction(
    first: datetime, second: datetime, third: datetime, hours: OpeningHours
) -> None:
    assert between(first, second, hours) + between(second, third, hours) == between(first, third, hours)
    assert between(first, second, hours) == -between(second, first, hours)


@settings(max_examples=40)
@given(start=instants, span=st.integers(0, 4 * 24 * 60), hours=opening_hours)
def test_counting_agrees_with_asking_every_minute(start: datetime, span: int, hours: OpeningHours) -> None:
    end = start + span * MINUTE
    assert between(start, end, hours) == count_one_by_one(start, end, hours)


@given(received=instants, days=st.integers(1, 60))
def test_working_days_of_standard_hours_are_eight_hours_each(received: datetime, days: int) -> None:
    due = due_time(received, ProcessingTime(days, TimeUnit.WORKING_DAY), CALENDAR, STANDARD_HOURS)
    assert between(received, due) == days * 8 * 60


@given(
    received=st.tuples(instants, instants).map(sorted),
    value=st.integers(1, 60),
    unit=st.sampled_from([TimeUnit.HOUR, TimeUnit.WORKING_DAY]),
    hours=opening_hours,
)
def test_who_comes_earlier_is_never_promised_later(
    received: list[datetime], value: int, unit: TimeUnit, hours: OpeningHours
) -> None:
    earlier, later = (due_time(time, ProcessingTime(value, unit), CALENDAR, hours) for time in received)
    assert earlier <= later


@given(
    received=instants,
    value=st.integers(1, 40),
    unit=st.sampled_from([unit for unit in TimeUnit if unit is not TimeUnit.SAME_DAY]),
    hours=opening_hours,
)
def test_a_result_is_promised_for_later_and_for_an_open_counter(
    received: datetime, value: int, unit: TimeUnit, hours: OpeningHours
) -> None:
    due = due_time(received, ProcessingTime(value, unit), CALENDAR, hours)
    assert due > received
    assert between(due - MINUTE, due, hours) == 1 or between(due, due + MINUTE, hours) == 1


def test_no_time_added_is_no_time_passed() -> None:
    closed = at("Sun 2024-03-10 12:00")
    assert add_working_minutes(closed, 0, CALENDAR, STANDARD_HOURS) == closed


def test_negative_time_is_not_added() -> None:
    with pytest.raises(ValueError, match="only added"):
        add_working_minutes(at("Mon 2024-03-04 10:00"), -1, CALENDAR, STANDARD_HOURS)


def test_naive_times_are_refused() -> None:
    aware = at("Mon 2024-03-04 10:00")
    with pytest.raises(ValueError, match="zone"):
        between(aware, aware.replace(tzinfo=None))


def test_tet_has_no_working_time() -> None:
    assert between(at("Wed 2024-02-07 17:00"), at("Thu 2024-02-15 07:00")) == 0


def test_a_day_decreed_as_worked_is_never_shorter_than_the_unit_keeps_it_anyway() -> None:
    long_saturdays = OpeningHours.from_dict(
        {"monday": [["08:00", "12:00"]], "saturday": [["06:00", "20:00"]]},
    )
    worked_saturday = at("Sat 2024-05-04 00:00")
    assert between(worked_saturday, worked_saturday + timedelta(days=1), long_saturdays) == 14 * 60


def test_a_weekend_unit_works_its_longest_day_when_a_decree_calls() -> None:
    sundays_only = OpeningHours.from_dict({"sunday": [["08:00", "11:00"]]})
    worked_saturday = at("Sat 2024-05-04 00:00")
    assert between(worked_saturday, worked_saturday + timedelta(days=1), sundays_only) == 3 * 60


def test_a_counter_may_change_shifts_without_closing() -> None:
    shifts = OpeningHours.from_dict({"monday": [["07:00", "12:00"], ["12:00", "17:00"]]})
    opening = at("Mon 2024-03-04 07:00")
    assert between(opening, at("Mon 2024-03-04 17:00"), shifts) == 10 * 60
    assert add_working_minutes(opening, 301, CALENDAR, shifts) == at("Mon 2024-03-04 12:01")


@given(hours=opening_hours)
def test_opening_hours_survive_the_database(hours: OpeningHours) -> None:
    assert OpeningHours.from_dict(hours.to_dict()) == hours


def test_standard_hours_are_eight_a_day_from_monday_to_friday() -> None:
    day = [["07:00", "11:30"], ["13:30", "17:00"]]
    assert STANDARD_HOURS.to_dict() == {
        "monday": day,
        "tuesday": day,
        "wednesday": day,
        "thursday": day,
        "friday": day,
        "saturday": [],
        "sunday": [],
    }


@pytest.mark.parametrize(
    ("document", "pointer", "fault"),
    [
        ([], "", "not-an-object"),
        ("monday", "", "not-an-object"),
        (None, "", "not-an-object"),
        ({}, "", "never-open"),
        ({"monday": []}, "", "never-open"),
        ({"thứ hai": []}, "", "unknown-weekday"),
        ({1: []}, "", "unknown-weekday"),
        ({"monday": "07:00-11:30"}, "/monday", "not-a-list"),
        ({"monday": {"start": "07:00"}}, "/monday", "not-a-list"),
        ({"monday": None}, "/monday", "not-a-list"),
        ({"monday": ["07:00"]}, "/monday/0", "not-a-period"),
        ({"monday": [["07:00"]]}, "/monday/0", "not-a-period"),
        ({"monday": [["07:00", "08:00", "09:00"]]}, "/monday/0", "not-a-period"),
        ({"monday": [[7, 11]]}, "/monday/0", "not-a-period"),
        ({"monday": [["7:00", "11:30"]]}, "/monday/0/0", "not-a-time"),
        ({"monday": [["07:00", "11:60"]]}, "/monday/0/1", "not-a-time"),
        ({"monday": [["07:00", "24:01"]]}, "/monday/0/1", "not-a-time"),
        ({"monday": [["07:00", "١٧:٠٠"]]}, "/monday/0/1", "not-a-time"),
        ({"friday": [["11:30", "07:00"]]}, "/friday/0", "empty-period"),
        ({"friday": [["07:00", "07:00"]]}, "/friday/0", "empty-period"),
        ({"friday": [["07:00", "12:00"], ["11:59", "17:00"]]}, "/friday/1", "overlapping-periods"),
        ({"friday": [["13:00", "17:00"], ["07:00", "11:00"]]}, "/friday/1", "overlapping-periods"),
    ],
)
def test_unusable_opening_hours_are_refused_with_the_place(
    document: object, pointer: str, fault: str
) -> None:
    with pytest.raises(InvalidOpeningHours) as refused:
        OpeningHours.from_dict(document)
    assert (refused.value.pointer, refused.value.facts["fault"]) == (pointer, fault)


def test_periods_outside_the_day_are_refused() -> None:
    night = (OpenPeriod(22 * 60, 30 * 60),)
    with pytest.raises(InvalidOpeningHours) as refused:
        OpeningHours((night, (), (), (), (), (), ()))
    assert refused.value.facts["fault"] == "outside-the-day"
