"""The report of figures as files: CSV for programs and spreadsheets, XLSX for offices."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO, Final

import xlsxwriter

from services.api.figure_table import HEADINGS, Cell, table_rows
from services.core.domain.reporting import FigureLine

#: What makes a spreadsheet take a text for a formula (OWASP, CSV injection).
_FORMULA: Final = frozenset("=+-@\t\r\n")
_WIDTHS: Final = (28, 26, 44, 44, 30, 14, 14, 10, 10, 12, 22, 12, 12, 44, 44)


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula: an apostrophe makes it a text."""
    return f"'{text}" if text[:1] in _FORMULA else text


def csv_of(lines: Sequence[FigureLine]) -> bytes:
    """Write UTF-8 with its mark, by which Excel knows it; dates are ISO, shares have a point."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([_plain(cell) for cell in row] for row in table_rows(lines))
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(file: BinaryIO, lines: Sequence[FigureLine]) -> None:
    """Write a workbook row by row, in memory that does not grow with the report."""
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet("Số liệu")
    head = book.add_format({"bold": True, "text_wrap": True})
    formats = {
        int: book.add_format({"num_format": "#,##0"}),
        Decimal: book.add_format({"num_format": "0.00"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
    }
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, HEADINGS, head)
    for number, row in enumerate(table_rows(lines), start=1):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, column, cell, formats.get(type(cell)))
    book.close()


def xlsx_of(lines: Sequence[FigureLine]) -> bytes:
    """Give the workbook as a body."""
    out = io.BytesIO()
    write_xlsx(out, lines)
    return out.getvalue()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return harmless(cell) if isinstance(cell, str) else str(cell)
