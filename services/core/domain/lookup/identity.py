"""Names and births as two systems write them down, and when they mean the same."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from services.core.domain.errors import DomainError
from services.core.domain.identity import IdentityKind, IdentityNumber

#: `yyyy`, `yyyyMMdd` or `yyyy-MM-dd`: all three are seen on the wire (portal-interface 4.2).
_WRITTEN: Final = re.compile(r"((?:19|20)[0-9]{2})(?:-?([0-9]{2})-?([0-9]{2}))?", re.ASCII)
#: Letters that Unicode does not take for a letter with a mark.
_BARRED: Final = str.maketrans({"đ": "d", "ð": "d"})
_FIRST_YEAR: Final = 1900
_YEARS_PER_DIGIT: Final = 100


class InvalidBirth(DomainError):
    """Neither a year nor a day. Carries nothing of what was typed."""

    code = "invalid-birth"


@dataclass(frozen=True, slots=True)
class Birth:
    """A year of birth, and the day where it is known: of many old people it is not."""

    year: int
    day: date | None = None

    @classmethod
    def parse(cls, text: str, *, pointer: str | None = None) -> Self:
        """Read a year or a day; raises `InvalidBirth`, carrying `pointer`."""
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise InvalidBirth(pointer=pointer)
        year, month, day = match.groups()
        try:
            return cls(int(year), date(int(year), int(month), int(day)) if month else None)
        except ValueError:
            raise InvalidBirth(pointer=pointer) from None

    @classmethod
    def from_number(cls, number: IdentityNumber) -> Self | None:
        """Give the year in a personal number (Decree 137/2015, article 13); an old card has none."""
        if number.kind is IdentityKind.OLD_9:
            return None
        digits = number.reveal()
        return cls(_FIRST_YEAR + _YEARS_PER_DIGIT * (int(digits[3]) // 2) + int(digits[4:6]))

    @property
    def text(self) -> str:
        """Write it as it is stored: `yyyy` or `yyyy-MM-dd`."""
        return f"{self.year:04d}" if self.day is None else self.day.isoformat()

    def fits(self, other: "Birth") -> bool:
        """Compare as far as both are known."""
        if self.day is None or other.day is None:
            return self.year == other.year
        return self.day == other.day


def folded(name: str) -> str:
    """Leave out what clients differ in: case, accents, spaces, punctuation, and the form of Unicode."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_BARRED)
    return "".join(letter for letter in plain if letter.isalnum())


def same_name(one: str, other: str) -> bool:
    """Tell whether two spellings may be the same name; nothing is no name."""
    return folded(one) == folded(other) != ""
