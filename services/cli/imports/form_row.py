"""A row that becomes what one call of the API would bring, by the same checks."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, Protocol, TypeVar

from pydantic import ValidationError

from services.api.problems import Said
from services.cli.imports.remarks import Remarks
from services.cli.tables.cells import Cell
from services.cli.tables.fault import CellUnusable, Fault
from services.cli.tables.folding import fold
from services.cli.tables.table import Table, TableRow
from services.core.domain.errors import DomainError

T = TypeVar("T")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)

REQUIRED: Final = Fault("required", Said("Thiếu giá trị.", "A value is missing."))
UNKNOWN_WORD: Final = Fault(
    "unknown-word", Said("Không hiểu giá trị này của cột.", "This value of the column is not known.")
)
#: Both are there for good: what a file may do is bring rows, not rewrite them.
DIFFERS: Final = Fault(
    "differs-from-stored",
    Said(
        "Dòng này đã có và nội dung khác bản đã lưu; không ghi đè.",
        "This row is stored and says otherwise; nothing was overwritten.",
    ),
)

Document = dict[str, Any]


class Form(Protocol[T_co]):
    """A body of the API."""

    def to_domain(self) -> T_co:
        """Give the domain's value; raises its refusals."""


class FormRow(Generic[T]):
    """A row, its value if it can have one, and what there is to say of it."""

    def __init__(
        self,
        table: Table,
        row: TableRow,
        *,
        places: Mapping[str, str],
        stands_in: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.number = row.number
        self.remarks = Remarks(table, row.number, places=places, stands_in=stands_in)
        self.value: T | None = None
        self._row = row

    def read(
        self, document: Callable[[TableRow, Remarks], Document], form: Callable[[Document], Form[T]]
    ) -> "FormRow[T]":
        """Read the cells into a document and this into a value; what cannot be used becomes a remark."""
        try:
            self.value = form(document(self._row, self.remarks)).to_domain()
        except CellUnusable as unusable:
            self.remarks.unusable(unusable)
        except ValidationError as exc:
            self.remarks.invalid(exc)
        except DomainError as refusal:
            self.remarks.refusal(refusal)
        return self


def word_in(row: TableRow, column: str, words: Mapping[str, V]) -> V | None:
    """Read a column that holds one of a few words; raises `CellUnusable`."""
    text = row.text(column)
    if text is None:
        return None
    word = words.get(fold(text))
    if word is None:
        raise CellUnusable(UNKNOWN_WORD, column)
    return word


def required(value: V | None, column: str) -> V:
    """Insist on a value; raises `CellUnusable`."""
    if value is None:
        raise CellUnusable(REQUIRED, column)
    return value


def parsed(row: TableRow, column: str, parse: Callable[[Cell], V]) -> V | None:
    """Read a cell that is not empty; raises `CellUnusable`, naming the column."""
    cell = row.cell(column)
    if cell is None:
        return None
    try:
        return parse(cell)
    except CellUnusable as exc:
        raise CellUnusable(exc.fault, column) from exc
