"""Finding out which column of a table is which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.api.problems import Said
from services.cli.tables.cells import Cell, is_empty, text_of
from services.cli.tables.fault import TableUnreadable
from services.cli.tables.folding import fold

#: Title rows above the headings: name of the office, of the register, "from ... to ...".
SEARCHED_ROWS: Final = 30
#: Rows of a heading: merged cells above, names of the columns below.
_MOST_HIGH: Final = 3
_LEAST_FOUND: Final = 2


@dataclass(frozen=True, slots=True)
class Column:
    """What a table may tell: our name for it, and the headings under which desk systems export it.

    The first heading is the one that our own texts use.
    """

    name: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the columns are: by our name the place in the row, and the words that stand above it.

    `rows` counts the lines down to the last one of the headings, `height` theirs alone; `unread` are headings
    that mean nothing to us.
    """

    places: Mapping[str, int]
    written: Mapping[str, str]
    rows: int
    height: int
    unread: tuple[str, ...]


def find_headings(top: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> Headings:
    """Look for the rows that name most columns; raises `TableUnreadable` if none names at least two."""
    known = {fold(heading): column.name for column in columns for heading in column.headings}
    best: Headings | None = None
    for first in range(len(top)):
        for height in range(1, min(_MOST_HIGH, len(top) - first) + 1):
            found = _match(top, first, height, known)
            if best is None or (len(found.places), -height) > (len(best.places), -best.height):
                best = found
    if best is None or len(best.places) < min(_LEAST_FOUND, len(columns)):
        examples = ", ".join(column.headings[0] for column in columns[:4])
        raise TableUnreadable(
            Said(
                f"Không tìm thấy dòng tiêu đề cột, như: {examples}.",
                f"No row of column headings was found, such as: {examples}.",
            )
        )
    return best


def is_numbering(row: Sequence[Cell]) -> bool:
    """Tell whether a row below the headings only numbers the columns: `(1) (2) (3)`, or `A B 1 2`."""
    marks = [fold(text_of(cell)) for cell in row if not is_empty(cell)]
    if len(marks) < _MOST_HIGH or not all(mark.isdecimal() or len(mark) == 1 for mark in marks):
        return False
    numbers = [int(mark) for mark in marks if mark.isdecimal()]
    return len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _match(top: Sequence[Sequence[Cell]], first: int, height: int, known: Mapping[str, str]) -> Headings:
    stacked = _stacked(top[first : first + height])
    places: dict[str, int] = {}
    written: dict[str, str] = {}
    unread = []
    for place, words in enumerate(stacked):
        name = next((known[spelled] for spelled in _spellings(words) if spelled in known), None)
        heading = " ".join(words)
        if name is not None and name not in places:
            places[name], written[name] = place, heading
        elif heading:
            unread.append(heading)
    return Headings(places, written, first + height, height, tuple(dict.fromkeys(unread)))


def _stacked(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Give for each column its words from top to bottom; a merged cell stands above all that it spans."""
    width = max(len(row) for row in rows)
    columns: list[list[str]] = [[] for _ in range(width)]
    for level, row in enumerate(rows):
        is_last = level == len(rows) - 1
        above = ""
        for place in range(width):
            own = text_of(row[place]) if place < len(row) else ""
            above = own or above
            words = own if is_last else above
            if words:
                columns[place].append(words)
    return columns


def _spellings(words: Sequence[str]) -> list[str]:
    """Try the lowest word alone, then with those above it, which is how merged headings read."""
    return [fold(" ".join(words[-count:])) for count in range(1, len(words) + 1)] if words else []
