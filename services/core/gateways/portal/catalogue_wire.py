"""The portal's dictionary of procedures, as it is read (portal-interface 3.1).

Keys are in capitals, and not always; values are text, and not always. What is not there is not known.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

from services.core.domain.deadline import ProcessingTime, TimeUnit
from services.core.domain.errors import DomainError
from services.core.domain.portal_catalogue import Listing, ProcedureDetail

_UNITS: Final = {
    "giờ": TimeUnit.HOUR,
    "giờ làm việc": TimeUnit.HOUR,
    "ngày làm việc": TimeUnit.WORKING_DAY,
    "ngày": TimeUnit.CALENDAR_DAY,
    "tháng": TimeUnit.MONTH,
}
_SAME_DAY: Final = "trong ngày"
#: A province's variant has 22 characters; an amount in đồng has far fewer digits.
_LONGEST_CODE: Final = 100
#: The details of a procedure nest six levels deep.
_DEEPEST: Final = 30
_MOST_DIGITS: Final = 12
_UNKEPT: Final = re.compile("[\x00\ud800-\udfff]")


def listing(result: list[Any]) -> Listing:
    """Read the answer to `LayDanhSachTTHC`; a row without code or name is counted, not guessed."""
    names: dict[str, str] = {}
    unreadable = 0
    for item in result:
        row = {str(key).upper(): value for key, value in item.items()} if isinstance(item, dict) else {}
        code, name = _text(row.get("MATTHC")), _text(row.get("TENTTHC"))
        if name and 0 < len(code) <= _LONGEST_CODE:
            names[code] = name
        else:
            unreadable += 1
    return Listing(names, unreadable)


def detail(item: Any) -> ProcedureDetail:
    """Read one item of the answer to `LayThuTuc`; raises `ValueError` if it is none."""
    row = _capitals(item)
    code, name = _text(row.get("MATTHC")), _text(row.get("TENTTHC"))
    if not code or not name:
        raise ValueError("MATTHC")
    spans = [span for way in _rows(row.get("CACHTHUCTHUCHIEN")) for span in _rows(way.get("THOIGIAN"))]
    return ProcedureDetail(
        code=code,
        name=name,
        fields={
            _text(field.get("MALINHVUC")): _text(field.get("TENLINHVUC"))
            for field in _rows(row.get("LINHVUCTHUCHIEN"))
            if _text(field.get("MALINHVUC"))
        },
        times=frozenset(time for span in spans if (time := _time(span)) is not None),
        fees_vnd=frozenset(_fees(spans)),
        digest=hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).digest(),
    )


def _time(span: dict[str, Any]) -> ProcessingTime | None:
    """Read a processing time; one without a unit, or in words, binds nobody."""
    unit = _UNITS.get(_text(span.get("DONVITINH")).lower())
    if unit is None:
        return None
    if _SAME_DAY in _text(span.get("MOTA")).lower():
        return ProcessingTime(1, TimeUnit.SAME_DAY)
    try:
        return ProcessingTime.parse(_text(span.get("THOIGIANGIAIQUYET")).replace(",", "."), unit.value)
    except DomainError:
        return None


def _fees(spans: Iterable[dict[str, Any]]) -> Iterator[int]:
    for span in spans:
        for fee in _rows(span.get("PHILEPHI")):
            amount = _text(fee.get("SOTIEN"))
            if amount.isascii() and amount.isdigit() and len(amount) <= _MOST_DIGITS:
                yield int(amount)


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _capitals(value: Any, depth: int = 0) -> Any:
    """Give the same with all keys in capitals; what is no object becomes an empty one.

    Raises `ValueError` if it is nested deeper than any procedure is.
    """
    if not isinstance(value, dict):
        return {}
    return {str(key).upper(): _deep(inner, depth + 1) for key, inner in value.items()}


def _deep(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, dict):
        return _capitals(value, depth)
    return [_deep(item, depth + 1) for item in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    """Give a scalar as text on one line; one that PostgreSQL could not keep counts as absent."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = " ".join(unicodedata.normalize("NFC", str(value)).split())
    return "" if _UNKEPT.search(text) else text
