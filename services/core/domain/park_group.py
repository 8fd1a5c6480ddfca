"""What many parked dossiers have in common: one cause, hence one fix.

A group is a text that programs compare and people read: `unknown_procedure:1.001193` for faults that we
recognise, else the cause with the portal's words. What differs from dossier to dossier is masked in it, and
so is everything that may tell whose dossier it is. No official list of the portal's words is public; what is
recognised here are the phrases that its clients report (portal-interface 1.5).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.core.domain.delivery import ParkCause

MASK: Final = "*"

#: Longer ones are cut: the beginning of a refusal says what it is about.
MAX_LENGTH: Final = 200

_FIRST_LETTERS: Final = 2


class Fault(StrEnum):
    """Faults that are recognised by the words, whoever uttered them."""

    UNKNOWN_PROCEDURE = "unknown_procedure"  #: about the procedure's code
    UNKNOWN_UNIT = "unknown_unit"  #: about the unit's code
    MISSING_VALUE = "missing_value"  #: about the field, as the portal calls it
    INVALID_VALUE = "invalid_value"  #: about the field
    TOO_LONG = "too_long"  #: about the field
    TOO_LARGE = "too_large"
    ALREADY_EXISTS = "already_exists"
    NOT_ON_PORTAL = "not_on_portal"  #: the portal does not know what it has acknowledged
    UNREADABLE = "unreadable"  #: stored in a way that today's code cannot read


@dataclass(frozen=True, slots=True)
class Subject:
    """The dossier that was parked, as far as a refusal may quote it or be about it.

    `personal` are the values that tell whose it is.
    """

    code: str = ""
    procedure_code: str = ""
    unit_code: str = ""
    personal: tuple[str, ...] = ()


_NOT_THERE: Final = (
    r"(?:không có trong|không tồn tại|chưa tồn tại|không tìm thấy|ngoài danh mục|chưa được công bố)"
)
_WITHIN: Final = r"(?:[^.;:]|\.\d){0,40}"
_FIELD: Final = r"(?:trường )?(?P<about>[A-Za-z][\w.\[\]*]*)"

#: Tried in this order on words in which the dossier's own values are masked; case does not count.
_PHRASES: Final[tuple[tuple[Fault, re.Pattern[str]], ...]] = tuple(
    (fault, re.compile(pattern, re.IGNORECASE))
    for fault, pattern in (
        (Fault.UNKNOWN_PROCEDURE, rf"(?:danh mục|mã) thủ tục{_WITHIN}{_NOT_THERE}"),
        (Fault.UNKNOWN_PROCEDURE, rf"{_NOT_THERE}{_WITHIN}\bthủ tục"),
        (Fault.UNKNOWN_UNIT, rf"(?:danh mục|mã) (?:đơn vị|cơ quan){_WITHIN}{_NOT_THERE}"),
        (Fault.UNKNOWN_UNIT, rf"{_NOT_THERE}{_WITHIN}\b(?:đơn vị|cơ quan)"),
        (Fault.MISSING_VALUE, rf"thiếu trường (?:bắt buộc )?{_FIELD}"),
        (Fault.MISSING_VALUE, rf"{_FIELD} (?:là bắt buộc|không được (?:để )?(?:trống|rỗng))"),
        (Fault.MISSING_VALUE, rf"^{_FIELD} is missing$"),
        (Fault.TOO_LONG, rf"{_FIELD} (?:vượt quá|dài quá|quá dài)"),
        (Fault.INVALID_VALUE, rf"trường {_FIELD} (?:sai định dạng|có giá trị|phải là|không hợp lệ)"),
        (Fault.TOO_LARGE, r"^HTTP 413\b"),
        (Fault.ALREADY_EXISTS, r"đã tồn tại"),
        (Fault.NOT_ON_PORTAL, r"chưa tồn tại trên hệ thống|says that it does not"),
    )
)

_INDEX: Final = re.compile(r"\[\d+\]")

#: Procedure codes, such as `1.001193` and a province's `1.001193.000.00.00.H44`, are what a fix is about.
_PROCEDURE: Final = r"(?<![\w.])\d\.\d{6}(?:\.[0-9A-Z]{2,3})*(?![\w])"
_PASSING: Final = (
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",  # ids
    r"\b[A-Z0-9.]*[A-Z0-9]-\d{6}(?:\d\d)?-\d+\b",  # numbers of other dossiers
    r"\b\d{4}-\d{2}-\d{2}\b",
    r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b",
    r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\b",
    r"\d{3,4}(?: \d{3,4}){2,3}\b",  # telephone and identity numbers in groups
    r"\d[\d.-]{6,}\d",
    r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b",  # hexadecimal marks of a request
    r"\d{5,}",
    r"\S+@\S+",
)
_VARYING: Final = re.compile("|".join((rf"(?P<stays>{_PROCEDURE})", *_PASSING)), re.IGNORECASE)


def group_of(cause: ParkCause, detail: str, subject: Subject | None = None) -> str:
    """Name the group of a dossier parked for `cause` with `detail`, which are the portal's words or ours.

    The result is the same for all dossiers with the same fault, and holds no identity number and nothing of
    `subject.personal`. At most `MAX_LENGTH` characters.
    """
    subject = subject or Subject()
    words = mask(detail, (subject.code, *subject.personal))
    fault, about = _recognise(cause, words, subject)
    if fault is not None:
        return (f"{fault}:{about}" if about else fault.value)[:MAX_LENGTH]
    if cause in {ParkCause.REFUSED, ParkCause.UNSENDABLE}:
        return f"{cause}: {words}"[:MAX_LENGTH]
    return cause.value


def kind_of(group: str) -> tuple[str, str]:
    """Split a group into the fault or cause that it begins with, and what that is about."""
    kind, _, about = group.partition(":")
    return kind, about.strip()


def mask(words: str, own: Iterable[str] = ()) -> str:
    """Replace `own` values, dates, times and long numbers; procedure codes stay."""
    for value in sorted((v.strip() for v in own), key=len, reverse=True):
        if len(value) >= _FIRST_LETTERS:
            words = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, words, flags=re.IGNORECASE)
    words = _VARYING.sub(lambda found: found["stays"] or MASK, words)
    return " ".join(words.split())


def _recognise(cause: ParkCause, words: str, subject: Subject) -> tuple[Fault | None, str]:
    if cause not in {ParkCause.REFUSED, ParkCause.UNSENDABLE, ParkCause.CONFLICT}:
        return None, ""
    for fault, pattern in _PHRASES:
        # A refusal begins with the portal's code, which says nothing.
        if found := pattern.search(words):
            return fault, _about(fault, found, subject)
    return (Fault.UNREADABLE, "") if cause is ParkCause.UNSENDABLE else (None, "")


def _about(fault: Fault, found: re.Match[str], subject: Subject) -> str:
    match fault:
        case Fault.UNKNOWN_PROCEDURE:
            return subject.procedure_code
        case Fault.UNKNOWN_UNIT:
            return subject.unit_code
        case _:
            return _INDEX.sub("[]", found.groupdict().get("about", ""))
