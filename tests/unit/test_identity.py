import logging
import traceback
from copy import deepcopy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.identity import (
    PROVINCE_CODES,
    IdentityKind,
    IdentityNumber,
    IdentityWarning,
    InvalidIdentityNumber,
    InvalidOrganisationNumber,
    OrganisationNumber,
    Sex,
    plausibility,
)

BORN_1999_MALE = "001099012345"
BORN_2001_FEMALE = "096301054321"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (BORN_1999_MALE, IdentityKind.PERSONAL_12),
        (" 001099012345\n", IdentityKind.PERSONAL_12),
        ("012345678", IdentityKind.OLD_9),
    ],
)
def test_twelve_digits_or_nine_are_an_identity_number(text: str, kind: IdentityKind) -> None:
    number = IdentityNumber.parse(text)
    assert number.kind is kind
    assert number.reveal() == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00109901234",
        "0010990123456",
        "0123456789",
        "001 099 012345",
        "001.099.012345",
        "00109901234X",
        "+01099012345",
        "٠٠١٠٩٩٠١٢٣٤٥",
        "００１０９９０１２３４５",
        "001099012345\n001099012345",
    ],
)
def test_anything_else_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(InvalidIdentityNumber) as refused:
        IdentityNumber.parse(text, pointer="/applicant/identity_number")
    assert refused.value.pointer == "/applicant/identity_number"
    assert refused.value.facts == {}
    shown = "".join(traceback.format_exception_only(refused.value)) + repr(refused.value)
    assert text == "" or text not in shown


def test_no_way_of_printing_shows_the_digits(caplog: pytest.LogCaptureFixture) -> None:
    number = IdentityNumber.parse(BORN_1999_MALE)
    logging.getLogger("test").warning("%s %r %s", number, number, {"number": number})
    shown = f"{number} {number!r} {[number]} " + caplog.text
    assert BORN_1999_MALE not in shown
    assert BORN_1999_MALE[:9] not in shown
    assert number.mask() == "*********345"


@given(st.from_regex(r"[0-9]{12}|[0-9]{9}", fullmatch=True))
def test_the_mask_keeps_the_length_and_three_digits(digits: str) -> None:
    mask = IdentityNumber.parse(digits).mask()
    assert len(mask) == len(digits)
    assert mask.count("*") == len(digits) - 3
    assert mask.endswith(digits[-3:])


def test_numbers_are_compared_by_their_digits() -> None:
    number = IdentityNumber.parse(BORN_1999_MALE)
    assert number == IdentityNumber.parse(BORN_1999_MALE)
    assert number != IdentityNumber.parse(BORN_2001_FEMALE)
    assert number != BORN_1999_MALE
    assert len({number, IdentityNumber.parse(BORN_1999_MALE), deepcopy(number)}) == 1


def test_there_are_63_old_provinces_from_1_to_96() -> None:
    assert len(PROVINCE_CODES) == 63
    assert (min(PROVINCE_CODES), max(PROVINCE_CODES)) == (1, 96)


@pytest.mark.parametrize(
    ("digits", "birth_date", "sex", "expected"),
    [
        (BORN_1999_MALE, None, None, []),
        (BORN_1999_MALE, date(1999, 5, 1), Sex.MALE, []),
        (BORN_2001_FEMALE, date(2001, 5, 1), Sex.FEMALE, []),
        (BORN_1999_MALE, date(1999, 5, 1), Sex.FEMALE, [IdentityWarning.SEX_MISMATCH]),
        (BORN_2001_FEMALE, None, Sex.MALE, [IdentityWarning.SEX_MISMATCH]),
        (BORN_1999_MALE, date(1998, 5, 1), None, [IdentityWarning.YEAR_MISMATCH]),
        (BORN_1999_MALE, date(2099, 5, 1), None, [IdentityWarning.CENTURY_MISMATCH]),
        (
            BORN_1999_MALE,
            date(2000, 1, 1),
            Sex.MALE,
            [IdentityWarning.CENTURY_MISMATCH, IdentityWarning.YEAR_MISMATCH],
        ),
        ("003099012345", None, None, [IdentityWarning.PROVINCE_UNASSIGNED]),
        ("000099012345", None, None, [IdentityWarning.PROVINCE_UNASSIGNED]),
        ("097099012345", None, None, [IdentityWarning.PROVINCE_UNASSIGNED]),
        ("100099012345", None, None, []),
        ("272099012345", None, None, []),
        ("001200012345", date(2000, 1, 1), Sex.MALE, []),
        ("001100012345", date(1900, 1, 1), Sex.FEMALE, []),
        ("001401012345", date(2101, 1, 1), Sex.MALE, []),
        ("012345678", date(1950, 1, 1), Sex.MALE, []),
    ],
)
def test_implausible_numbers_are_warned_of(
    digits: str, birth_date: date | None, sex: Sex | None, expected: list[IdentityWarning]
) -> None:
    assert plausibility(IdentityNumber.parse(digits), birth_date, sex) == expected


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("001226012345", []),
        ("001227012345", [IdentityWarning.BORN_IN_FUTURE]),
        ("001400012345", [IdentityWarning.BORN_IN_FUTURE]),
        (BORN_1999_MALE, []),
    ],
)
def test_nobody_is_born_after_this_year(digits: str, expected: list[IdentityWarning]) -> None:
    assert plausibility(IdentityNumber.parse(digits), today=date(2026, 6, 1)) == expected


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("0100112437", "0100112437"),
        ("0100109106", "0100109106"),
        ("0101248141", "0101248141"),
        ("0300588569", "0300588569"),
        ("0314409058-002", "0314409058-002"),
        ("0314409058002", "0314409058-002"),
        (" 0300588569 ", "0300588569"),
    ],
)
def test_real_tax_codes_are_accepted(text: str, spelled: str) -> None:
    assert OrganisationNumber.parse(text).text == spelled


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0100112438", "check-digit"),
        ("0000000000", "check-digit"),
        ("0314409059-002", "check-digit"),
        ("010011243", "shape"),
        ("01001124370", "shape"),
        ("0100112437-01", "shape"),
        ("0100112437--001", "shape"),
        ("٠١٠٠١١٢٤٣٧", "shape"),
        ("", "shape"),
    ],
)
def test_other_tax_codes_are_refused(text: str, fault: str) -> None:
    with pytest.raises(InvalidOrganisationNumber) as refused:
        OrganisationNumber.parse(text, pointer="/applicant/organisation_number")
    assert refused.value.facts == {"fault": fault}
    assert refused.value.pointer == "/applicant/organisation_number"


@given(root=st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_at_most_one_check_digit_fits(root: str) -> None:
    accepted = 0
    for digit in "0123456789":
        try:
            OrganisationNumber.parse(root + digit)
        except InvalidOrganisationNumber:
            continue
        accepted += 1
    assert accepted <= 1


@given(
    digits=st.sampled_from(["0100112437", "0100109106", "0101248141", "0300588569"]),
    position=st.integers(0, 9),
    other=st.sampled_from("0123456789"),
)
def test_one_wrong_digit_is_found(digits: str, position: int, other: str) -> None:
    typed = digits[:position] + other + digits[position + 1 :]
    if typed == digits:
        assert OrganisationNumber.parse(typed).text == digits
    else:
        with pytest.raises(InvalidOrganisationNumber):
            OrganisationNumber.parse(typed)
