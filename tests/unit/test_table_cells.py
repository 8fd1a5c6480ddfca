"""What is written in the cells of desk systems' exports."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.tables.cells import Moment, identity_of, moment_of, sum_of, text_of
from services.cli.tables.fault import CellUnusable, Fault
from services.cli.tables.folding import fold

MARCH_5 = date(2024, 3, 5)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("05/03/2024", Moment(MARCH_5, None)),
        ("5/3/2024", Moment(MARCH_5, None)),
        ("05-03-2024", Moment(MARCH_5, None)),
        ("05.03.2024", Moment(MARCH_5, None)),
        ("2024-03-05", Moment(MARCH_5, None)),
        ("05/03/2024 09:30", Moment(MARCH_5, time(9, 30))),
        ("05/03/2024 9h30", Moment(MARCH_5, time(9, 30))),
        ("05/03/2024, 09:30:15", Moment(MARCH_5, time(9, 30, 15))),
        ("09:30 05/03/2024", Moment(MARCH_5, time(9, 30))),
        ("09:30, ngày 05/03/2024", Moment(MARCH_5, time(9, 30))),
        ("05/03/2024 02:05 CH", Moment(MARCH_5, time(14, 5))),
        ("05/03/2024 12:05 SA", Moment(MARCH_5, time(0, 5))),
        ("2024-03-05T09:30:00", Moment(MARCH_5, time(9, 30))),
        ("'05/03/2024", Moment(MARCH_5, None)),
        ("\u00a005/03/2024 ", Moment(MARCH_5, None)),
        (MARCH_5, Moment(MARCH_5, None)),
        (datetime(2024, 3, 5, 9, 30), Moment(MARCH_5, time(9, 30))),  # noqa: DTZ001 - as calamine gives it
        (datetime(2024, 3, 5, 9, 29, 59, 999_990), Moment(MARCH_5, time(9, 30))),  # noqa: DTZ001 - as above
        (45356, Moment(MARCH_5, None)),
        (45356.0, Moment(MARCH_5, None)),
        (45356.395833333336, Moment(MARCH_5, time(9, 30))),
        ("45356", Moment(MARCH_5, None)),
        ("45356,5", Moment(MARCH_5, time(12))),
    ],
)
def test_a_day_is_read_however_it_is_written(cell: str | float | date, expected: Moment) -> None:
    assert moment_of(cell) == expected


@pytest.mark.parametrize(
    "cell",
    ["31/02/2024", "03/13/2024", "05/03/24", "hôm qua", "05/03/2024 25:00", 12.0, 99_999, True, "2024"],
)
def test_what_is_no_day_is_refused(cell: str | float) -> None:
    with pytest.raises(CellUnusable) as refused:
        moment_of(cell)
    assert refused.value.fault.code == "not-a-date"


@given(st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 30)))  # noqa: DTZ001 - times of the wall clock
def test_a_moment_survives_being_a_number_of_days(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    serial = (moment - datetime(1899, 12, 30)).total_seconds() / 86_400  # noqa: DTZ001 - a spreadsheet's day 0
    read = moment_of(serial)
    assert datetime.combine(read.day, read.clock or time.min) == moment


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.234.567", 1_234_567),
        ("1,234,567", 1_234_567),
        ("1 234 567", 1_234_567),
        ("8.000 đ", 8000),
        ("8.000 VNĐ", 8000),
        ("8000", 8000),
        ("8000,00", 8000),
        ("0", 0),
        (8000.0, 8000),
        (8000, 8000),
    ],
)
def test_a_sum_is_read_with_any_separator(cell: str | float, expected: int) -> None:
    assert sum_of(cell) == expected


@pytest.mark.parametrize("cell", ["1.234,5", "12.34", "tám nghìn", 8000.5, "1.2345", True])
def test_what_is_no_whole_sum_is_refused(cell: str | float) -> None:
    with pytest.raises(CellUnusable):
        sum_of(cell)


@given(st.integers(0, 10**13), st.sampled_from(".,"))
def test_any_sum_survives_its_separators(number: int, separator: str) -> None:
    assert sum_of(f"{number:,}".replace(",", separator)) == number


@pytest.mark.parametrize(
    ("cell", "expected", "warned"),
    [
        ("025190000123", "025190000123", False),
        ("'025190000123", "025190000123", False),
        ("025 190 000 123", "025190000123", False),
        (25190000123.0, "025190000123", True),
        (1190000123.0, "001190000123", True),
        ("123456789", "123456789", False),
        (12345678.0, "012345678", True),
    ],
)
def test_zeros_cut_off_by_a_spreadsheet_are_put_back(
    cell: str | float, expected: str, *, warned: bool
) -> None:
    warnings: list[Fault] = []
    assert identity_of(cell, warnings.append) == expected
    assert [warning.code for warning in warnings] == ["leading-zero-restored"] * warned


@pytest.mark.parametrize("cell", ["1234567", "0251900001234", "CMND 123", "99190000123", "", 1.5])
def test_what_no_identity_number_can_be_is_refused_without_being_shown(cell: str | float) -> None:
    with pytest.raises(CellUnusable) as refused:
        identity_of(cell, lambda _: None)
    shown = f"{refused.value!r} {refused.value.fault}"
    assert not cell or str(cell) not in shown


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("  Nguyễn\n Thị   Hoa ", "Nguyễn Thị Hoa"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("'0912", "0912"),
        (912.0, "912"),
        (None, ""),
        (MARCH_5, "05/03/2024"),
    ],
)
def test_text_is_one_composed_line(cell: str | float | date | None, expected: str) -> None:
    assert text_of(cell) == expected


def test_words_are_alike_whatever_their_case_accents_and_punctuation() -> None:
    spellings = ("Số CCCD/CMND", "SỐ CCCD / CMND", "so cccd, cmnd", "So\u0302\u0301 CCCD\nCMND ")
    assert {fold(spelling) for spelling in spellings} == {"so cccd cmnd"}
