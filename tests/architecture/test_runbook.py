"""Whoever is woken by an alert finds a page, and on it nothing that does not exist."""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic_settings import BaseSettings

from services.cli.main import app
from services.core import config
from services.core.telemetry.metric_names import ALL

# Without types of its own; it comes with the tools of the tests.
yaml: Any = import_module("yaml")

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
RUNBOOK = ROOT / "docs" / "runbook"
PAGES = sorted(RUNBOOK.glob("LienThong*.md"))
SECTIONS = ["Nghĩa là gì · What it means", "Kiểm tra gì · What to check", "Làm gì · What to do"]
SERVICES = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].keys()
RULES = [
    rule
    for name in ("rules.yml", "objectives.yml", "alerts.yml")
    for group in yaml.safe_load((DEPLOY / "prometheus" / name).read_text())["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]


def test_every_alert_has_a_page_and_every_page_an_alert() -> None:
    assert {rule["annotations"]["runbook"] for rule in ALERTS} == {
        str(page.relative_to(ROOT)) for page in PAGES
    }
    assert all(rule["annotations"]["runbook"].endswith(f"/{rule['alert']}.md") for rule in ALERTS)


def test_every_alert_says_in_both_languages_what_is_wrong_and_how_bad_it_is() -> None:
    for rule in ALERTS:
        assert {"summary", "summary_en", "description", "runbook"} == rule["annotations"].keys()
        assert " / " in rule["annotations"]["description"]
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_every_alert_fires_in_a_test_of_the_rules() -> None:
    tests = "".join(path.read_text() for path in (DEPLOY / "prometheus").glob("*.test.yml"))
    expected = set(re.findall(r'alertname="(\w+)", severity="(\w+)"', tests))

    assert expected == {(rule["alert"], rule["labels"]["severity"]) for rule in ALERTS}


def test_what_is_held_back_and_by_what_are_alerts_that_exist() -> None:
    inhibited = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text())["inhibit_rules"]
    matchers = [
        matcher
        for rule in inhibited
        for side in ("source_matchers", "target_matchers")
        for matcher in rule[side]
    ]
    named = {name for m in matchers if m.startswith("alertname") for name in re.findall(r"LienThong\w+", m)}
    parts = {part for m in matchers for part in re.findall(r'^part="(\w+)"$', m)}

    assert named
    assert named <= {rule["alert"] for rule in ALERTS}
    assert parts
    assert parts <= {rule["labels"]["part"] for rule in ALERTS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_it_means_what_to_check_and_what_to_do(page: Path) -> None:
    text = page.read_text()

    assert re.match(r"# .+ · .+\n\n`" + page.stem + "` · .+ / .+\n", text)
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == SECTIONS
    assert f"| [{page.stem}]({page.name}) |" in (RUNBOOK / "README.md").read_text()


@pytest.mark.parametrize("page", [*PAGES, RUNBOOK / "README.md"], ids=lambda page: page.stem)
def test_every_command_on_a_page_is_one_of_the_command_line(page: Path) -> None:
    for words in commands(page):
        command: Any = typer.main.get_command(app)
        rest = words
        while hasattr(command, "commands"):
            assert rest, f"{words} names no command"
            command, rest = command.get_command(typer.Context(command), rest[0]), rest[1:]
            assert command is not None, words
        offered = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("-")} <= offered, words


@pytest.mark.parametrize("page", [*PAGES, RUNBOOK / "README.md"], ids=lambda page: page.stem)
def test_every_service_metric_setting_and_link_on_a_page_exists(page: Path) -> None:
    text = page.read_text()
    suffixes = ("", "_bucket", "_sum", "_count")
    metrics = {metric.name + suffix for metric in ALL for suffix in suffixes}
    metrics |= {rule["record"] for rule in RULES if "record" in rule}
    settings = {
        f"{found.model_config['env_prefix']}{name}".upper()
        for _, found in getmembers(config, isclass)
        if issubclass(found, BaseSettings)
        for name in found.model_fields
    }

    assert set(re.findall(r"\blienthong[_:][a-z0-9_:]+", text)) <= metrics
    assert set(re.findall(r"\bLIENTHONG_[A-Z_]+", text)) <= settings
    assert all((page.parent / link).is_file() for link in re.findall(r"\]\(([^)]+)\)", text))
    for words in (span.split() for span in spans(page) if span.startswith("docker compose")):
        assert set(words) & SERVICES or "--scale worker=3" in " ".join(words), words


def spans(page: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", page.read_text())


def commands(page: Path) -> Iterator[list[str]]:
    """Give the words after `lienthong`, wherever in a piece of code they stand."""
    for span in spans(page):
        words = shlex.split(span)
        if "lienthong" in words and "-U" not in words:
            yield words[words.index("lienthong") + 1 :]


def test_there_are_commands_to_check() -> None:
    assert sum(len(list(commands(page))) for page in PAGES) > len(PAGES)
