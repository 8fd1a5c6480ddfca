"""Lines over time."""

from collections.abc import Iterator, Mapping, Sequence
from math import floor, log10
from typing import Any, Final, NamedTuple

from deploy.grafana.boards.rendering.asking import Series, View
from deploy.grafana.boards.rendering.axes import draw_axes, x_of, y_of
from deploy.grafana.boards.rendering.canvas import Box, area, line
from deploy.grafana.boards.rendering.legend import Entry, draw_legend, height_of
from deploy.grafana.boards.rendering.reading import COLOURS, overridden

Panel = Mapping[str, Any]
Points = Sequence[tuple[float, float]]

#: Grafana's classic palette begins so.
PALETTE: Final = (
    "#73BF69",
    "#F2CC0C",
    "#8AB8FF",
    "#FF780A",
    "#F2495C",
    "#5794F2",
    "#B877D9",
    "#705DA0",
    "#37872D",
    "#FADE2A",
)
#: Several steps without a value are a gap and not a line.
_GAP_STEPS: Final = 3


class Curve(NamedTuple):
    """What is drawn of a series, and, where series are stacked, what it stands on."""

    points: Points
    below: Mapping[float, float] | None = None


class Frame(NamedTuple):
    """Where moments and values are in the picture."""

    plot: Box
    most: float
    view: View

    def at(self, moment: float, value: float) -> tuple[float, float]:
        """Place a point."""
        return x_of(moment, self.plot, self.view), y_of(value, self.plot, self.most)


def draw_lines(panel: Panel, series: Sequence[Series], place: Box, view: View) -> Iterator[str]:
    """Draw series over time, one on top of the other where the panel says so."""
    field = panel["fieldConfig"]["defaults"]
    custom = field.get("custom", {})
    # Grafana names those as well, which a picture has no room for.
    series = [one for one in series if any(value for _, value in one.points)] or series[:1]
    colours = [PALETTE[number % len(PALETTE)] for number in range(len(series))]
    entries = [
        Entry(overridden(panel, one.name).get("displayName", one.name), colour)
        for one, colour in zip(series, colours, strict=True)
    ]
    plot = place.inside(left=56, top=6, right=8, bottom=18 + height_of(entries, place))
    stacked = custom.get("stacking", {}).get("mode") == "normal"
    curves = _stacked(series) if stacked else [Curve(one.points) for one in series]
    unit = field.get("unit", "")
    most = round_up(max((value for curve in curves for _, value in curve.points), default=0.0), unit)
    yield from draw_axes(plot, most, unit, view)
    for curve, colour in zip(curves, colours, strict=True):
        yield from _drawn(curve, colour, Frame(plot, most, view))
    if custom.get("thresholdsStyle", {}).get("mode") == "dashed":
        yield from _limits(field, plot, most)
    yield from draw_legend(entries, place)


def _stacked(series: Sequence[Series]) -> list[Curve]:
    """Put each series on top of those before it, at its own moments."""
    reached: dict[float, float] = {}
    curves = []
    for one in series:
        below = {moment: reached.get(moment, 0.0) for moment, _ in one.points}
        points = [(moment, below[moment] + value) for moment, value in one.points]
        reached |= dict(points)
        curves.append(Curve(points, below))
    return curves


def _drawn(curve: Curve, colour: str, frame: Frame) -> Iterator[str]:
    for run in _runs(curve.points, longest_gap=_GAP_STEPS * frame.view.step):
        upper = [frame.at(moment, value) for moment, value in run]
        if curve.below is not None:
            yield area(
                [*upper, *(frame.at(moment, curve.below[moment]) for moment, _ in reversed(run))], colour
            )
        yield line(upper, colour)


def _runs(points: Points, *, longest_gap: float) -> Iterator[Points]:
    run: list[tuple[float, float]] = []
    for point in points:
        if run and point[0] - run[-1][0] > longest_gap:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _limits(field: Mapping[str, Any], plot: Box, most: float) -> Iterator[str]:
    for step in field["thresholds"]["steps"]:
        if step["value"] is not None and step["value"] <= most:
            y = y_of(step["value"], plot, most)
            yield line([(plot.x, y), (plot.right, y)], COLOURS[step["color"]], dashed=True)


def round_up(value: float, unit: str = "") -> float:
    """Give the next 1, 2, 4 or 8 times a power of ten, of minutes or hours for long times."""
    size = next((size for size in (3600.0, 60.0) if unit == "s" and value > size), 1.0)
    return size * _round_up(value / size)


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    ten = 10.0 ** floor(log10(value))
    return next(ten * factor for factor in (1, 2, 4, 8, 10) if ten * factor >= value)
