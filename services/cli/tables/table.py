"""A table in a file: its headings, and the rows below them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

from services.api.problems import Said
from services.cli.tables.cells import Cell, is_empty, text_of
from services.cli.tables.csv_file import csv_rows
from services.cli.tables.fault import TableUnreadable
from services.cli.tables.folding import fold
from services.cli.tables.headings import SEARCHED_ROWS, Column, Headings, find_headings, is_numbering
from services.cli.tables.workbook import SIGNATURES, Workbook

#: How a line of sums begins.
_SUMS: Final = ("tong cong", "tong so", "tong", "cong")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of the table; `number` is the one that the spreadsheet shows at its edge, from 1."""

    number: int
    cells: Sequence[Cell]
    places: Mapping[str, int]

    def cell(self, column: str) -> Cell:
        """Give the cell of a column, `None` where it is empty or the table has no such column."""
        place = self.places.get(column)
        if place is None or place >= len(self.cells) or is_empty(self.cells[place]):
            return None
        return self.cells[place]

    def text(self, column: str) -> str | None:
        """Give the cell as one line of text."""
        return text_of(self.cell(column)) or None


class Table:
    """The rows of a file that hold something, below its headings.

    `passed_over` counts lines in between that hold none of the columns that tell a row: section titles,
    sums, signatures. It is complete when the rows have been read.
    """

    def __init__(
        self, path: Path, columns: Sequence[Column], *, telling: Sequence[str], sheet: str | None
    ) -> None:
        """Find the headings; a row counts if it has a cell in one of the columns named by `telling`.

        Raises `TableUnreadable`.
        """
        self.last_row: int | None = None
        self.passed_over: list[int] = []
        rows = enumerate(self._rows(path, sheet), start=1)
        top = list(islice(rows, SEARCHED_ROWS))
        self.headings: Headings = find_headings([row for _, row in top], columns)
        self._telling = [name for name in telling if name in self.headings.places]
        if not self._telling:
            wanted = ", ".join(column.headings[0] for column in columns if column.name in telling)
            raise TableUnreadable(Said(f"Tệp thiếu cột: {wanted}.", f"The file lacks the column: {wanted}."))
        self._body = chain(top[self.headings.rows :], rows)

    def rows(self) -> Iterator[TableRow]:
        """Give the rows once, from top to bottom."""
        is_first = True
        for number, cells in self._body:
            row = TableRow(number, cells, self.headings.places)
            may_number, is_first = is_first, False
            if all(is_empty(cell) for cell in cells) or (may_number and is_numbering(cells)):
                continue
            if _sums_up(cells) or all(row.cell(name) is None for name in self._telling):
                self.passed_over.append(number)
                continue
            yield row

    def heading(self, column: str) -> str:
        """Give the words above a column as the file has them."""
        return self.headings.written.get(column, "")

    def _rows(self, path: Path, sheet: str | None) -> Iterator[Sequence[Cell]]:
        with path.open("rb") as file:
            is_text = not file.read(len(SIGNATURES[0])).startswith(SIGNATURES)
        if is_text:
            return csv_rows(path)
        workbook = Workbook(path, sheet)
        self.last_row = workbook.row_count
        return workbook.rows()


def _sums_up(cells: Sequence[Cell]) -> bool:
    """Tell whether the first words of a line announce sums."""
    first = next((text_of(cell) for cell in cells if not is_empty(cell)), "")
    return fold(first) in _SUMS
