from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.deadline import WorkingCalendar
from services.core.domain.forecast import (
    Coming,
    Forecast,
    Group,
    Outlook,
    TakenLately,
    forecast,
    pace_now,
    reference_hours,
    reporting_habit,
)

#: Of ten, one is really late, and the others end evenly within the last hour.
LAST_HOUR = reporting_habit({0.0: 10, 600.0: 15, 1200.0: 15, 1800.0: 15, 3600.0: 45})
NOTHING_KNOWN = reporting_habit({})

flags = st.floats(1, 1440)
groups = st.lists(st.builds(Group, flags, st.sampled_from([1, 2]), st.floats(0, 100)), max_size=8)
paces = st.floats(0, 50)


def outlook(
    *,
    ended: list[Group] | None = None,
    parked: list[Group] | None = None,
    running: list[Group] | None = None,
    coming: list[Coming] | None = None,
    pace: float | None = 0.0,
) -> Outlook:
    return Outlook(ended or [], parked or [], running or [], coming or [], LAST_HOUR, pace)


def as_numbers(foretold: Forecast) -> list[float]:
    return [foretold.within_1h, foretold.within_4h, foretold.within_24h]


def test_without_a_portal_everything_that_has_ended_is_late_at_its_flag() -> None:
    ended = [Group(30, 1, 2), Group(200, 2, 3), Group(1000, 1, 4)]

    assert as_numbers(forecast(outlook(ended=ended))) == [2, 5, 9]


def test_a_quick_portal_saves_all_but_those_that_wait_for_a_person() -> None:
    ended, parked = [Group(30, 2, 50)], [Group(30, 1, 3)]

    assert as_numbers(forecast(outlook(ended=ended, parked=parked, pace=1000))) == [3, 3, 3]


def test_what_was_never_sent_anything_is_not_foretold_to_be_slow() -> None:
    assert as_numbers(forecast(outlook(ended=[Group(30, 2, 50)], pace=None))) == [0, 0, 0]


def test_the_pace_is_spent_on_what_is_flagged_first() -> None:
    """Two pushes a minute save 60 endings by the half-hour; of the other 60 an hour's pace saves half."""
    ended = [Group(29, 1, 60), Group(44, 1, 60)]

    assert as_numbers(forecast(outlook(ended=ended, pace=2)))[0] == pytest.approx(30, abs=6)


def test_an_ending_whose_body_the_portal_lacks_takes_two_pushes() -> None:
    with_body = forecast(outlook(ended=[Group(59, 1, 100)], pace=1)).within_1h
    without = forecast(outlook(ended=[Group(59, 2, 100)], pace=1)).within_1h

    assert (with_body, without) == (pytest.approx(40), pytest.approx(70))


def test_a_running_dossier_counts_as_often_as_desks_end_in_time() -> None:
    running = [Group(120, 1, 100)]

    assert forecast(outlook(running=running)).within_4h == pytest.approx(90)
    assert forecast(outlook(coming=[Coming(20, 120, 100)])).within_4h == pytest.approx(90)


def test_a_dossier_that_still_runs_shortly_before_its_flag_is_mostly_really_late() -> None:
    """With ten minutes to go only 25 of 100 still run, and ten of them end too late."""
    assert forecast(outlook(running=[Group(9, 1, 100)])).within_1h < 62


def test_with_no_habit_on_record_only_what_has_ended_counts() -> None:
    unknown = Outlook([Group(30, 1, 2)], [], [Group(30, 1, 9)], [], NOTHING_KNOWN, 0.0)

    assert as_numbers(forecast(unknown)) == [2, 2, 2]


def test_bodies_sent_ahead_leave_more_pace_for_endings() -> None:
    running = [Group(230, 2, 100)]
    slow = forecast(outlook(running=running, pace=1.3)).within_4h

    assert slow < 90 - 1.3 * 60 / 2


