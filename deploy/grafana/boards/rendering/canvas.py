"""Shapes and texts in SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

INK: Final = "#D8D9DA"
FAINT: Final = "#8E8E8E"
GROUND: Final = "#111217"
PANEL: Final = "#181B1F"
RULE: Final = "#2C3235"
_LETTER: Final = 0.56


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the page, in pixels from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def inside(self, *, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> "Box":
        """Give what is left within margins."""
        return Box(self.x + left, self.y + top, self.width - left - right, self.height - top - bottom)


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 11,
    colour: str = INK,
    anchor: str = "start",
    room: float | None = None,
) -> str:
    """Write a line, cut off with an ellipsis where there is no room."""
    shown = words if room is None else fitted(words, size=size, room=room)
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(shown)}</text>"
    )


def fitted(words: str, *, size: int, room: float) -> str:
    """Cut a text to what fits into so many pixels."""
    letters = max(1, int(room / (size * _LETTER)))
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"


def breadth(words: str, *, size: int = 11) -> float:
    """Guess how many pixels a text takes."""
    return len(words) * size * _LETTER


def rectangle(box: Box, colour: str, *, opacity: float = 1, radius: int = 0) -> str:
    """Fill a place."""
    return (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{max(box.width, 0):.1f}" height="{box.height:.1f}"'
        f' fill="{colour}" opacity="{opacity:g}" rx="{radius}"/>'
    )


def line(points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
    """Draw from point to point."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = ' stroke-dasharray="6 4"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>'


def area(points: Sequence[tuple[float, float]], colour: str) -> str:
    """Fill what the points go round."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{path}" fill="{colour}" opacity="0.35"/>'
