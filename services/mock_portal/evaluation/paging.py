"""Pages of a list, counted from 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeVar

from services.mock_portal.evaluation.period import number_of

Row = TypeVar("Row")

_PAGES: Final = range(1, 1_000_000)
_SIZES: Final = range(1, 1001)
_USUAL_SIZE: Final = 10


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    size: int

    @classmethod
    def of(cls, body: Mapping[str, object]) -> Self:
        """Read `currentPage` and `pageSize`, the first page of ten rows by default.

        Raises `WrongQuestion`.
        """
        given = {"currentPage": 1, "pageSize": _USUAL_SIZE, **body}
        return cls(number_of(given, "currentPage", _PAGES), number_of(given, "pageSize", _SIZES))

    def cut(self, rows: Sequence[Row]) -> Sequence[Row]:
        return rows[(self.number - 1) * self.size : self.number * self.size]

    def shown(self, total: int) -> dict[str, object]:
        return {
            "currentPage": self.number,
            "pageSize": self.size,
            "totalItems": total,
            "totalPages": -(-total // self.size),
        }
