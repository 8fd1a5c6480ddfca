"""Citizens' data replaced by artificial values, the same person by the same ones throughout."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

_NUMBER: Final = "number"
_NAME: Final = "name"
_PHONE: Final = "phone"
_EMAIL: Final = "email"
_TEXT: Final = "text"
_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "SoDinhDanh": _NUMBER,
        "SoGiayToChuHoSo": _NUMBER,
        "MaDoiTuong": _NUMBER,
        "ChuHoSo": _NAME,
        "HoTen": _NAME,
        "HoVaTen": _NAME,
        "NguoiNop": _NAME,
        "SoDienThoai": _PHONE,
        "DienThoai": _PHONE,
        "Fax": _PHONE,
        "Email": _EMAIL,
        "DiaChi": _TEXT,
        "NgaySinh": _TEXT,
    }
)
_KEPT: Final = frozenset({"MaHoSo", "mahoso", "MaTTHC", "maTTHC", "service", "madonvi"})
"""Codes that a replay needs as they are; none of them is a citizen's."""
_SECRET: Final = frozenset({"session", "username", "password", "client_secret", "access_token"})
# Identity numbers have 12 digits, old ones 9; telephone numbers 10 or 11. Wire dates have 14.
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{9,12}(?!\d)")


class Mask:
    """Numbers of one recording cannot be told from those of another: each has a secret of its own."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)

    def body(self, body: dict[str, Any]) -> dict[str, Any]:
        """Give a call's body without its secrets, and with every identity replaced."""
        return {
            name: value if name in _KEPT else self._value(name, value, self._names_in(value))
            for name, value in body.items()
            if name not in _SECRET
        }

    def _value(self, field: str, value: Any, names: Mapping[str, str]) -> Any:
        if isinstance(value, dict):
            inside = {**names, **self._names_in(value)}
            return {
                name: member if name in _KEPT else self._value(name, member, inside)
                for name, member in value.items()
            }
        if isinstance(value, list):
            return [self._value(field, member, names) for member in value]
        if isinstance(value, int | float) and not isinstance(value, bool) and field in _KINDS:
            return self._artificial(_KINDS[field], str(value))
        return self._text(field, value, names) if isinstance(value, str) and value else value

    def _text(self, field: str, text: str, names: Mapping[str, str]) -> str:
        if kind := _KINDS.get(field):
            return self._artificial(kind, text)
        for name, other in names.items():
            text = text.replace(name, other)
        return _LONG_NUMBER.sub(lambda number: self._artificial(_NUMBER, number.group()), text)

    def _names_in(self, value: Any) -> dict[str, str]:
        """Names in this object's own fields: officers repeat them in summaries and notes."""
        if not isinstance(value, dict):
            return {}
        return {
            held: self._artificial(_NAME, held)
            for field, held in value.items()
            if _KINDS.get(field) == _NAME and isinstance(held, str) and held.strip()
        }

    def _artificial(self, kind: str, value: str) -> str:
        digest = hmac.new(self._secret, value.encode("utf-8", "replace"), hashlib.sha256).digest()
        number = int.from_bytes(digest[:8], "big")
        match kind:
            case "number":
                # No province has the code 000.
                return "000" + f"{number:09d}"[-max(1, len(value) - 3) :]
            case "phone":
                return f"0000{number % 10**6:06d}"
            case "email":
                return f"cong-dan-{number % 16**6:06x}@example.invalid"
            case "name":
                return f"Công Dân {number % 16**6:06X}"
        return "(đã che)"
