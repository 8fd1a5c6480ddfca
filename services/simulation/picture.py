"""A picture of a rehearsal (SVG): share falsely late, dossiers that wait, and the portal, over time."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape

from services.core.domain.deadline import VIETNAM
from services.simulation.result import Result
from services.simulation.weather import State, Window

_WIDTH: Final = 960
_LEFT: Final = 64
_RIGHT: Final = 150
_TOP: Final = 58
_PANEL: Final = 180
_GAP: Final = 44
_STRIP: Final = 18
_POINTS: Final = 400
_FONT: Final = 'font-family="sans-serif" font-size="12"'
_MOST_DATES: Final = 12
_HEIGHT: Final = _TOP + 2 * (_PANEL + _GAP) + _STRIP + 40

#: Told apart without colour by their labels; the colours by Okabe and Ito's set for colour-blind readers.
_COLOURS: Final = {"naive": "#d55e00", "fifo": "#e69f00", "deadline": "#0072b2", "clairvoyant": "#009e73"}
_STATES: Final = {
    State.DOWN: "#444444",
    State.HANG: "#8c6bb1",
    State.ERROR: "#cc79a7",
    State.SLOW: "#b8b8b8",
    State.BUSY: "#f0e442",
}


def draw(results: Sequence[Result], *, title: str) -> str:
    """Draw results of one scenario and seed, one line per policy."""
    start, end = _span(results)
    times = [start + (end - start) * n / _POINTS for n in range(_POINTS + 1)]
    shares = {r.policy: _share_late(r, times) for r in results}
    backlogs = {r.policy: _backlog(r, times) for r in results}
    top = _TOP + _PANEL + _GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT}>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="22" font-size="16">{escape(title)}</text>',
        *_panel(shares, _TOP, "Báo trễ oan, % / falsely late, %", lambda value: f"{round(value, 1):g} %"),
        *_panel(
            backlogs, top, "Hồ sơ chờ / dossiers waiting", lambda value: f"{value:,.0f}".replace(",", ".")
        ),
        *_strip(results[0].trace.windows, start, end, top + _PANEL + _GAP),
        *_days(start, end, top + _PANEL + _GAP + _STRIP),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _span(results: Sequence[Result]) -> tuple[float, float]:
    """From the first report to the last thing that can be seen in the picture."""
    waits = [wait for result in results for wait in result.trace.waits]
    start = min(begin for begin, _ in waits)
    ends = [end for _, end in waits if end is not None]
    ends += [begin for begin, _ in waits]
    ends += [moment for result in results for moment in result.trace.late_from]
    return start, max(ends)


def _share_late(result: Result, times: Sequence[float]) -> list[float]:
    late = sorted(result.trace.late_from)
    return [100 * bisect_right(late, moment) / max(result.dossiers, 1) for moment in times]


def _backlog(result: Result, times: Sequence[float]) -> list[float]:
    begins = sorted(begin for begin, _ in result.trace.waits)
    ends = sorted(end for _, end in result.trace.waits if end is not None)
    return [float(bisect_right(begins, moment) - bisect_right(ends, moment)) for moment in times]


def _panel(
    lines: dict[str, list[float]], top: int, label: str, written: Callable[[float], str]
) -> Iterable[str]:
    most = _round_up(max((max(values) for values in lines.values()), default=0.0))
    bottom, right = top + _PANEL, _WIDTH - _RIGHT
    yield f'<text x="{_LEFT}" y="{top - 8}">{escape(label)}</text>'
    for step in range(5):
        y = bottom - _PANEL * step / 4
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#dddddd"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{written(most * step / 4)}</text>'
    for (name, values), y in zip(lines.items(), _label_places(lines, most, bottom), strict=True):
        points = " ".join(
            f"{_LEFT + (right - _LEFT) * n / _POINTS:.1f},{bottom - _PANEL * value / most:.1f}"
            for n, value in enumerate(values)
        )
        colour = _COLOURS.get(name, "black")
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        label = f"{escape(name)}: {written(values[-1])}"
        yield f'<text x="{right + 8}" y="{y:.1f}" fill="{colour}">{label}</text>'


def _label_places(lines: dict[str, list[float]], most: float, bottom: int) -> list[float]:
    """Give each line's label a height near the line's end, apart from the others."""
    wanted = sorted((bottom - _PANEL * values[-1] / most + 4, name) for name, values in lines.items())
    places: dict[str, float] = {}
    lowest = bottom + 4.0 - 15 * (len(wanted) - 1)
    y = -1.0
    for n, (place, name) in enumerate(wanted):
        y = max(y + 15, min(place, lowest + 15 * n))
        places[name] = y
    return [places[name] for name in lines]


def _strip(windows: Sequence[Window], start: float, end: float, top: int) -> Iterable[str]:
    right = _WIDTH - _RIGHT
    scale = (right - _LEFT) / (end - start)
    yield f'<text x="{_LEFT}" y="{top - 8}">Cổng / portal</text>'
    yield f'<rect x="{_LEFT}" y="{top}" width="{right - _LEFT}" height="{_STRIP}" fill="#d9f0d3"/>'
    for window in windows:
        x = _LEFT + max(0.0, window.begins_at - start) * scale
        width = (min(window.ends_at, end) - max(window.begins_at, start)) * scale
        if width > 0:
            yield (
                f'<rect x="{x:.2f}" y="{top}" width="{width:.2f}" height="{_STRIP}"'
                f' fill="{_STATES[window.state]}"/>'
            )
    seen = [state for state in _STATES if any(window.state is state for window in windows)]
    for n, state in enumerate(seen):
        y = top - 22 + 15 * n
        yield f'<rect x="{right + 8}" y="{y}" width="10" height="10" fill="{_STATES[state]}"/>'
        yield f'<text x="{right + 24}" y="{y + 9}">{state.value}</text>'


def _days(start: float, end: float, top: int) -> Iterable[str]:
    days = (end - start) / 86_400
    step = next(step for step in (0.25, 0.5, 1, 2, 5, 7, 14, 30, 60, 120, 365) if days / step <= _MOST_DATES)
    moment = datetime.fromtimestamp(start, VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    right = _WIDTH - _RIGHT
    while moment.timestamp() <= end:
        if moment.timestamp() >= start:
            x = _LEFT + (right - _LEFT) * (moment.timestamp() - start) / (end - start)
            text = f"{moment:%d/%m}" if step >= 1 else f"{moment:%d/%m %H:%M}"
            yield f'<text x="{x:.1f}" y="{top + 18}" text-anchor="middle">{text}</text>'
        moment += timedelta(days=step)


def _round_up(value: float) -> float:
    """Give the next 1, 2, 4 or 8 times a power of ten, so that quarters of it are readable."""
    if value <= 0:
        return 1.0
    unit = 1.0
    while unit * 10 <= value:
        unit *= 10
    while unit > value:
        unit /= 10
    return next(unit * factor for factor in (1, 2, 4, 8, 10) if unit * factor >= value)
