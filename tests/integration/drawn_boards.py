"""Renderings of the dashboards, looked at panel by panel."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import httpx
from defusedxml.ElementTree import fromstring

from deploy.grafana.boards.rendering.asking import Prometheus, View
from deploy.grafana.boards.rendering.page import draw_board

SVG = "{http://www.w3.org/2000/svg}"
#: The lines of a chart's grid.
GRID = 5


def panels_drawn_blank(
    dashboards: Sequence[Path], address: str, variables: Mapping[str, str], *, seconds: float = 60
) -> list[str]:
    """Draw all dashboards from a running server; gives the panels on which there is nothing to see."""
    blank = []
    end = time.time()
    with httpx.Client(base_url=address, trust_env=False) as client:
        for path in dashboards:
            board = json.loads(path.read_text())
            picture = fromstring(draw_board(board, Prometheus(client), View(end - seconds, end, variables)))
            groups = {group.get("id"): group for group in picture.iter(f"{SVG}g")}
            blank += [
                f"{path.stem}/{panel['title']}"
                for panel in board["panels"]
                if not shows_something(panel, groups[f"panel-{panel['id']}"])
            ]
    return blank


def shows_something(panel: Mapping[str, Any], group: Element) -> bool:
    texts = [text.text for text in group.iter(f"{SVG}text")]
    match panel["type"]:
        case "row":
            return panel["title"].split(" $")[0] in str(texts[0])
        case "timeseries":
            return len([*group.iter(f"{SVG}polyline")]) > GRID
        case "state-timeline":
            return len([*group.iter(f"{SVG}rect")]) > 1
        case _:
            return panel["fieldConfig"]["defaults"]["noValue"] not in texts[:2] and len(texts) > 1
