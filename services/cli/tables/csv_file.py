"""CSV as spreadsheets write it: in whatever encoding and with whatever separator the machine was set to."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from services.api.problems import Said
from services.cli.tables.cells import Cell
from services.cli.tables.fault import TableUnreadable

_SEPARATORS: Final = (",", ";", "\t", "|")
_SAMPLE_LINES: Final = 50
_BLOCK: Final = 1 << 20
#: Excel's own first line of a CSV that names the separator.
_NAMED_SEPARATOR: Final = "sep="
#: What Vietnamese Windows calls ANSI; every byte means something there, so it comes last.
_LAST_GUESS: Final = "cp1258"

csv.field_size_limit(_BLOCK)


def csv_rows(path: Path) -> Iterator[Sequence[Cell]]:
    """Give the rows from top to bottom, empty ones included; raises `TableUnreadable`."""
    encoding = encoding_of(path)
    separator = _separator_of(path, encoding)
    with path.open(encoding=encoding, newline="") as lines:
        rows = csv.reader(lines, delimiter=separator)
        try:
            for number, row in enumerate(rows):
                if number == 0 and _names_separator(row):
                    yield []
                    continue
                yield row
        except (csv.Error, UnicodeError) as exc:
            said = Said(
                f"Dòng {rows.line_num}: không đọc được tệp CSV.",
                f"Line {rows.line_num}: not readable as CSV.",
            )
            raise TableUnreadable(said) from exc


def encoding_of(path: Path) -> str:
    """Tell the encoding: by its mark, by zero bytes (UTF-16), UTF-8 if all of it is, else Windows-1258."""
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if b"\x00" in start:
            return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _LAST_GUESS
    return "utf-8-sig"


def _separator_of(path: Path, encoding: str) -> str:
    """Take what a first line names, otherwise what cuts the first lines into most cells."""
    with path.open(encoding=encoding, newline="") as lines:
        try:
            sample = list(islice(lines, _SAMPLE_LINES))
        except UnicodeError as exc:
            raise TableUnreadable(
                Said("Không đọc được bảng mã của tệp.", "The encoding of the file is unknown.")
            ) from exc
    if sample and sample[0].lower().startswith(_NAMED_SEPARATOR):
        return sample[0].rstrip("\r\n")[len(_NAMED_SEPARATOR) :] or "\t"
    return max(_SEPARATORS, key=lambda separator: _cells(sample, separator))


def _cells(sample: list[str], separator: str) -> int:
    return sum(len(row) - 1 for row in csv.reader(sample, delimiter=separator) if row)


def _names_separator(row: list[str]) -> bool:
    return bool(row) and row[0].lower().startswith(_NAMED_SEPARATOR)
