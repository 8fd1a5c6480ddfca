from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.code import MAX_LENGTH, CodeParts, DossierCode, InvalidDossierCode

unit_codes = st.from_regex(r"[A-Z0-9]{1,3}(\.[A-Z0-9]{1,3}){0,5}", fullmatch=True)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("unit", "day", "number", "text"),
    [
        ("000.00.19.H26", date(2024, 1, 15), 1, "000.00.19.H26-240115-0001"),
        ("H56.01.02", date(2025, 12, 31), 9999, "H56.01.02-251231-9999"),
        ("H56.01.02", date(2025, 12, 31), 10_000, "H56.01.02-251231-10000"),
        ("H56", date(2009, 3, 4), 123_456, "H56-090304-123456"),
    ],
)
def test_own_numbers_are_padded_to_four_and_grow(unit: str, day: date, number: int, text: str) -> None:
    assert str(DossierCode.issue(unit, day, number)) == text


@given(unit=unit_codes, day=days, number=st.integers(1, 9_999_999))
def test_what_is_issued_is_read_back(unit: str, day: date, number: int) -> None:
    issued = DossierCode.issue(unit, day, number)
    assert DossierCode.parse(str(issued)) == issued


@given(unit=unit_codes, day=days, numbers=st.sets(st.integers(1, 99_999), min_size=2, max_size=2))
def test_two_numbers_never_share_a_spelling(unit: str, day: date, numbers: set[int]) -> None:
    assert len({DossierCode.issue(unit, day, number).text for number in numbers}) == 2


@pytest.mark.parametrize("unit", ["", "h56", "H56.", ".H56", "H56..01", "H56-01", "H 56", "Đ01", "A" * 36])
def test_numbers_are_not_issued_for_an_odd_unit_code(unit: str) -> None:
    with pytest.raises(InvalidDossierCode) as refused:
        DossierCode.issue(unit, date(2024, 1, 15), 1)
    assert refused.value.facts == {"fault": "unit-code"}


@pytest.mark.parametrize("number", [0, -1])
def test_numbers_begin_at_one(number: int) -> None:
    with pytest.raises(InvalidDossierCode):
        DossierCode.issue("H56", date(2024, 1, 15), number)


@pytest.mark.parametrize(
    ("typed", "text", "parts"),
    [
        (
            "000.00.19.H26-240115-0001",
            "000.00.19.H26-240115-0001",
            CodeParts("000.00.19.H26", date(2024, 1, 15), 1),
        ),
        (
            "G09.20-20260609-0092637",
            "G09.20-20260609-0092637",
            CodeParts("G09.20", date(2026, 6, 9), 92_637),
        ),
        (
            "H56.01.02-240115-12345",
            "H56.01.02-240115-12345",
            CodeParts("H56.01.02", date(2024, 1, 15), 12_345),
        ),
        (
            "  h56.01.02-240115-0007\n",
            "H56.01.02-240115-0007",
            CodeParts("H56.01.02", date(2024, 1, 15), 7),
        ),
        (
            "H56.01.02 \u2013 240115 \u2013 0007",
            "H56.01.02-240115-0007",
            CodeParts("H56.01.02", date(2024, 1, 15), 7),
        ),
        (
            "\uff28\uff15\uff16-240115-\uff10\uff10\uff10\uff17",
            "H56-240115-0007",
            CodeParts("H56", date(2024, 1, 15), 7),
        ),
    ],
)
def test_numbers_are_read_as_people_and_the_portal_write_them(
    typed: str, text: str, parts: CodeParts
) -> None:
    assert DossierCode.parse(typed) == DossierCode(text, parts)


@pytest.mark.parametrize(
    "text",
    [
        "000.00.19.H26-241301-0001",  # no thirteenth month
        "H56-20230229-0001",  # no leap year
        "H56-00000000-0001",
        "BTP_2024_000123",
        "tmp.aB12",
        "H56.01.02-240115",
        "12345678",
        "G09.20-20260609-00926370000",
    ],
)
def test_a_foreign_number_is_kept_letter_by_letter(text: str) -> None:
    assert DossierCode.parse(text) == DossierCode(text, None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "characters"),
        ("   ", "characters"),
        ("H56", "characters"),
        ("-H56-240115-0001", "characters"),
        ("H56/240115/0001", "characters"),
        ("H56-240115-0001?x=1", "characters"),
        ("H56-240115-0001\x00", "characters"),
        ("Đ56-240115-0001", "characters"),
        ("H56-٢٤٠١١٥-0001", "characters"),
        ("A" * (MAX_LENGTH + 1), "length"),
        ("001099012345", "identity-number"),
        ("001 099 012 345", "identity-number"),
        ("001.099.012.345", "identity-number"),
        ("123456789", "identity-number"),
    ],
)
def test_what_cannot_be_a_number_is_refused_without_being_repeated(text: str, fault: str) -> None:
    with pytest.raises(InvalidDossierCode) as refused:
        DossierCode.parse(text, pointer="/code")
    assert refused.value.facts == {"fault": fault}
    assert refused.value.pointer == "/code"
    assert "".join(text.split()) not in str(refused.value) or not text.strip()


@given(st.text(max_size=80))
def test_reading_any_text_gives_a_stable_spelling_or_a_refusal(text: str) -> None:
    try:
        code = DossierCode.parse(text)
    except InvalidDossierCode:
        return
    assert DossierCode.parse(code.text) == code
    assert code.text.isascii()
    assert len(code.text) <= MAX_LENGTH
