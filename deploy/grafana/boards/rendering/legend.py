"""The names of series under a chart."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from deploy.grafana.boards.rendering.canvas import FAINT, Box, breadth, fitted, rectangle, text

_LINE: Final = 15
_MOST_LINES: Final = 3
_MARK: Final = 14
_APART: Final = 12
_SIZE: Final = 10


class Entry(NamedTuple):
    """A name with the colour of its line."""

    name: str
    colour: str


def height_of(entries: Sequence[Entry], place: Box) -> float:
    """Give the room that the names need."""
    return _LINE * min(len(_broken(entries, place)), _MOST_LINES) + 4


def draw_legend(entries: Sequence[Entry], place: Box) -> Iterator[str]:
    """Write the names along the bottom; what three lines cannot hold is counted."""
    lines = _broken(entries, place)
    shown, left_out = lines[:_MOST_LINES], sum(len(one) for one in lines[_MOST_LINES:])
    top = place.bottom - _LINE * len(shown)
    for number, row in enumerate(shown):
        x, y = place.x + 8, top + _LINE * number + 8
        for entry in row:
            yield rectangle(Box(x, y - 7, 10, 3), entry.colour)
            yield text(x + _MARK, y - 2, entry.name, size=_SIZE, room=place.width - 30)
            x += _width(entry, place)
    if left_out:
        yield text(place.right - 8, place.bottom - 9, f"+ {left_out}", size=_SIZE, colour=FAINT, anchor="end")


def _broken(entries: Sequence[Entry], place: Box) -> list[list[Entry]]:
    lines: list[list[Entry]] = [[]]
    taken = 0.0
    for entry in entries:
        if lines[-1] and taken + _width(entry, place) > place.width - 16:
            lines.append([])
            taken = 0.0
        lines[-1].append(entry)
        taken += _width(entry, place)
    return lines


def _width(entry: Entry, place: Box) -> float:
    return _MARK + _APART + breadth(fitted(entry.name, size=_SIZE, room=place.width - 30), size=_SIZE)
