"""Geometry of the pictures. Words and numbers stand beside them as text; the browser scales them to fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

#: Width of a bar, in units of its own.
WIDTH: Final = 100.0
#: Height of a column, likewise.
HEIGHT: Final = 40.0
#: What is there at all is seen, however small it is beside the rest.
_LEAST: Final = 0.6


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar from `x` to `x + width`; `kind` says what it stands for."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Column:
    """An upright piece, measured from the top left corner."""

    kind: str
    x: float
    y: float
    width: float
    height: float


def bar(parts: Sequence[tuple[str, float]], *, of: float) -> list[Segment]:
    """Lay parts side by side; together they fill the bar if they add up to `of`."""
    segments, x = list[Segment](), 0.0
    for kind, value in parts:
        if value <= 0 or of <= 0:
            continue
        width = min(max(WIDTH * value / of, _LEAST), WIDTH - x)
        segments.append(Segment(kind, round(x, 2), round(width, 2)))
        x += width
    return segments


def strip(
    windows: Iterable[tuple[str, datetime, datetime | None]], *, since: datetime, until: datetime
) -> list[Segment]:
    """Place spans of time between two instants; one without an end lasts until the second."""
    whole = (until - since) / timedelta(seconds=1)
    segments = list[Segment]()
    for kind, began, ended in windows:
        first, last = max(began, since), min(ended or until, until)
        if first >= last:
            continue
        x = WIDTH * ((first - since) / timedelta(seconds=1)) / whole
        width = max(WIDTH * ((last - first) / timedelta(seconds=1)) / whole, _LEAST)
        segments.append(Segment(kind, round(min(x, WIDTH - width), 2), round(width, 2)))
    return segments


def columns(stacks: Sequence[Sequence[tuple[str, float]]]) -> list[Column]:
    """Stand stacks side by side, the first part of each at the bottom; the highest fills the height."""
    highest = max((sum(value for _, value in stack) for stack in stacks), default=0.0)
    if highest <= 0:
        return []
    step = WIDTH / len(stacks)
    found = list[Column]()
    for number, stack in enumerate(stacks):
        y = HEIGHT
        for kind, value in stack:
            height = HEIGHT * value / highest
            y -= height
            if value > 0:
                found.append(
                    Column(kind, round(number * step, 3), round(y, 3), round(step * 0.8, 3), round(height, 3))
                )
    return found
