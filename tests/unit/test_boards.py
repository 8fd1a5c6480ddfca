"""Grafana's dashboards: the files are what the code makes, and nothing on them leads nowhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.shelf import GRAFANA, files, write
from services.console.main import PAGES

TEXTS = {str(path): text for path, text in files()}
SIX = {"overview", "delivery", "portal", "citizens", "units", "system"}
BOARDS = {name: json.loads(text) for name, text in TEXTS.items()}
CHARTS = {name: board for name, board in BOARDS.items() if name.startswith("dashboards")}
#: Grafana takes no longer ones.
UID_LENGTH = 40
each_board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
each_chart_board = pytest.mark.parametrize("board", CHARTS.values(), ids=CHARTS)


def test_there_are_the_six_dashboards_and_a_page_of_each_alert() -> None:
    alerts = {path.stem for path in (GRAFANA.parents[1] / "docs" / "runbook").glob("LienThong*.md")}

    assert {Path(name).stem for name in CHARTS} == SIX
    assert {Path(name).stem for name in BOARDS if name not in CHARTS} == alerts | {"lienthong-runbook"}


def test_the_files_in_the_repository_are_what_the_code_makes() -> None:
    shipped = {
        str(path.relative_to(GRAFANA)): path.read_text(encoding="utf-8")
        for folder in ("dashboards", "runbook")
        for path in (GRAFANA / folder).glob("*.json")
    }

    stale = {name for name in shipped.keys() | TEXTS.keys() if shipped.get(name) != TEXTS.get(name)}
    assert stale == set(), "python -m deploy.grafana.boards write"


def test_writing_removes_dashboards_that_are_gone_and_sets_the_address_of_the_console(tmp_path: Path) -> None:
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "old.json").write_text("{}")

    written = write(tmp_path, console="https://theo-doi.example.vn")

    assert sorted(tmp_path.rglob("*.json")) == sorted(written)
    for name in SIX:
        board = json.loads((tmp_path / "dashboards" / f"{name}.json").read_text())
        assert board["templating"]["list"][1]["current"]["value"] == "https://theo-doi.example.vn"


@each_board
def test_the_library_reads_back_what_it_wrote(board: dict[str, Any]) -> None:
    again = json.dumps(Dashboard.from_json(board), cls=JSONEncoder)

    assert json.loads(again) == board


def test_each_dashboard_has_an_address_of_its_own() -> None:
    uids = [board["uid"] for board in BOARDS.values()]

    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", uid) and len(uid) <= UID_LENGTH for uid in uids)
    for board in BOARDS.values():
        assert not board["editable"]


@each_board
def test_panels_do_not_overlap_and_explain_themselves_in_both_languages(board: dict[str, Any]) -> None:
    panels = board["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [cell for panel in panels for cell in cells_of(panel["gridPos"])]
    assert len(cells) == len(set(cells))
    assert all(column < 24 for column, _ in cells)
    for panel in panels:
        assert " · " in panel["title"] or panel["title"] in {"API", "PostgreSQL"}
        if panel["type"] != "row":
            assert " / " in panel["description"], panel["title"]


def cells_of(place: dict[str, int]) -> list[tuple[int, int]]:
    return [
        (place["x"] + across, place["y"] + down) for across in range(place["w"]) for down in range(place["h"])
    ]


@each_board
def test_every_link_leads_somewhere(board: dict[str, Any]) -> None:
    uids = {other["uid"] for other in BOARDS.values()}
    console = {route.path for page in PAGES for route in page.router.routes if isinstance(route, APIRoute)}

    addresses = [*addresses_of(board), *links_in_text(board)]
    assert addresses
    for address in addresses:
        path = address.partition("?")[0]
        if path.startswith("${console}"):
            assert path.removeprefix("${console}") in console
        elif path != "/d/${__value.raw}":
            assert path.removeprefix("/d/") in uids, address


def addresses_of(board: dict[str, Any]) -> Iterator[str]:
    """Give the address of every link of a dashboard, its panels, and the values in their columns."""
    yield from (link["url"] for link in board["links"])
    for panel in board["panels"]:
        yield from (link["url"] for link in panel.get("links", []))
        for override in panel.get("fieldConfig", {}).get("overrides", []):
            for change in override["properties"]:
                if change["id"] == "links":
                    yield from (link["url"] for link in change["value"])


def links_in_text(board: dict[str, Any]) -> Iterator[str]:
    for panel in board["panels"]:
        if panel["type"] == "text":
            yield from re.findall(r"\]\(([^)]+)\)", panel["options"]["content"])


@each_chart_board
def test_figures_change_colour_upwards_and_are_of_the_present(board: dict[str, Any]) -> None:
    for panel in board["panels"]:
        if panel["type"] == "row":
            continue
        steps = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
        assert steps[0] is None
        assert steps[1:] == sorted(set(steps[1:])), panel["title"]
        of_a_range = {target.get("range", False) for target in panel["targets"]}
        assert of_a_range == {panel["type"] in {"timeseries", "state-timeline"}}, panel["title"]


@each_chart_board
def test_columns_are_those_of_the_questions(board: dict[str, Any]) -> None:
    for panel in board["panels"]:
        if panel["type"] != "table":
            continue
        asked = {f"Value #{target['refId']}" for target in panel["targets"]}
        named = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]}
        labels = named - asked
        assert all(label in target["expr"] for label in labels for target in panel["targets"])
        assert len(panel["targets"]) == 1 or named >= asked


@each_chart_board
def test_legends_name_only_labels_that_the_question_keeps(board: dict[str, Any]) -> None:
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            for label in re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")):
                assert re.search(
                    rf"by \([^)]*\b{label}\b|^lienthong:\S+|^process_|^rate\(", target["expr"]
                ), panel["title"]
