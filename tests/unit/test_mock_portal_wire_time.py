from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mock_kit.moments import HANOI
from services.mock_portal.wire_time import format_wire_time, parse_wire_time


def test_wire_time_is_vietnams_clock() -> None:
    assert parse_wire_time("20240207100000") == datetime(2024, 2, 7, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20240207",
        "2024-02-07 10:00:00",
        "20240207T10000",
        "20240230100000",
        "20240207240000",
        "2024020710000٠",
        "00010101000000",
    ],
)
def test_another_notation_or_an_impossible_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_wire_time(text)


@given(st.datetimes(min_value=datetime(1976, 1, 1), max_value=datetime(2199, 1, 1)))  # noqa: DTZ001 - zone added below
def test_wire_time_survives_the_way_there_and_back(naive: datetime) -> None:
    moment = naive.replace(microsecond=0, tzinfo=HANOI)

    assert parse_wire_time(format_wire_time(moment)) == moment
