"""What is wrong with which field. The value itself is never repeated."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from services.api.problems.language import Language, Said
from services.api.problems.table import PROBLEMS

#: More than a person mends at once; the rest shows when these are gone.
MOST_SHOWN: Final = 20

#: An unknown name may itself be a citizen's number typed into the wrong place.
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")

FieldError = dict[str, Any]


class FieldText(NamedTuple):
    code: str
    said: Said


_REQUIRED: Final = FieldText("required", Said("Thiếu trường này.", "This field is missing."))
_UNKNOWN: Final = FieldText("unknown-field", Said("Không có trường này.", "There is no such field."))
_TOO_LONG: Final = FieldText(
    "too-long", Said("Dài quá {max_length} ký tự.", "Longer than {max_length} characters.")
)
_TOO_MANY: Final = FieldText("too-many", Said("Nhiều hơn {max_length} mục.", "More than {max_length} items."))
_EMPTY: Final = FieldText("too-short", Said("Không được để trống.", "Must not be empty."))
_NO_TEXT: Final = FieldText("not-a-text", Said("Phải là chuỗi ký tự.", "Must be a text."))
_NO_INTEGER: Final = FieldText("not-an-integer", Said("Phải là số nguyên.", "Must be an integer."))
_NO_TRUTH: Final = FieldText("not-a-boolean", Said("Phải là true hoặc false.", "Must be true or false."))
_NO_OBJECT: Final = FieldText("not-an-object", Said("Phải là một đối tượng.", "Must be an object."))
_NO_LIST: Final = FieldText("not-a-list", Said("Phải là một danh sách.", "Must be a list."))
_NOT_ALLOWED: Final = FieldText("not-allowed", Said("Chỉ nhận: {expected}.", "Allowed: {expected}."))
_TOO_SMALL: Final = FieldText("too-small", Said("Nhỏ hơn {ge}.", "Less than {ge}."))
_TOO_LARGE: Final = FieldText("too-large", Said("Lớn hơn {le}.", "More than {le}."))
_NO_TIME: Final = FieldText(
    "not-a-time",
    Said(
        "Phải là thời điểm RFC 3339 có múi giờ, như 2026-02-19T10:00:00+07:00.",
        "Must be an RFC 3339 time with offset, such as 2026-02-19T10:00:00+07:00.",
    ),
)
_NO_DAY: Final = FieldText(
    "not-a-day", Said("Phải là ngày dạng 2026-02-19.", "Must be a day such as 2026-02-19.")
)
_CHARACTERS: Final = FieldText(
    "characters-not-allowed",
    Said("Có ký tự không dùng được.", "It has characters that cannot be used."),
)
_INVALID: Final = FieldText("invalid", Said("Giá trị không hợp lệ.", "The value cannot be used."))

#: By the type of pydantic's error, which is theirs to change; our codes are public.
_BY_TYPE: Final[Mapping[str, FieldText]] = {
    "missing": _REQUIRED,
    "extra_forbidden": _UNKNOWN,
    "string_too_long": _TOO_LONG,
    "string_too_short": _EMPTY,
    "string_type": _NO_TEXT,
    "string_unicode": _CHARACTERS,
    "string_pattern_mismatch": _CHARACTERS,
    "too_long": _TOO_MANY,
    "too_short": _EMPTY,
    "int_type": _NO_INTEGER,
    "int_parsing": _NO_INTEGER,
    "int_from_float": _NO_INTEGER,
    "bool_type": _NO_TRUTH,
    "bool_parsing": _NO_TRUTH,
    "model_type": _NO_OBJECT,
    "model_attributes_type": _NO_OBJECT,
    "dict_type": _NO_OBJECT,
    "list_type": _NO_LIST,
    "tuple_type": _NO_LIST,
    "enum": _NOT_ALLOWED,
    "literal_error": _NOT_ALLOWED,
    "greater_than_equal": _TOO_SMALL,
    "less_than_equal": _TOO_LARGE,
    "not-a-time": _NO_TIME,
    "not-a-day": _NO_DAY,
    "timezone_aware": _NO_TIME,
    "characters-not-allowed": _CHARACTERS,
}


_BY_CODE: Final = {text.code: text for text in (*_BY_TYPE.values(), _INVALID)}

#: Where FastAPI found a value, and what we call the way to it.
_PLACES: Final = {"query": "parameter", "path": "parameter", "header": "header"}


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Give pydantic's errors in a form that can be kept, and shown in any language later."""
    return [_field_error(error) for error in islice(errors, MOST_SHOWN)]


def in_language(error: FieldError, language: Language) -> FieldError:
    """Replace the limits of an error by the sentence that they belong into."""
    known = _BY_CODE.get(error["code"])
    said = PROBLEMS[error["code"]].detail if known is None else known.said
    shown = {name: value for name, value in error.items() if name != "limits"}
    return shown | {"detail": said.in_(language).format_map(error["limits"])}


def _field_error(error: Mapping[str, Any]) -> FieldError:
    kind = error["type"]
    code = kind if kind in PROBLEMS else _BY_TYPE.get(kind, _INVALID).code
    limits = {
        name: value
        for name, value in error.get("ctx", {}).items()
        if name in {"max_length", "expected", "ge", "le", "fault"}
    }
    return {"code": code, **_place(error["loc"], named=code != _UNKNOWN.code), "limits": limits}


def _place(loc: Sequence[str | int], *, named: bool) -> dict[str, str]:
    root, *path = loc
    if root in _PLACES:
        return {_PLACES[str(root)]: str(path[0]) if path else ""}
    if not named and path and not _NAME.fullmatch(str(path[-1])):
        path.pop()
    return {"pointer": "".join(f"/{_escaped(part)}" for part in path)}


def _escaped(part: str | int) -> str:
    """Escape as RFC 6901 has it."""
    return str(part).replace("~", "~0").replace("/", "~1")