@given(ended=groups, parked=groups, running=groups, pace=paces, more=paces)
def test_more_pace_never_makes_more_late(
    ended: list[Group], parked: list[Group], running: list[Group], pace: float, more: float
) -> None:
    parts = {"ended": ended, "parked": parked, "running": running}
    slow = as_numbers(forecast(outlook(**parts, pace=pace)))
    quick = as_numbers(forecast(outlook(**parts, pace=pace + more)))

    # From the first one that is late on, those flagged already get a twentieth of the pace.
    assert all(b <= a * 1.06 + 1 for a, b in zip(slow, quick, strict=True))


@given(ended=groups, parked=groups, running=groups, pace=st.one_of(st.none(), paces))
def test_longer_windows_include_the_shorter_and_no_dossier_counts_twice(
    ended: list[Group], parked: list[Group], running: list[Group], pace: float | None
) -> None:
    numbers = as_numbers(forecast(outlook(ended=ended, parked=parked, running=running, pace=pace)))

    assert all(0 <= a <= b + 1e-9 for a, b in pairwise(numbers))
    assert numbers[-1] <= sum(group.count for group in (*ended, *parked, *running)) + 1e-6
    assert numbers[-1] >= sum(group.count for group in parked) - 1e-6


def lately(
    minutes: list[int], *, waiting: int = 0, gate_open: bool = False, since_return: float | None = None
) -> TakenLately:
    return TakenLately(minutes + [0] * (1440 - len(minutes)), waiting, gate_open, since_return)


@pytest.mark.parametrize(
    ("known", "pace"),
    [
        (lately([]), None),
        (lately([], waiting=5), 0),
        (lately([30] * 60, gate_open=True), 0),
        # Nothing waits: the best of the day is what it can.
        (lately([1] * 60 + [40] * 20), 40),
        (lately([1] * 60 + [40] * 20, waiting=1), 40),
        # More waits than it takes in a minute: that is all it can now.
        (lately([5] * 60 + [40] * 20, waiting=100), 5),
        # It has just come back, and what it did before says more than two minutes.
        (lately([3] * 2 + [0] * 60 + [40] * 20, waiting=100, since_return=2.5), 40),
        (lately([8] * 4 + [0] * 60 + [40] * 20, waiting=100, since_return=4.2), 8),
    ],
)
def test_the_pace_is_what_was_taken_while_more_was_waiting(known: TakenLately, pace: float | None) -> None:
    assert pace_now(known) == pace


def at(day: int, hour: int) -> datetime:
    """Give a moment in Vietnam, September 2025; the 8th is a Monday."""
    return datetime(2025, 9, day, hour, tzinfo=UTC) - timedelta(hours=7)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(10, 10), [(at(9, 10), at(10, 0), 1), (at(10, 0), at(10, 10), 1)]),
        (at(8, 10), [(at(5, 10), at(6, 0), 3), (at(8, 0), at(8, 10), 1)]),
        (at(12, 10), [(at(11, 10), at(12, 0), 1)]),
        (at(13, 10), []),
        (at(14, 10), [(at(12, 0), at(12, 10), 3)]),
    ],
)
def test_the_coming_day_is_as_the_same_hours_of_the_last_working_day(
    now: datetime, expected: list[tuple[datetime, datetime, int]]
) -> None:
    hours = reference_hours(now, WorkingCalendar().is_working_day)

    assert [(one.begins_at, one.ends_at, one.later.days) for one in hours] == expected


@given(st.integers(0, 60 * 24 * 365))
def test_no_reference_lies_in_the_future_and_what_it_stands_for_is_to_come(minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for hours in reference_hours(now, WorkingCalendar().is_working_day):
        assert hours.begins_at <= hours.ends_at <= now
        assert now <= hours.begins_at + hours.later
        assert hours.ends_at + hours.later <= now + timedelta(days=1)


def test_a_country_without_work_has_no_reference() -> None:
    def never(_day: date) -> bool:
        return False

    assert reference_hours(at(10, 10), never) == []
