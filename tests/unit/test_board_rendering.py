"""Figures and curves of the dashboards' renderings."""

from collections.abc import Sequence
from math import inf
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from deploy.grafana.boards.rendering.asking import Series, View
from deploy.grafana.boards.rendering.canvas import Box
from deploy.grafana.boards.rendering.charts import draw_lines, round_up
from deploy.grafana.boards.rendering.panels import draw_table
from deploy.grafana.boards.rendering.reading import colour_of, mapped, plain, written

PLACE = Box(0, 0, 400, 240)
VIEW = View(0, 160, {})
GREEN, RED = "#73BF69", "#F2495C"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.9984, "percentunit", "99,8 %"),
        (1, "percentunit", "100 %"),
        (12_345, "locale", "12.345"),
        (0.05, "s", "50 ms"),
        (42, "s", "42 s"),
        (90, "s", "1,5 phút"),
        (7200, "s", "2 giờ"),
        (259_200, "s", "3 ngày"),
        (inf, "s", "∞"),
        (2_097_152, "bytes", "2 MiB"),
    ],
)
def test_figures_are_written_as_vietnamese_readers_expect(value: float, unit: str, shown: str) -> None:
    assert written(value, unit) == shown


def test_a_threshold_counts_from_its_own_value_on() -> None:
    field = {"thresholds": {"steps": [{"value": None, "color": "green"}, {"value": 1, "color": "red"}]}}

    assert (colour_of(0.99, field), colour_of(1, field)) == (GREEN, RED)


def test_words_stand_for_values_also_for_no_end() -> None:
    field = {
        "mappings": [
            {
                "type": "value",
                "options": {"0": {"text": "up", "color": "green"}, "Infinity": {"text": "none"}},
            }
        ]
    }

    assert mapped(plain(0.0), field) == ("up", GREEN)
    assert mapped(plain(inf), field) == ("none", None)
    assert mapped(plain(2.0), field) is None


@given(st.floats(min_value=1e-6, max_value=1e9), st.sampled_from(["s", "locale"]))
def test_an_axis_ends_above_its_curves_and_not_far_above(value: float, unit: str) -> None:
    assert value <= round_up(value, unit) * (1 + 1e-9)
    assert round_up(value, unit) <= max(value * 2.0000001, value + 3600 if unit == "s" else 0)


def chart(*, stacked: bool) -> dict[str, Any]:
    stacking = {"stacking": {"mode": "normal"}} if stacked else {}
    return {"fieldConfig": {"defaults": {"unit": "locale", "custom": stacking}, "overrides": []}}


def curves(panel: dict[str, Any], series: Sequence[Series]) -> list[list[tuple[float, float]]]:
    """Give the points of the drawn curves, without the grid."""
    svg = "".join(draw_lines(panel, series, PLACE, VIEW))
    found = [
        [tuple(map(float, pair.split(","))) for pair in element.get("points", "").split()]
        for element in fromstring(f"<svg>{svg}</svg>").iter("polyline")
    ]
    return found[5:]  # type: ignore[return-value]  # pairs, by how they are written


def test_stacked_series_stand_on_one_another() -> None:
    series = [Series(name, {}, ((0, 1), (1, 1), (2, 1))) for name in ("a", "b")]

    lower, upper = curves(chart(stacked=True), series)
    same, too = curves(chart(stacked=False), series)

    assert all(above[1] < below[1] for above, below in zip(upper, lower, strict=True))
    assert same == too


def test_a_time_without_figures_is_a_gap_and_not_a_line() -> None:
    series = Series("a", {}, ((0, 1), (1, 2), (100, 1), (101, 2)))

    assert [len(run) for run in curves(chart(stacked=False), [series])] == [2, 2]


def test_a_table_joins_answers_by_their_labels_and_sorts_by_the_first_question() -> None:
    panel = {
        "targets": [{"refId": "A"}, {"refId": "B"}],
        "fieldConfig": {"defaults": {}, "overrides": [{"matcher": {"options": "unit"}, "properties": []}]},
        "transformations": [{"id": "organize", "options": {"excludeByName": {"Time": True}}}],
    }
    late = [Series("", {"unit": code}, ((0, number),)) for code, number in (("X", 1), ("Y", 5))]
    taken = [Series("", {"unit": "Y"}, ((0, 70),))]

    svg = "".join(draw_table(panel, [late, taken], PLACE))
    texts = [element.text for element in fromstring(f"<svg>{svg}</svg>").iter("text")]

    assert texts == ["unit", "Y", "X", "Value #A", "5", "1", "Value #B", "70", "–"]
