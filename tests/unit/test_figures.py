"""Shares as they are published: two decimals, half up, and none of nothing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.figures import (
    COUNT_NAMES,
    REPORTS,
    DossierCounts,
    Group,
    Period,
    PeriodReversed,
    Report,
    figures_of,
    percentage,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "share"),
    [
        (4775, 13_765, "34.69"),
        (1317, 1878, "70.13"),
        (1113, 1858, "59.90"),
        (745, 1858, "40.10"),
        (222, 29_613, "0.75"),
        (16_332, 16_332, "100.00"),
        (1, 800, "0.13"),  # 0.125: half up, where bankers would say 0.12
        (0, 7, "0.00"),
    ],
)
def test_shares_come_out_as_published(numerator: int, denominator: int, share: str) -> None:
    assert percentage(numerator, denominator) == Decimal(share)


def test_a_share_of_nothing_is_unknown() -> None:
    assert percentage(0, 0) is None


@given(part=st.integers(0, 10**9), rest=st.integers(0, 10**9))
def test_a_share_is_within_half_a_hundredth_of_the_truth(part: int, rest: int) -> None:
    share = percentage(part, part + rest)

    if share is None:
        assert part + rest == 0
    else:
        assert 0 <= share <= 100
        assert abs(share * (part + rest) - 100 * part) <= Decimal("0.005") * (part + rest)


def test_every_report_takes_its_figures_from_counts_that_exist() -> None:
    assert REPORTS.keys() == set(Report)
    named = {name for shares in REPORTS.values() for share in shares for name in (share.part, share.whole)}
    assert named <= set(COUNT_NAMES)


def test_a_figure_carries_its_group_and_both_counts() -> None:
    counts = DossierCounts(dossiers=13_765, filed_online=4775)

    (online, *_) = figures_of(Report.CHANNELS, Group("H44", "Tỉnh"), counts)

    assert (online.figure, online.group.key, online.numerator, online.denominator) == (
        "filed_online",
        "H44",
        4775,
        13_765,
    )


def test_a_period_may_be_one_day_and_not_less() -> None:
    day = date(2026, 3, 1)
    assert Period(day, day).first == day
    with pytest.raises(PeriodReversed):
        Period(day, date(2026, 2, 28))


_DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2024, 12, 31))


@given(first=_DAYS, length=st.integers(0, 800))
def test_whole_months_are_those_of_which_every_day_is_in_the_period(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    begin, ended = period.whole_months

    inside = {first + timedelta(days=number) for number in range(length + 1)}
    firsts = {day.replace(day=1) for day in inside}
    whole = {day for day in firsts if inside >= {day, *days_after(day)}}
    assert {day for day in firsts if begin <= day < ended} == whole
    assert period.first <= begin <= ended <= period.end
    assert whole or begin == period.end
    assert not whole or begin.day == ended.day == 1


def days_after(first: date) -> set[date]:
    """Give the rest of a month."""
    days = {first + timedelta(days=number) for number in range(31)}
    return {day for day in days if day.month == first.month}
