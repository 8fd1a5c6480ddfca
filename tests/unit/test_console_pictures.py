"""Geometry of the console's pictures."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.console import charts
from services.console.picture import DAY, day_of, slots_of
from services.core.domain.false_late import OutageKind
from services.core.persistence.lateness_views import TimeLeft
from services.core.persistence.outage_log import Window

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

numbers = st.integers(min_value=0, max_value=10_000_000)
instants = st.integers(min_value=-50, max_value=30).map(lambda hours: NOW + hours * HOUR)


@given(st.lists(numbers, max_size=5), numbers)
def test_a_bar_stays_within_its_width_and_its_parts_do_not_overlap(parts: list[int], more: int) -> None:
    segments = charts.bar([("good", part) for part in parts], of=sum(parts) + more)

    assert len(segments) == sum(part > 0 for part in parts)
    edges = [(segment.x, segment.x + segment.width) for segment in segments]
    assert all(end <= charts.WIDTH + 0.02 for _, end in edges)
    assert all(before[1] <= after[0] + 0.02 for before, after in pairwise(edges))


def test_a_bar_is_to_scale() -> None:
    (first, second) = charts.bar([("act", 1), ("calm", 3)], of=8)

    assert (first.x, first.width, second.x, second.width) == (0.0, 12.5, 12.5, 37.5)


@given(st.lists(st.tuples(instants, st.none() | instants), max_size=6))
def test_a_strip_shows_what_falls_into_its_time_and_nothing_else(
    spans: list[tuple[datetime, datetime | None]],
) -> None:
    segments = charts.strip([("act", *span) for span in spans], since=NOW - DAY, until=NOW)

    seen = [begin for begin, end in spans if max(begin, NOW - DAY) < min(end or NOW, NOW)]
    assert len(segments) == len(seen)
    assert all(0 <= segment.x <= segment.x + segment.width <= charts.WIDTH + 0.02 for segment in segments)


@given(st.lists(st.lists(numbers, max_size=4), max_size=31))
def test_the_highest_column_fills_the_height_and_none_is_higher(stacks: list[list[int]]) -> None:
    columns = charts.columns([[("good", value) for value in stack] for stack in stacks])

    assert len(columns) == sum(value > 0 for stack in stacks for value in stack)
    assert all(column.y >= -0.01 and column.y + column.height <= charts.HEIGHT + 0.01 for column in columns)
    if columns:
        assert min(column.y for column in columns) < 0.01


def test_every_slot_of_time_is_shown_also_an_empty_one() -> None:
    slots = slots_of([TimeLeft(0, ended=True, number=2), TimeLeft(6, ended=False, number=8)])

    assert [(slot.ended, slot.running) for slot in slots] == [(2, 0), *[(0, 0)] * 5, (0, 8)]
    assert [len(slot.bar) for slot in slots] == [1, *[0] * 5, 1]


def window(kind: OutageKind, began: datetime, ended: datetime | None) -> Window:
    return Window(1, kind, [], None, began, ended)


def test_the_portals_day_counts_overlapping_windows_once() -> None:
    refused = window(OutageKind.REFUSED, NOW - 6 * HOUR, NOW - 2 * HOUR)
    silent = window(OutageKind.UNREACHABLE, NOW - 4 * HOUR, NOW - HOUR)
    before = window(OutageKind.UNREACHABLE, NOW - 40 * HOUR, NOW - 23 * HOUR)

    day = day_of([refused, silent, before], until=NOW)

    assert day.up_share == 1 - 6 / 24
    assert next(segment.kind for segment in day.segments) == "watch"
    assert (day.hours[0], day.hours[-1]) == (NOW - DAY, NOW)


def test_an_outage_that_goes_on_reaches_to_the_end_of_the_day() -> None:
    (segment,) = day_of([window(OutageKind.UNREACHABLE, NOW - 12 * HOUR, None)], until=NOW).segments

    assert (segment.x, segment.width) == (50.0, 50.0)
