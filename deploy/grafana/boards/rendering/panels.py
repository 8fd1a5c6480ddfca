"""The other kinds of panels: a large figure, strips over time, bars, tables."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from deploy.grafana.boards.rendering.asking import Series, View
from deploy.grafana.boards.rendering.axes import draw_times, x_of
from deploy.grafana.boards.rendering.canvas import FAINT, INK, RULE, Box, line, rectangle, text
from deploy.grafana.boards.rendering.charts import Panel
from deploy.grafana.boards.rendering.reading import COLOURS, colour_of, mapped, overridden, plain, written

_LINE: Final = 20
_NAMES: Final = 0.42


def draw_figure(panel: Panel, series: Sequence[Series], place: Box, _view: View) -> Iterator[str]:
    """Draw one large figure, on its colour where the panel says so."""
    field = panel["fieldConfig"]["defaults"]
    if not series:
        yield _empty(panel, place)
        return
    words, colour = _said(series[0].last, field)
    filled = panel["options"]["colorMode"] == "background"
    if filled:
        yield rectangle(place, colour, opacity=0.75, radius=3)
    size = 30 if len(words) <= place.width / 20 else 18
    yield text(
        place.x + place.width / 2,
        place.y + place.height / 2 + size / 3,
        words,
        size=size,
        colour="#FFFFFF" if filled else colour,
        anchor="middle",
        room=place.width - 8,
    )


def draw_strips(panel: Panel, series: Sequence[Series], place: Box, view: View) -> Iterator[str]:
    """Draw a strip per series, coloured by what its values mean."""
    field = panel["fieldConfig"]["defaults"]
    plot = place.inside(left=place.width * 0.28, top=8, right=8, bottom=24)
    height = plot.height / max(len(series), 1)
    for number, one in enumerate(series):
        y = plot.y + height * number
        name = overridden(panel, one.name).get("displayName", one.name)
        yield text(plot.x - 8, y + height / 2 + 4, name, size=10, anchor="end", room=place.width * 0.26)
        for begin, end, value in _runs(one, view):
            x = x_of(begin, plot, view)
            strip = Box(x, y + 2, x_of(end, plot, view) - x, height - 4)
            yield rectangle(strip, _said(value, field)[1], opacity=0.75)
    yield from draw_times(plot, view)


def draw_bars(panel: Panel, series: Sequence[Series], place: Box, _view: View) -> Iterator[str]:
    """Draw a bar per series, as many as there is room for."""
    field = panel["fieldConfig"]["defaults"]
    if not series:
        yield _empty(panel, place)
        return
    most = field.get("max") or max(one.last for one in series) or 1.0
    rows = place.inside(left=8, top=4, right=8, bottom=6)
    shown = series[: max(1, int(rows.height / _LINE))]
    height = min(2 * _LINE, rows.height / len(shown))
    left = rows.width * _NAMES
    for number, one in enumerate(shown):
        y = rows.y + height * number
        name = overridden(panel, one.name).get("displayName", one.name)
        yield text(rows.x, y + height / 2 + 4, name, size=10, room=left - 6)
        room = Box(rows.x + left, y + 3, rows.width - left - 56, height - 6)
        yield rectangle(room, RULE, radius=2)
        part = min(max(one.last / most, 0.0), 1.0)
        colour = colour_of(one.last, field)
        yield rectangle(Box(room.x, room.y, room.width * part, room.height), colour, opacity=0.8, radius=2)
        shown_value = written(one.last, field.get("unit", ""))
        yield text(rows.right, y + height / 2 + 4, shown_value, size=10, colour=colour, anchor="end")


def draw_table(panel: Panel, answers: Sequence[Sequence[Series]], place: Box) -> Iterator[str]:
    """Draw the answers of all questions side by side, joined by their labels as Grafana joins them."""
    columns, rows = _joined(panel, answers)
    if not rows:
        yield _empty(panel, place)
        return
    width = (place.width - 16) / len(columns)
    for number, column in enumerate(columns):
        x = place.x + 8 + width * number
        heading = overridden(panel, column).get("displayName", column)
        yield text(x, place.y + 14, heading, size=10, colour=FAINT, room=width - 8)
        for place_in, row in enumerate(rows[: int((place.height - _LINE - 4) / _LINE)]):
            y = place.y + 14 + _LINE * (place_in + 1)
            words, colour = row.get(column, ("–", FAINT))
            yield text(x, y, words, size=11, colour=colour, room=width - 8)
            if number == 0:
                yield line([(place.x + 8, y - 14), (place.right - 8, y - 14)], RULE)


def _empty(panel: Panel, place: Box) -> str:
    words = panel["fieldConfig"]["defaults"].get("noValue", "–")
    middle = place.y + place.height / 2
    return text(place.x + place.width / 2, middle, words, size=14, colour=FAINT, anchor="middle")


def _joined(
    panel: Panel, answers: Sequence[Sequence[Series]]
) -> tuple[list[str], list[dict[str, tuple[str, str]]]]:
    """Give the columns' fields, and the rows with the text and colour of each cell."""
    joined: dict[tuple[tuple[str, str], ...], dict[str, tuple[str, str]]] = {}
    labels: dict[str, None] = {}
    values = [f"Value #{target['refId']}" for target in panel["targets"]]
    hidden = _left_out(panel)
    ordered: dict[tuple[tuple[str, str], ...], float] = {}
    for column, series in zip(values, answers, strict=True):
        for one in series:
            key = tuple(sorted(one.labels.items()))
            labels |= dict.fromkeys(one.labels)
            row = joined.setdefault(key, {name: _label(panel, name, value) for name, value in key})
            field = overridden(panel, column)
            coloured = "custom.cellOptions" in field
            row[column] = (
                written(one.last, field.get("unit", "")),
                colour_of(one.last, field) if coloured else INK,
            )
            if column == values[0]:
                ordered[key] = one.last
    rows = sorted(joined, key=lambda key: -ordered.get(key, float("-inf")))
    shown = [name for name in [*_in_order(panel, labels), *values] if name not in hidden]
    if len(values) == 1:
        shown = [name for name in shown if name not in values]
    return shown, [joined[key] for key in rows]


def _in_order(panel: Panel, labels: dict[str, None]) -> list[str]:
    named = [override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]]
    return [name for name in named if name in labels]


def _left_out(panel: Panel) -> set[str]:
    options: list[dict[str, Any]] = [
        change["options"] for change in panel.get("transformations", []) if change["id"] == "organize"
    ]
    return {name for one in options for name, hide in one["excludeByName"].items() if hide}


def _label(panel: Panel, name: str, value: str) -> tuple[str, str]:
    found = mapped(value, overridden(panel, name))
    return (value if found is None else found[0]), INK


def _said(value: float, field: dict[str, Any]) -> tuple[str, str]:
    found = mapped(plain(value), field)
    if found is not None:
        return found[0], found[1] or COLOURS["blue"]
    return written(value, field.get("unit", ""), decimals=field.get("decimals")), colour_of(value, field)


def _runs(one: Series, view: View) -> Iterator[tuple[float, float, float]]:
    """Give stretches of one value; each point holds until the next, and at most for three steps."""
    begin, value = one.points[0]
    before = begin
    for moment, now in one.points[1:]:
        if now != value or moment - before > 3 * view.step:
            yield begin, min(moment, before + view.step), value
            begin, value = moment, now
        before = moment
    yield begin, min(before + view.step, view.end), value
