"""Asks Prometheus what a panel asks, with Grafana's variables filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any, Final

import httpx

_LEGEND: Final = re.compile(r"\{\{(\w+)\}\}")
_STEPS: Final = 160


@dataclass(frozen=True, slots=True)
class Series:
    """One answer: its name in the legend, its labels, and moments with values, in seconds."""

    name: str
    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        return self.points[-1][1]


@dataclass(frozen=True, slots=True)
class View:
    """The time in view, in seconds, and what the variables stand for."""

    start: float
    end: float
    variables: Mapping[str, str]

    @property
    def step(self) -> float:
        return max(1.0, (self.end - self.start) / _STEPS)


class Prometheus:
    """A server's HTTP API. Raises `httpx.HTTPError`."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ask(self, target: Mapping[str, Any], view: View) -> list[Series]:
        """Put the question of a panel's target; values that are not numbers are left out."""
        expression = target["expr"]
        for name, value in view.variables.items():
            expression = expression.replace(name, value)
        if target.get("range"):
            found = self._get("query_range", query=expression, start=view.start, end=view.end, step=view.step)
        else:
            found = self._get("query", query=expression, time=view.end)
        series = (_series(one, target.get("legendFormat", "")) for one in found)
        return [one for one in series if one.points]

    def values_of(self, label: str, metric: str) -> list[str]:
        """Give the values of a metric's label, sorted."""
        answer = self._client.get(f"/api/v1/label/{label}/values", params={"match[]": metric})
        answer.raise_for_status()
        values: list[str] = answer.json()["data"]
        return values

    def _get(self, kind: str, **parameters: str | float) -> list[dict[str, Any]]:
        answer = self._client.get(f"/api/v1/{kind}", params=parameters)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return found


def _series(answer: Mapping[str, Any], legend: str) -> Series:
    labels: dict[str, str] = answer["metric"]
    pairs = answer["values"] if "values" in answer else [answer["value"]]
    points = tuple((float(moment), float(value)) for moment, value in pairs)
    name = _LEGEND.sub(lambda match: labels.get(match[1], ""), legend)
    return Series(name, labels, tuple(point for point in points if not isnan(point[1])))
