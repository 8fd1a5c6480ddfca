"""Due times after a supplement, worked out by hand; every clock time is Vietnam's."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.deadline import (
    STANDARD_HOURS,
    VIETNAM,
    ProcessingTime,
    TimeUnit,
    WorkingCalendar,
    due_time,
    resume_due,
    working_minutes_between,
)

CALENDAR = WorkingCalendar()


def at(text: str) -> datetime:
    return datetime.strptime(text, "%a %Y-%m-%d %H:%M").replace(tzinfo=VIETNAM).astimezone(UTC)


def resumed(due: datetime, requested: datetime, answered: datetime) -> datetime:
    return resume_due(due, requested, answered, CALENDAR, STANDARD_HOURS)


@pytest.mark.parametrize(
    ("due", "requested", "answered", "expected"),
    [
        pytest.param(
            "Mon 2024-02-19 10:00",
            "Tue 2024-02-06 10:00",
            "Fri 2024-02-16 10:00",
            "Thu 2024-02-22 10:00",
            id="open over Tết: four days were left, four days it gets",
        ),
        pytest.param(
            "Mon 2024-03-11 10:00",
            "Tue 2024-03-05 10:00",
            "Thu 2024-03-07 14:00",
            "Wed 2024-03-13 14:00",
            id="answered at another hour",
        ),
        pytest.param(
            "Mon 2024-03-11 10:00",
            "Wed 2024-03-06 08:00",
            "Sat 2024-03-09 20:00",
            "Thu 2024-03-14 09:00",
            id="answered on a weekend: 26 hours from Monday's opening",
        ),
        pytest.param(
            "Mon 2024-03-11 10:00",
            "Sun 2024-03-03 10:00",
            "Mon 2024-03-04 08:00",
            "Mon 2024-03-11 11:00",
            id="requested on a weekend",
        ),
        pytest.param(
            "Mon 2024-05-06 10:00",
            "Fri 2024-05-03 10:00",
            "Sat 2024-05-04 10:00",
            "Tue 2024-05-07 10:00",
            id="the worked Saturday counts",
        ),
        pytest.param(
            "Wed 2024-03-13 10:00",
            "Tue 2024-03-12 22:00",
            "Wed 2024-03-13 05:00",
            "Wed 2024-03-13 10:00",
            id="open by night only",
        ),
        pytest.param(
            "Thu 2024-03-14 07:00",
            "Mon 2024-03-11 09:00",
            "Tue 2024-03-12 09:00",
            "Fri 2024-03-15 07:00",
            id="promised for an opening, still for an opening",
        ),
        pytest.param(
            "Thu 2024-03-14 17:00",
            "Mon 2024-03-11 09:00",
            "Tue 2024-03-12 09:00",
            "Fri 2024-03-15 17:00",
            id="promised for a closing, still for a closing",
        ),
        pytest.param(
            "Mon 2024-03-11 10:00",
            "Mon 2024-03-11 10:00",
            "Fri 2024-03-15 10:00",
            "Mon 2024-03-11 10:00",
            id="nothing was left",
        ),
        pytest.param(
            "Mon 2024-03-11 10:00",
            "Tue 2024-03-12 10:00",
            "Fri 2024-03-15 10:00",
            "Mon 2024-03-11 10:00",
            id="late already",
        ),
        pytest.param(
            "Mon 2024-03-11 10:00",
            "Tue 2024-03-05 10:00",
            "Wed 2025-03-05 10:00",
            "Tue 2025-03-11 10:00",
            id="answered a year later",
        ),
    ],
)
def test_time_unused_at_the_request_runs_again_from_the_answer(
    due: str, requested: str, answered: str, expected: str
) -> None:
    assert resumed(at(due), at(requested), at(answered)) == at(expected)


def test_a_second_supplement_counts_from_what_the_first_one_left() -> None:
    first = resumed(at("Mon 2024-03-11 10:00"), at("Tue 2024-03-05 10:00"), at("Thu 2024-03-07 14:00"))
    second = resumed(first, at("Fri 2024-03-08 09:00"), at("Mon 2024-03-11 09:00"))
    assert second == at("Thu 2024-03-14 14:00")


def test_an_answer_before_its_request_is_refused() -> None:
    with pytest.raises(ValueError, match="after it was requested"):
        resumed(at("Mon 2024-03-11 10:00"), at("Tue 2024-03-05 10:00"), at("Mon 2024-03-04 10:00"))


minutes = st.integers(0, 60 * 24 * 60)


@given(received=minutes, days=st.integers(1, 30), wait=minutes, open_for=minutes)
def test_a_supplement_neither_gives_nor_takes_working_time(
    received: int, days: int, wait: int, open_for: int
) -> None:
    start = at("Mon 2024-01-15 00:00") + timedelta(minutes=received)
    due = due_time(start, ProcessingTime(days, TimeUnit.WORKING_DAY), CALENDAR, STANDARD_HOURS)
    requested = min(start + timedelta(minutes=wait), due - timedelta(minutes=1))
    answered = requested + timedelta(minutes=open_for)
    after = resumed(due, requested, answered)
    left = working_minutes_between(requested, due, CALENDAR, STANDARD_HOURS)
    assert working_minutes_between(answered, after, CALENDAR, STANDARD_HOURS) == left
    assert after >= due


@given(received=minutes, days=st.integers(1, 30), wait=minutes)
def test_a_supplement_answered_at_once_moves_nothing(received: int, days: int, wait: int) -> None:
    start = at("Mon 2024-01-15 00:00") + timedelta(minutes=received)
    due = due_time(start, ProcessingTime(days, TimeUnit.WORKING_DAY), CALENDAR, STANDARD_HOURS)
    requested = start + timedelta(minutes=wait)
    assert resumed(due, requested, requested) == due
