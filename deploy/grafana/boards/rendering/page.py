"""A whole dashboard as one picture."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from deploy.grafana.boards.rendering.asking import Prometheus, Series, View
from deploy.grafana.boards.rendering.canvas import FAINT, GROUND, INK, PANEL, Box, rectangle, text
from deploy.grafana.boards.rendering.charts import Panel, draw_lines
from deploy.grafana.boards.rendering.panels import draw_bars, draw_figure, draw_strips, draw_table

_COLUMN: Final = 64.0
_ROW: Final = 30.0
_GAP: Final = 6.0
_HEAD: Final = 44.0
_TITLE: Final = 22.0

_DRAW: Final[Mapping[str, Callable[[Panel, Sequence[Series], Box, View], Iterator[str]]]] = MappingProxyType(
    {"stat": draw_figure, "timeseries": draw_lines, "state-timeline": draw_strips, "bargauge": draw_bars}
)


def draw_board(board: Mapping[str, Any], prometheus: Prometheus, view: View) -> str:
    """Ask everything that a dashboard asks, and draw the answers as SVG. Raises `httpx.HTTPError`."""
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"])
    width, height = 24 * _COLUMN, _HEAD + bottom * _ROW + _GAP
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
            ' font-family="Inter, Noto Sans, DejaVu Sans, sans-serif">'
        ),
        rectangle(Box(0, 0, width, height), GROUND),
        text(12, 28, board["title"], size=18),
        text(width - 12, 28, "Hình vẽ lại từ truy vấn · Rendering", size=11, colour=FAINT, anchor="end"),
    ]
    for panel in board["panels"]:
        parts += [f'<g id="panel-{panel["id"]}">', *_panel(panel, prometheus, view), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, prometheus: Prometheus, view: View) -> Iterator[str]:
    place = _place(panel["gridPos"])
    title = _filled(panel["title"], view)
    if panel["type"] == "row":
        yield text(place.x + 6, place.y + 18, title, size=14)
        return
    yield rectangle(place, PANEL, radius=3)
    yield text(place.x + 8, place.y + 15, title, colour=INK, room=place.width - 12)
    inner = place.inside(left=4, top=_TITLE, right=4, bottom=4)
    answers = [prometheus.ask(target, view) for target in panel["targets"]]
    if panel["type"] == "table":
        yield from draw_table(panel, answers, inner)
    else:
        yield from _DRAW[panel["type"]](panel, [one for answer in answers for one in answer], inner, view)


def _filled(title: str, view: View) -> str:
    for name, value in view.variables.items():
        title = title.replace(name, value)
    return title


def _place(grid: Mapping[str, int]) -> Box:
    return Box(
        grid["x"] * _COLUMN + _GAP / 2,
        _HEAD + grid["y"] * _ROW,
        grid["w"] * _COLUMN - _GAP,
        grid["h"] * _ROW - _GAP,
    )
