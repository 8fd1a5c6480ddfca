"""Spreadsheets: XLSX, and the older formats that calamine reads as well."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from services.api.problems import Said
from services.cli.tables.cells import Cell
from services.cli.tables.fault import TableUnreadable

#: How files begin that are no text: ZIP (XLSX, ODS) and the container of XLS.
SIGNATURES: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Workbook:
    """One sheet of a workbook, read as a whole by calamine and given out row by row."""

    def __init__(self, path: Path, sheet: str | None) -> None:
        """Open a sheet by its name, or the first; raises `TableUnreadable`."""
        try:
            workbook = CalamineWorkbook.from_path(path)
            names = workbook.sheet_names
            if not names or (sheet is not None and sheet not in names):
                listed = ", ".join(names)
                raise TableUnreadable(
                    Said(f"Không có trang tính đó; tệp có: {listed}", f"No such sheet; there are: {listed}")
                )
            self._sheet = workbook.get_sheet_by_name(sheet or names[0])
        except (CalamineError, OSError) as exc:
            raise TableUnreadable(
                Said("Không đọc được tệp bảng tính.", "The spreadsheet cannot be read.")
            ) from exc

    @property
    def row_count(self) -> int:
        return 0 if self._sheet.end is None else self._sheet.end[0] + 1

    def rows(self) -> Iterator[Sequence[Cell]]:
        """Give the rows from the first line of the sheet on, empty ones included."""
        yield from self._sheet.iter_rows()
