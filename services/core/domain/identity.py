"""Numbers that name a person or an organisation. A person's number never shows by accident."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from services.core.domain.errors import DomainError

#: Birthplace codes of the 63 provinces up to 2025 (Circular 07/2016/TT-BCA, annex 1). Numbers given before
#: the provinces merged keep them, and the merged provinces reuse some.
# fmt: off
# One number a line would make sixty-three lines of this.
PROVINCE_CODES: Final = frozenset({
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38,
    40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80,
    82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
})
# fmt: on

#: From here on the first three digits are a country, for births registered abroad (the same circular,
#: annex 2); which countries exist is not checked.
FIRST_COUNTRY_CODE: Final = 100

_PERSON: Final = re.compile(r"[0-9]{12}|[0-9]{9}")
_ORGANISATION: Final = re.compile(r"([0-9]{10})(?:-?([0-9]{3}))?")
_TAX_WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_PERSONAL_LENGTH: Final = 12
_SHOWN_DIGITS: Final = 3


class IdentityKind(StrEnum):
    PERSONAL_12 = "personal12"
    OLD_9 = "old9"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class IdentityWarning(StrEnum):
    """Reasons to look again; none is proof, since numbers with such faults were really given out."""

    PROVINCE_UNASSIGNED = "province-unassigned"
    CENTURY_MISMATCH = "century-mismatch"
    YEAR_MISMATCH = "year-mismatch"
    SEX_MISMATCH = "sex-mismatch"
    BORN_IN_FUTURE = "born-in-future"


class InvalidIdentityNumber(DomainError):
    """Neither 12 digits nor 9. Carries nothing of what was typed."""

    code = "invalid-identity-number"


class InvalidOrganisationNumber(DomainError):
    """Not a tax code; `fault` is `shape` or `check-digit`. Carries nothing of what was typed."""

    code = "invalid-organisation-number"


class IdentityNumber:
    """A citizen's number: the 12-digit personal number, or the 9 digits of the old card.

    Every way of printing it gives the mask; `reveal` is the one way to the digits, easy to find by search.
    """

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        """Trust `digits`; `parse` is the way in for anything that was typed or received."""
        self._digits = digits

    @classmethod
    def parse(cls, text: str, *, pointer: str | None = None) -> "IdentityNumber":
        """Accept ASCII digits only, with white space around them.

        Raises `InvalidIdentityNumber`, carrying `pointer`.
        """
        digits = text.strip()
        if not _PERSON.fullmatch(digits):
            raise InvalidIdentityNumber(pointer=pointer)
        return cls(digits)

    @property
    def kind(self) -> IdentityKind:
        return IdentityKind.PERSONAL_12 if len(self._digits) == _PERSONAL_LENGTH else IdentityKind.OLD_9

    def reveal(self) -> str:
        """Give the digits, for the encrypted column, the portal and the population database only."""
        return self._digits

    def mask(self) -> str:
        """Hide all but the last three digits."""
        return "*" * (len(self._digits) - _SHOWN_DIGITS) + self._digits[-_SHOWN_DIGITS:]

    def __repr__(self) -> str:
        return f"<IdentityNumber {self.mask()}>"

    def __str__(self) -> str:
        return self.mask()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdentityNumber) and self._digits == other._digits

    def __hash__(self) -> int:
        return hash(self._digits)


def plausibility(
    number: IdentityNumber,
    birth_date: date | None = None,
    sex: Sex | None = None,
    *,
    today: date | None = None,
) -> list[IdentityWarning]:
    """Compare a personal number with what else is known; an old card's number says nothing and passes.

    Digits 1-3 are the place, digit 4 century and sex, digits 5-6 the year of birth (Decree 137/2015,
    article 13; Circular 07/2016/TT-BCA, article 7). There is no check digit.
    """
    if number.kind is IdentityKind.OLD_9:
        return []
    digits = number.reveal()
    century_and_sex = int(digits[3])
    born = 1900 + 100 * (century_and_sex // 2) + int(digits[4:6])
    warnings = {
        IdentityWarning.PROVINCE_UNASSIGNED: not _is_birthplace(int(digits[:3])),
        IdentityWarning.CENTURY_MISMATCH: birth_date is not None and birth_date.year // 100 != born // 100,
        IdentityWarning.YEAR_MISMATCH: birth_date is not None and birth_date.year % 100 != born % 100,
        IdentityWarning.SEX_MISMATCH: sex is not None and (sex is Sex.FEMALE) != (century_and_sex % 2 == 1),
        IdentityWarning.BORN_IN_FUTURE: today is not None and born > today.year,
    }
    return [warning for warning, raised in warnings.items() if raised]


def _is_birthplace(code: int) -> bool:
    return code in PROVINCE_CODES or code >= FIRST_COUNTRY_CODE


@dataclass(frozen=True, slots=True)
class OrganisationNumber:
    """A tax code: 10 digits, or 13 for a dependent unit, spelled `0123456789-001`.

    A household business without one is named by its owner's `IdentityNumber`.
    """

    text: str

    @classmethod
    def parse(cls, text: str, *, pointer: str | None = None) -> "OrganisationNumber":
        """Check the ten digits; the dash before the last three may be missing.

        Raises `InvalidOrganisationNumber`, carrying `pointer`.
        """
        match = _ORGANISATION.fullmatch(text.strip())
        if match is None:
            raise InvalidOrganisationNumber(pointer=pointer, fault="shape")
        root, branch = match.groups()
        if not _check_digit_fits(root):
            raise InvalidOrganisationNumber(pointer=pointer, fault="check-digit")
        return cls(f"{root}-{branch}" if branch else root)

    def __str__(self) -> str:
        return self.text


def _check_digit_fits(root: str) -> bool:
    """Weigh the first nine digits; a remainder of 0 would ask for the digit 10, so no such code exists."""
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, root, strict=False))
    return int(root[9]) == 10 - total % 11
