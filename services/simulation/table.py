"""Reads a table of a scenario file: every key is known, has a type and a range."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.simulation.errors import InvalidScenario


class Table:
    """One table. `end` refuses keys that nobody has asked for: a misspelt one would silently do nothing."""

    def __init__(self, values: Mapping[str, Any], name: str = "") -> None:
        self._values = values
        self._name = name
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def number(self, key: str, default: float | None = None, *, least: float = 0.0) -> float:
        """Give a number, at least `least`."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            raise self._wrong(key, f"phải là số từ {least:g}", f"must be a number from {least:g}")
        return float(value)

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """Give a whole number, at least `least`."""
        value = self.number(key, default, least=least)
        if value != int(value):
            raise self._wrong(key, "phải là số nguyên", "must be a whole number")
        return int(value)

    def share(self, key: str, default: float | None = None) -> float:
        """Give a number from 0 to 1."""
        value = self.number(key, default)
        if value > 1:
            raise self._wrong(key, "phải từ 0 đến 1", "must be from 0 to 1")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Give a text."""
        value = self._get(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, "phải là chữ", "must be a text")
        return value

    def day(self, key: str) -> date:
        """Give a day."""
        value = self._get(key, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self._wrong(key, "phải là ngày", "must be a date")
        return value

    def moment(self, key: str) -> float:
        """Give a time with its offset, as seconds since the epoch."""
        value = self._get(key, None)
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise self._wrong(key, "phải là thời điểm có múi giờ", "must be a time with its offset")
        return value.timestamp()

    def numbers(self, key: str, default: Sequence[float] | None = None) -> tuple[float, ...]:
        """Give a list of numbers."""
        values = self._get(key, default)
        if not isinstance(values, Sequence) or not all(isinstance(value, int | float) for value in values):
            raise self._wrong(key, "phải là danh sách số", "must be a list of numbers")
        return tuple(float(value) for value in values)

    def range(self, key: str, default: Sequence[float] | None = None) -> tuple[float, float]:
        """Give a least and a most number."""
        values = self.numbers(key, default)
        if len(values) != 2 or values[0] > values[1]:  # noqa: PLR2004 - a range has two ends
            raise self._wrong(key, "phải là [nhỏ nhất, lớn nhất]", "must be [least, most]")
        return values[0], values[1]

    def rows(self, key: str) -> list[Any]:
        """Give a list of anything; empty where there is none."""
        values = self._get(key, [])
        if not isinstance(values, list):
            raise self._wrong(key, "phải là danh sách", "must be a list")
        return values

    def table(self, key: str) -> "Table":
        """Give a table in this one; empty where there is none."""
        values = self._get(key, {})
        if not isinstance(values, Mapping):
            raise self._wrong(key, "phải là bảng", "must be a table")
        return Table(values, self.path(key))

    def tables(self, key: str) -> list["Table"]:
        """Give a list of tables; empty where there is none."""
        return [Table(values, f"{self.path(key)}[{n}]") for n, values in enumerate(self.rows(key))]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def path(self, key: str) -> str:
        """Name a place in the file."""
        return f"{self._name}.{key}" if self._name else key

    def end(self) -> None:
        """Refuse what is left over."""
        for key in self._values:
            if key not in self._asked:
                raise self._wrong(key, "không có mục này", "there is no such key")

    def _get(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        value = self._values.get(key, default)
        if value is None:
            raise self._wrong(key, "thiếu", "is missing")
        return value

    def _wrong(self, key: str, vi: str, en: str) -> InvalidScenario:
        return InvalidScenario(self.path(key), vi, en)
