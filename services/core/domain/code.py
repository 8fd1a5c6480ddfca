"""The number of a dossier: ours to issue, or the portal's to keep (portal-interface 3.2)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.core.domain.errors import DomainError

#: Longest number accepted: an organisation code of 35 characters, a date, a counter, and room to spare.
MAX_LENGTH: Final = 64

_UNIT_CODE: Final = r"(?=.{1,35}\Z)[A-Z0-9]+(?:\.[A-Z0-9]+)*"
_UNIT_CODE_ALONE: Final = re.compile(_UNIT_CODE)
_THREE_PARTS: Final = re.compile(r"(?P<unit>[A-Z0-9.]+)-(?P<day>[0-9]{6}|[0-9]{8})-(?P<number>[0-9]{1,10})")
_ANY_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{3,}")

# What word processors and telephones make of a hyphen.
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))

#: Lengths of identity numbers, which people type into the wrong field, grouped by dots or not.
_IDENTITY_LENGTHS: Final = (9, 12)


class InvalidDossierCode(DomainError):
    """No dossier's number looks so. The text is not repeated: it may be an identity number.

    `fault` is one of length, characters, identity-number, unit-code, number.
    """

    code = "invalid-dossier-code"


@dataclass(frozen=True, slots=True)
class CodeParts:
    unit_code: str
    day: date
    number: int


@dataclass(frozen=True, slots=True)
class DossierCode:
    """One spelling per number, so that equal codes are equal texts.

    `parts` is `None` for a number of another make, which is kept letter by letter as the portal gave it.
    """

    text: str
    parts: CodeParts | None

    @classmethod
    def issue(cls, unit_code: str, day: date, number: int) -> "DossierCode":
        """Spell `{unit code}-{yyMMdd}-{nnnn}`; `day` is the local date, `number` grows beyond 9999 unpadded.

        Uniqueness is the caller's: the counter lives in the database.
        """
        if not _UNIT_CODE_ALONE.fullmatch(unit_code):
            raise InvalidDossierCode(fault="unit-code")
        if number < 1:
            raise InvalidDossierCode(fault="number")
        return cls(f"{unit_code}-{day:%y%m%d}-{number:04}", CodeParts(unit_code, day, number))

    @classmethod
    def parse(cls, text: str, *, pointer: str | None = None) -> "DossierCode":
        """Read a number as people and the portal write it: any case, with spaces, with typographic dashes.

        Raises `InvalidDossierCode`, carrying `pointer`.
        """
        compact = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
        fault = _fault_of(compact)
        if fault:
            raise InvalidDossierCode(pointer=pointer, fault=fault)
        upper = compact.upper()
        parts = _split(upper)
        return cls(upper if parts else compact, parts)

    def __str__(self) -> str:
        return self.text


def _fault_of(compact: str) -> str | None:
    if len(compact) > MAX_LENGTH:
        return "length"
    if not _ANY_NUMBER.fullmatch(compact):
        return "characters"
    ungrouped = compact.replace(".", "")
    if ungrouped.isdecimal() and len(ungrouped) in _IDENTITY_LENGTHS:
        return "identity-number"
    return None


def _split(upper: str) -> CodeParts | None:
    match = _THREE_PARTS.fullmatch(upper)
    if match is None or not _UNIT_CODE_ALONE.fullmatch(match["unit"]):
        return None
    day = _read_day(match["day"])
    return CodeParts(match["unit"], day, int(match["number"])) if day else None


def _read_day(digits: str) -> date | None:
    """Six digits are yyMMdd of this century, eight are yyyyMMdd; `None` if there is no such day."""
    full = digits if len(digits) == len("yyyyMMdd") else f"20{digits}"
    try:
        return date(int(full[:4]), int(full[4:6]), int(full[6:]))
    except ValueError:
        return None
