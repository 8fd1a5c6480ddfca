"""Which unit or procedure a row means: by its code, by its name, or as the command line says for all rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.api.problems import Said
from services.cli.tables.fault import CellUnusable, Fault
from services.cli.tables.folding import fold
from services.cli.tables.table import TableRow
from services.core.application.list_names import Names

UNKNOWN_NAME: Final = Fault(
    "unknown-name",
    Said(
        "Tên này không có trong danh mục; hãy ghi mã, hoặc sửa tên cho đúng danh mục.",
        "The catalogue has no such name; give the code, or the name as the catalogue has it.",
    ),
)
AMBIGUOUS_NAME: Final = Fault(
    "ambiguous-name",
    Said("Nhiều mục trong danh mục có tên này; hãy ghi mã.", "Several have this name; give the code."),
)
NOT_NAMED: Final = Fault(
    "required",
    Said(
        "Thiếu; hãy thêm cột, hoặc dùng --unit / --procedure cho cả tệp.",
        "Missing; add the column, or give --unit / --procedure for the whole file.",
    ),
)


@dataclass(frozen=True, slots=True)
class Naming:
    """Codes by folded name; `None` where several share one. `titles` are names of procedures by code."""

    units: dict[str, str | None]
    procedures: dict[str, str | None]
    titles: dict[str, str]
    unit: str | None
    procedure: str | None

    @classmethod
    def of(cls, names: Names, *, unit: str | None, procedure: str | None) -> "Naming":
        """Prepare; `unit` and `procedure` stand for rows that say nothing."""
        return cls(_by_name(names.units), _by_name(names.procedures), dict(names.procedures), unit, procedure)

    def unit_of(self, row: TableRow) -> str:
        """Give the code of the unit; raises `CellUnusable`."""
        return _code(row, "unit", self.units, self.unit)

    def procedure_of(self, row: TableRow) -> str:
        """Give the code of the procedure; raises `CellUnusable`."""
        return _code(row, "procedure", self.procedures, self.procedure)


def _code(row: TableRow, noun: str, by_name: dict[str, str | None], otherwise: str | None) -> str:
    if code := row.text(f"{noun}_code"):
        return code
    name = row.text(f"{noun}_name")
    if name is None:
        if otherwise is None:
            raise CellUnusable(NOT_NAMED, f"{noun}_code")
        return otherwise
    folded = fold(name)
    if folded not in by_name:
        raise CellUnusable(UNKNOWN_NAME, f"{noun}_name")
    found = by_name[folded]
    if found is None:
        raise CellUnusable(AMBIGUOUS_NAME, f"{noun}_name")
    return found


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for code, name in pairs:
        folded = fold(name)
        found[folded] = None if folded in found else code
    return found
