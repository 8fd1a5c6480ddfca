"""Checks of one wire object: what must stand in it, in which notation, from which code list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.mock_portal.wire_time import is_wire_time

TextCheck = Callable[[str], str | None]
"""Words on what is wrong with a text that is not empty, or `None`."""

_MAX_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSpec:
    """A field stands in one of `codes`, `dates`, `max_lengths` and `texts` at most."""

    required: tuple[str, ...] = ()
    """Must stand and not be empty."""
    present: tuple[str, ...] = ()
    """Must stand, and may be empty."""
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    max_lengths: Mapping[str, int] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    """Fields with no check but their type."""
    loose: frozenset[str] = frozenset()
    """Fields whose type drifts in the field, such as flags sent as text or as JSON boolean."""
    arrays: "Mapping[str, ItemSpec]" = field(default_factory=dict)
    closed: bool = False
    """Whether a field named nowhere here is a fault; otherwise it is left alone, whatever it holds."""
    _checks: Mapping[str, TextCheck | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        checks: dict[str, TextCheck | None] = dict.fromkeys((*self.required, *self.present, *self.texts))
        checks |= {name: _length_check(limit) for name, limit in self.max_lengths.items()}
        checks |= dict.fromkeys(self.dates, _date_fault)
        checks |= {name: _code_check(allowed) for name, allowed in self.codes.items()}
        untyped = self.arrays.keys() | self.loose
        object.__setattr__(self, "_checks", {n: check for n, check in checks.items() if n not in untyped})

    def fault_in(self, item: Mapping[str, object], *, at: str = "") -> str | None:
        """Vietnamese words for the first fault, naming the field, or `None`. Never quotes a value.

        `at` is the path of the object inside its dossier, such as `DinhDanhCHS[0].`.
        """
        checks = self._checks
        # One pass over what came: with 22 fields to a dossier this loop is most of the portal's work.
        for name, value in item.items():
            if name not in checks:
                if fault := self._unchecked_fault(name, value, at):
                    return fault
            elif type(value) is str:
                check = checks[name]
                if value and check is not None and (words := check(value)):
                    return f"trường {at}{name} {words}"
            elif value is not None:
                return f"trường {at}{name} phải là chuỗi ký tự"
        return self._absence(item, at)

    def _absence(self, item: Mapping[str, object], at: str) -> str | None:
        for name in self.required:
            value = item.get(name)
            if not value or str(value).isspace():
                return f"thiếu trường bắt buộc {at}{name}"
        for name in self.present:
            if item.get(name) is None:
                return f"thiếu trường {at}{name}"
        return None

    def _unchecked_fault(self, name: str, value: object, at: str) -> str | None:
        if name in self.arrays:
            return self._array_fault(name, value, at) if value else _emptiness_fault(name, value, at)
        if self.closed and name not in self.loose:
            shown = name[:_MAX_NAME] if name.isprintable() else "?"
            return f"trường {at}{shown} không có trong tài liệu"
        return None

    def _array_fault(self, name: str, members: object, at: str) -> str | None:
        if not isinstance(members, list):
            return f"trường {at}{name} phải là mảng"
        spec = self.arrays[name]
        for index, member in enumerate(members):
            path = f"{at}{name}[{index}]"
            if not isinstance(member, dict):
                return f"trường {path} phải là đối tượng"
            if fault := spec.fault_in(member, at=f"{path}."):
                return fault
        return None


def _emptiness_fault(name: str, value: object, at: str) -> str | None:
    return None if value in (None, "", []) else f"trường {at}{name} phải là mảng"


def _code_check(allowed: frozenset[str]) -> TextCheck:
    def check(text: str) -> str | None:
        return None if text in allowed else "có giá trị ngoài danh mục"

    return check


def _length_check(limit: int) -> TextCheck:
    def check(text: str) -> str | None:
        return None if len(text) <= limit else f"vượt quá {limit} ký tự"

    return check


def _date_fault(text: str) -> str | None:
    return None if is_wire_time(text) else "sai định dạng yyyyMMddHHmmss"
