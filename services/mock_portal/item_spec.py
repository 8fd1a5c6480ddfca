"""Checks of one wire object: what must stand in it, in which notation, from which code list."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.mock_portal.wire_time import parse_wire_time


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSpec:
    """A field named nowhere here is left alone, whatever it holds."""

    required: tuple[str, ...] = ()
    """Must stand and not be empty."""
    present: tuple[str, ...] = ()
    """Must stand, and may be empty."""
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    max_lengths: Mapping[str, int] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    """Fields with no check but their type."""
    arrays: "Mapping[str, ItemSpec]" = field(default_factory=dict)
    scalars: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        named = {*self.required, *self.present, *self.codes, *self.dates, *self.max_lengths, *self.texts}
        object.__setattr__(self, "scalars", frozenset(named - self.arrays.keys()))

    def fault_in(self, item: Mapping[str, object], *, at: str = "") -> str | None:
        """Vietnamese words for the first fault, naming the field, or `None`. Never quotes a value.

        `at` is the path of the object inside its dossier, such as `DinhDanhCHS[0].`.
        """
        return (
            self._type_fault(item, at)
            or self._absence(item, at)
            or self._code_fault(item, at)
            or self._date_fault(item, at)
            or self._length_fault(item, at)
            or self._array_fault(item, at)
        )

    def _type_fault(self, item: Mapping[str, object], at: str) -> str | None:
        scalars = self.scalars
        for name, value in item.items():
            if type(value) is not str and value is not None and name in scalars:
                return f"trường {at}{name} phải là chuỗi ký tự"
        return None

    def _absence(self, item: Mapping[str, object], at: str) -> str | None:
        for name in self.required:
            value = item.get(name)
            if not value or str(value).isspace():
                return f"thiếu trường bắt buộc {at}{name}"
        for name in self.present:
            if item.get(name) is None:
                return f"thiếu trường {at}{name}"
        return None

    def _code_fault(self, item: Mapping[str, object], at: str) -> str | None:
        for name, allowed in self.codes.items():
            value = item.get(name)
            if value and value not in allowed:
                return f"trường {at}{name} có giá trị ngoài danh mục"
        return None

    def _date_fault(self, item: Mapping[str, object], at: str) -> str | None:
        for name in self.dates:
            value = item.get(name)
            if not value:
                continue
            try:
                parse_wire_time(str(value))
            except ValueError:
                return f"trường {at}{name} sai định dạng yyyyMMddHHmmss"
        return None

    def _length_fault(self, item: Mapping[str, object], at: str) -> str | None:
        for name, limit in self.max_lengths.items():
            value = item.get(name)
            if value and len(str(value)) > limit:
                return f"trường {at}{name} vượt quá {limit} ký tự"
        return None

    def _array_fault(self, item: Mapping[str, object], at: str) -> str | None:
        for name, spec in self.arrays.items():
            members = item.get(name)
            if members is None or members == "":
                continue
            if not isinstance(members, list):
                return f"trường {at}{name} phải là mảng"
            for index, member in enumerate(members):
                path = f"{at}{name}[{index}]"
                if not isinstance(member, dict):
                    return f"trường {path} phải là đối tượng"
                if fault := spec.fault_in(member, at=f"{path}."):
                    return fault
        return None
