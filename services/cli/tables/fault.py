"""What is wrong with a cell, a row or a file, in the words of the person who mends it."""

from dataclasses import dataclass
from enum import StrEnum

from services.api.problems import Said


class Weight(StrEnum):
    """What became of the row: left out, left as it was stored before, or taken with a remark."""

    REFUSED = "refused"
    CHANGED = "changed"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """A stable code with its sentence. Never repeats a cell: it may hold an identity number."""

    code: str
    said: Said


class CellUnusable(Exception):
    """A cell cannot be read; `column` is the field that it was meant for, where the reader knows it."""

    def __init__(self, fault: Fault, column: str | None = None) -> None:
        super().__init__(fault.code)
        self.fault = fault
        self.column = column


class TableUnreadable(Exception):
    """The file as a whole is no table that we know; the text says why, Vietnamese first."""

    def __init__(self, said: Said) -> None:
        super().__init__(f"{said.vi} / {said.en}")
