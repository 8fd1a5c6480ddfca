"""The two axes of a chart over time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from deploy.grafana.boards.rendering.asking import View
from deploy.grafana.boards.rendering.canvas import FAINT, RULE, Box, line, text
from deploy.grafana.boards.rendering.reading import written
from services.core.domain.deadline import VIETNAM

_QUARTERS: Final = 4
_TIMES: Final = 4
_MINUTES: Final = 3 * 60


def draw_axes(plot: Box, most: float, unit: str, view: View) -> Iterator[str]:
    """Draw values on the left, up to `most`, and Vietnam's time below."""
    for quarter in range(_QUARTERS + 1):
        value = most * quarter / _QUARTERS
        y = y_of(value, plot, most)
        yield line([(plot.x, y), (plot.right, y)], RULE)
        yield text(plot.x - 6, y + 4, written(value, unit), size=10, colour=FAINT, anchor="end")
    yield from draw_times(plot, view)


def draw_times(plot: Box, view: View) -> Iterator[str]:
    """Write moments under a plot, to the second where little time is in view."""
    shape = "%H:%M:%S" if view.end - view.start < _MINUTES else "%H:%M"
    for number in range(1, _TIMES + 1):
        moment = view.start + (view.end - view.start) * (number - 0.5) / _TIMES
        shown = f"{datetime.fromtimestamp(moment, VIETNAM):{shape}}"
        yield text(x_of(moment, plot, view), plot.bottom + 14, shown, size=10, colour=FAINT, anchor="middle")


def x_of(moment: float, plot: Box, view: View) -> float:
    """Place a moment."""
    return plot.x + plot.width * (moment - view.start) / (view.end - view.start)


def y_of(value: float, plot: Box, most: float) -> float:
    """Place a value; what is not in the picture is at its edge."""
    return plot.bottom - plot.height * min(max(value / most, 0.0), 1.0)
