"""What an import says of single rows: where, how bad, and why; as CSV for the office that mends the file."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.api.problems import Said
from services.cli.tables.fault import Weight

_HEAD: Final = ("dòng / row", "cột / column", "mức / weight", "mã / code", "lý do", "reason")
_WEIGHTS: Final = {
    Weight.REFUSED: "từ chối / refused",
    Weight.CHANGED: "khác bản đã lưu / differs",
    Weight.WARNING: "lưu ý / warning",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to tell of a row; `column` is the heading as the file has it, or empty."""

    row: int
    column: str
    weight: Weight
    code: str
    said: Said

    @property
    def line(self) -> str:
        """Read as one line for the terminal."""
        column = f" [{self.column}]" if self.column else ""
        return f"dòng / row {self.row}{column}: {self.code}: {self.said.vi} / {self.said.en}"

    @property
    def document(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "row": self.row,
            "column": self.column,
            "weight": self.weight.value,
            "code": self.code,
            "reason_vi": self.said.vi,
            "reason_en": self.said.en,
        }


def write_report(path: Path, remarks: Iterable[Remark]) -> None:
    """Write the remarks so that a double click opens them in a spreadsheet with its Vietnamese letters."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEAD)
        for remark in remarks:
            writer.writerow(
                (
                    remark.row,
                    harmless(remark.column),
                    _WEIGHTS[remark.weight],
                    remark.code,
                    remark.said.vi,
                    remark.said.en,
                )
            )


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
