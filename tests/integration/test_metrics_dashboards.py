"""Rules and dashboards against a real Prometheus that scrapes the real services."""

import asyncio
import json
import random
import re
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from math import isnan
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import start_http_server
from sqlalchemy import text

from services.api.instruments import count_answer
from services.core.domain.filing import DossierBody
from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import Asker, Birth, NotFound, Question
from services.core.domain.lookup import Outcome as LookUpAnswer
from services.core.domain.outcome import Accepted, Found, LookUpOutcome
from services.core.domain.ports import EntriesOf, Sent
from services.core.persistence.engine import Sessions
from services.core.telemetry.metric_names import ALL
from services.sync_worker.instruments import (
    MeasuredPopulation,
    MeasuredPortal,
    count_checked,
    count_claims,
    count_login,
    tell_population,
)
from tests.integration.drawn_boards import panels_drawn_blank
from tests.integration.metrics_server import serving_metrics
from tests.integration.real_prometheus import DEPLOY, RULES, Prometheus, find_tool, running_prometheus
from tests.integration.seeding_metrics import seed_random_state
from tests.ports import free_port

DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
METRICS_PAGE = DEPLOY.parent / "docs" / "metrics.md"
#: What rises while all goes well.
GOOD = ["received", "ended", "accepted", "lag_bucket", "lag_sum", "queued_bucket", "queued_sum"]
GOOD += ["seen_bucket", "seen_sum", "lookups"]
#: What these rules record is of yesterday and before.
OLDER = {"lienthong:lookup_rate:6d_before"}
#: What Grafana puts in for its variables, short enough for a test.
VARIABLES = {"$__rate_interval": "5s", "$__range": "1m", "$unit": "H40.01"}
QUESTION = Question(
    UUID(int=7),
    Asker(IdentityNumber("001090000001"), "H44.101"),
    IdentityNumber("001190000123"),
    "Đặng Thị Hòa",
    Birth(1990),
)
#: Prometheus looks for targets 5 s after its start; then a rate needs two scrapes, and a rule a third.
PATIENCE_SECONDS = 30.0


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "config", "one-machine.yml"),
        ("check", "rules", *(path.name for path in RULES)),
        ("test", "rules", "rules.test.yml"),
        ("test", "rules", "alerts.test.yml"),
        ("test", "rules", "objectives.test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_is_content(arguments: tuple[str, ...]) -> None:
    checked = subprocess.run(
        [find_tool("promtool"), *arguments],
        cwd=DEPLOY / "prometheus",
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


async def test_every_rule_is_healthy_and_every_panel_has_data(sessions: Sessions, tmp_path: Path) -> None:
    await seed(sessions)
    with worker_metrics() as worker_port:
        async with (
            serving_metrics(sessions) as metrics_port,
            work_going_on(sessions),
            running_prometheus(
                tmp_path,
                # The API counts in this process, as the worker does.
                {
                    "lienthong-metrics": metrics_port,
                    "lienthong-worker": worker_port,
                    "lienthong-api": worker_port,
                },
            ) as prometheus,
        ):
            rules = await prometheus.rules()
            recorded = [
                (r["name"], r["name"]) for r in rules if r["type"] == "recording" and r["name"] not in OLDER
            ]
            silent = await queries_without_data(prometheus, [*panel_queries(), *recorded])
            blank = await asyncio.to_thread(panels_drawn_blank, DASHBOARDS, prometheus.address, VARIABLES)
            rules = await prometheus.rules()
            firing = {rule["name"] for rule in rules if is_firing(rule)}

    assert not silent, "\n".join(silent)
    assert not blank, "\n".join(blank)
    assert {rule["health"] for rule in rules} == {"ok"}
    assert firing <= {"LienThongDossiersAtRisk", "LienThongBacklogOld", "LienThongParked"}


def is_firing(rule: dict[str, Any]) -> bool:
    """Tell an alert that has gone out from one that is pending, as any may be while work begins."""
    return any(alert["state"] == "firing" for alert in rule.get("alerts", []))


async def queries_without_data(prometheus: Prometheus, queries: Sequence[tuple[str, str]]) -> list[str]:
    """Ask again until each query, given with its title, has data, or the patience is at its end."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        silent = [
            f"{title}: {expression}"
            for title, expression in queries
            if not has_data(await prometheus.query(expression))
        ]
        if not silent or asyncio.get_running_loop().time() > deadline:
            return silent
        await asyncio.sleep(0.5)


async def seed(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await seed_random_state(session, random.Random(766), dossiers=100)
        await session.execute(
            text(
                "INSERT INTO portal_operations (operation, last_success_at) VALUES ('create', now())"
                " ON CONFLICT (operation) DO UPDATE SET last_success_at = now()"
            )
        )
        await session.execute(
            text(
                "INSERT INTO tallies (name, label, unit_id, value) VALUES"
                " ('lookups_needed', '', 1, 10), ('lookups_settled', 'match', 1, 8)"
                " ON CONFLICT DO NOTHING"
            )
        )


@asynccontextmanager
async def work_going_on(sessions: Sessions) -> AsyncIterator[None]:
    """Deliver without end: the worker counts calls, the database endings."""
    task = asyncio.create_task(_work(sessions))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _work(sessions: Sessions) -> None:
    portal, population = MeasuredPortal(AgreeingPortal()), MeasuredPopulation(EmptyPopulation())
    tell_population(configured=True)
    count_answer("POST", "/v1/dossiers", status=500, seconds=0.05)
    while True:
        count_login("accepted")
        count_claims(3)
        count_answer("POST", "/v1/dossiers", status=201, seconds=0.05)
        await portal.push_entries([EntriesOf("H40-1", ())])
        await portal.look_up("H40-1")
        await population.ask(QUESTION)
        count_checked({}, starving=0)
        async with sessions.begin() as session:
            await session.execute(
                text("UPDATE tallies SET value = value + 2 WHERE name = ANY(:good)"), {"good": GOOD}
            )
        await asyncio.sleep(0.2)


class AgreeingPortal:
    """Takes everything."""

    async def push_dossiers(self, bodies: Sequence[DossierBody], *, create: bool) -> Sent:
        return Sent(Accepted(f"{len(bodies)} {create}"), b"")

    async def push_entries(self, batch: Sequence[EntriesOf]) -> Sent:
        return Sent(Accepted(str(len(batch))), b"")

    async def look_up(self, code: str) -> LookUpOutcome:
        assert code
        return Found(None)


class EmptyPopulation:
    """Knows nobody."""

    async def ask(self, question: Question) -> LookUpAnswer:
        assert question.name
        return NotFound()


@contextmanager
def worker_metrics() -> Iterator[int]:
    """Serve the counters of this process as a worker process does."""
    port = free_port()
    server, thread = start_http_server(port, addr="127.0.0.1")
    yield port
    server.shutdown()
    server.server_close()
    thread.join()


def panel_queries() -> list[tuple[str, str]]:
    """Give title and expression of every query of every dashboard."""
    found = []
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel.get("targets", []):
                expression = target["expr"]
                for name, value in VARIABLES.items():
                    expression = expression.replace(name, value)
                found.append((f"{path.stem}/{panel['title']}", expression))
    return found


def has_data(result: list[dict[str, Any]]) -> bool:
    return any(not isnan(float(series["value"][1])) for series in result)


@pytest.mark.parametrize("path", [*DASHBOARDS, *RULES], ids=lambda path: path.name)
def test_only_metrics_that_exist_are_asked_for(path: Path) -> None:
    suffixes = ("", "_bucket", "_sum", "_count")
    known = {metric.name + suffix for metric in ALL for suffix in suffixes}

    asked = set(re.findall(r"\blienthong_[a-z0-9_]+", path.read_text()))
    assert asked
    assert asked <= known


def test_the_documentation_lists_every_metric_as_it_is() -> None:
    rows = {
        cells[0].strip("`"): cells[1:5]
        for line in METRICS_PAGE.read_text().splitlines()
        if line.startswith("| `lienthong_")
        and (cells := [cell.strip() for cell in line.strip("|").split("|")])
    }

    assert rows == {
        metric.name: [
            metric.kind.value,
            ", ".join(f"`{label}`" for label in metric.labels) or "–",
            metric.vi,
            metric.en,
        ]
        for metric in ALL
    }
