"""The adapter's notations: three ways to write a time in one payload, and codes as numbers.

Everything is turned into the portal's own notation, so that both generations share one store.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from services.mock_portal.wire_time import is_wire_time


class TimeForm(StrEnum):
    SPACED = "yyyy-MM-dd HH:mm:ss"
    ISO = "yyyy-MM-ddTHH:mm:ss.SSS"
    COMPACT = "yyyyMMddHHmmss"


_SHAPES: Final = {
    TimeForm.SPACED: re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)"),
    TimeForm.ISO: re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,7})?"),
    TimeForm.COMPACT: re.compile(r"(\d{14})"),
}


class WrongField(Exception):
    """A field that cannot be read; the text names it and the form it needs."""


def in_portal_notation(
    item: Mapping[str, object], times: Mapping[str, TimeForm], codes: frozenset[str], *, strict: bool
) -> dict[str, object]:
    """Rewrite one object; lists are left as they are.

    `strict` asks for codes as numbers, which is how this generation writes them.

    Raises `WrongField`.
    """
    rewritten: dict[str, object] = {}
    for name, value in item.items():
        if name in times:
            rewritten[name] = _time(name, value, times[name])
        elif name in codes:
            rewritten[name] = _code(name, value, strict=strict)
        else:
            rewritten[name] = value
    return rewritten


def _time(name: str, value: object, form: TimeForm) -> str:
    """Vietnam's clock: the forms carry no zone. Fractions of a second are dropped."""
    if value in (None, ""):
        return ""
    found = _SHAPES[form].fullmatch(str(value))
    compact = "".join(found.groups()) if found else ""
    if not is_wire_time(compact):
        raise WrongField(f"trường {name} sai định dạng {form.value}")
    return compact


def _code(name: str, value: object, *, strict: bool) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str) or (strict and isinstance(value, str)):
        raise WrongField(f"trường {name} phải là số")
    return str(value)
