"""A period is cut into stretches of whole spans that cover each of its days once."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.figures import Period
from services.core.domain.onboarding.stretch import SPANS, stretches

_DAYS = st.dates(date(1999, 1, 1), date(2099, 12, 31))


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@given(first=_DAYS, length=st.integers(1, 1_000))
def test_each_day_is_covered_once_and_no_other(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length - 1))

    covered = [day for cut in stretches(period) for day in days_of(cut.first, cut.last)]

    assert sorted(covered) == days_of(period.first, period.last)


@given(first=_DAYS, length=st.integers(1, 1_000))
def test_stretches_begin_and_end_where_spans_of_their_length_do(first: date, length: int) -> None:
    for cut in stretches(Period(first, first + timedelta(days=length - 1))):
        assert (cut.first - date.min).days % cut.span == 0
        assert ((cut.last - cut.first).days + 1) % cut.span == 0


@given(first=_DAYS, length=st.integers(1, 1_000))
def test_only_the_longest_spans_grow_with_the_period(first: date, length: int) -> None:
    cut = stretches(Period(first, first + timedelta(days=length - 1)))

    rows = [((part.last - part.first).days + 1) // part.span for part in cut]

    edges = sum(2 * (longer // span - 1) for span, longer in pairwise(SPANS))
    assert sum(rows) <= edges + length // SPANS[-1]
    assert all(sum(part.span == span for part in cut) <= 2 for span in SPANS)


@pytest.mark.parametrize("last", [date.min, date(2026, 2, 19), date.max])
def test_all_days_up_to_one_begin_with_the_first_of_all(last: date) -> None:
    cut = sorted(stretches(Period(date.min, last)), key=lambda part: part.first)

    assert (cut[0].first, cut[-1].last) == (date.min, last)
