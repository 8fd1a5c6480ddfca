"""From a fault to the message: real metrics service, Prometheus and Alertmanager, in quicker time."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence.engine import Sessions
from services.sync_worker.instruments import count_checked, count_claims
from tests.integration.delivery_rows import DeliveryRow
from tests.integration.metrics_server import serving_metrics
from tests.integration.real_alertmanager import (
    PACKAGE,
    Alertmanager,
    Message,
    Receiver,
    receiving,
    running_alertmanager,
    shipped_config,
)
from tests.integration.real_prometheus import DEPLOY, RULES, Prometheus, find_tool, running_prometheus
from tests.integration.seeding_metrics import PROCEDURE, seed_catalogue, seed_deliveries
from tests.integration.test_metrics_dashboards import worker_metrics
from tests.integration.test_metrics_service import hidden

#: An hour of the rules passes in nine seconds.
HASTE = 400
#: No rule waits for less, or on a busy machine two scrapes that are missed would be a minute of silence.
SHORTEST_WAIT = 5_000
EVERY = "1s"
MILLISECONDS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
ROOT = DEPLOY.parent
FOUR_FAULTS = {
    ("page", "LienThongWorkerGone"),
    ("page", "LienThongQueryFailing"),
    ("ticket", "LienThongPortalRefusesProcedure"),
    ("ticket", "LienThongLookupRateLow"),
}


def test_the_shipped_configuration_is_sound(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(shipped_config("http://127.0.0.1:9"))
    checked = subprocess.run(
        [find_tool("amtool", package=PACKAGE), "check-config", str(tmp_path / "alertmanager.yml")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("severity=page environment=production", "page"),
        ("severity=page", "page"),
        ("severity=ticket environment=production", "ticket"),
        ("severity=page environment=development", "ticket"),
    ],
)
def test_production_alone_wakes_somebody(tmp_path: Path, labels: str, receiver: str) -> None:
    (tmp_path / "alertmanager.yml").write_text(shipped_config("http://127.0.0.1:9"))
    routed = subprocess.run(
        [
            *(find_tool("amtool", package=PACKAGE), "config", "routes", "test"),
            *(f"--config.file={tmp_path / 'alertmanager.yml'}", *labels.split()),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert routed.stdout.strip() == receiver


@pytest.mark.fault
async def test_each_fault_raises_its_own_alert_with_a_page_that_exists(
    sessions: Sessions, engine: AsyncEngine, tmp_path: Path
) -> None:
    await seed(sessions)
    with ExitStack() as worker:
        async with watched(sessions, worker, tmp_path) as watch:
            await portal_is_down_for_a_while(sessions, watch)
            watch.receiver.messages.clear()
            await poison_a_procedure(sessions)
            await look_up_less(sessions)
            worker.close()
            async with hidden(engine, "portal_operations"):
                await watch.receiver.until(lambda got: len(told(got)) >= 4)

    messages = watch.receiver.messages
    assert told(messages) == {
        ("page", "LienThongWorkerGone"),
        ("page", "LienThongQueryFailing"),
        ("ticket", "LienThongPortalRefusesProcedure"),
        ("ticket", "LienThongLookupRateLow"),
    }
    labels = {message.alert: message.labels for message in messages}
    assert labels["LienThongQueryFailing"]["query"] == "portal"
    assert labels["LienThongPortalRefusesProcedure"]["procedure"] == PROCEDURE
    for message in messages:
        assert (ROOT / message.annotations["runbook"]).is_file(), message.alert


@dataclass(frozen=True, slots=True)
class Watch:
    """All who look at the system."""

    prometheus: Prometheus
    alertmanager: Alertmanager
    receiver: Receiver

    async def until(self, seen: Callable[["Watch"], Awaitable[bool]]) -> None:
        async with asyncio.timeout(40):
            while True:
                if await seen(self):
                    return
                await asyncio.sleep(0.1)

    async def firing(self) -> set[str]:
        found = await self.prometheus.query('ALERTS{alertstate="firing"}')
        return {series["metric"]["alertname"] for series in found}


@asynccontextmanager
async def watched(sessions: Sessions, worker: ExitStack, folder: Path) -> AsyncIterator[Watch]:
    """Watch the system, whose worker is as good as gone when its stack is closed, until it is seen."""
    count_claims(0)
    count_checked({}, starving=0)
    with worker_metrics() as api_port:
        worker_port = worker.enter_context(worker_metrics())
        async with (
            serving_metrics(sessions) as metrics_port,
            receiving() as receiver,
            running_alertmanager(folder, receiver) as alertmanager,
            running_prometheus(
                folder,
                {
                    "lienthong-metrics": metrics_port,
                    "lienthong-worker": worker_port,
                    "lienthong-api": api_port,
                },
                rules=list(hasty_rules(folder)),
                every=EVERY,
                alertmanager=alertmanager.port,
            ) as prometheus,
        ):
            watch = Watch(prometheus, alertmanager, receiver)
            await watch.until(has_figures)
            await watch.until(is_quiet)
            receiver.messages.clear()
            yield watch


async def has_figures(watch: Watch) -> bool:
    return len(await watch.prometheus.query("up == 1")) == 3


async def is_quiet(watch: Watch) -> bool:
    return not await watch.firing() and not await watch.alertmanager.firing()


def hasty_rules(folder: Path) -> Iterator[Path]:
    """Write the shipped rules with all times shortened."""
    for path in RULES:
        hasty = re.sub(
            r"(\[|offset |for: )(\d+)([smhd])\b",
            lambda found: f"{found[1]}{hastened(found)}ms",
            path.read_text(),
        )
        assert not re.search(r"(\[|offset |for: )\d+[smhd]\b", hasty)
        (folder / path.name).write_text(hasty)
        yield folder / path.name


def hastened(span: re.Match[str]) -> int:
    milliseconds = int(span[2]) * MILLISECONDS[span[3]] // HASTE
    return max(milliseconds, SHORTEST_WAIT) if span[1] == "for: " else milliseconds


async def portal_is_down_for_a_while(sessions: Sessions, watch: Watch) -> None:
    """While the portal is down, dossiers starve: that is one page, and it resolves."""
    async with sessions.begin() as session:
        await session.execute(text("INSERT INTO portal_outages (began_at) VALUES (now())"))
    await watch.receiver.until(lambda got: len(told(got)) > 0)
    count_checked({}, starving=3)
    await watch.until(starving_is_held_back)
    count_checked({}, starving=0)
    await watch.until(only_the_outage_fires)
    async with sessions.begin() as session:
        await session.execute(text("UPDATE portal_outages SET ended_at = now()"))
    await watch.receiver.until(
        lambda got: any((m.alert, m.status) == ("LienThongPortalDown", "resolved") for m in got)
    )

    assert told(watch.receiver.messages) == {("page", "LienThongPortalDown")}


async def starving_is_held_back(watch: Watch) -> bool:
    return "LienThongQueueStarving" in await watch.alertmanager.held_back()


async def only_the_outage_fires(watch: Watch) -> bool:
    return await watch.firing() == {"LienThongPortalDown"}


def told(messages: Iterable[Message]) -> set[tuple[str, str]]:
    """Leave out what is over: a server without targets yet believes all to be gone."""
    return {(message.receiver, message.alert) for message in messages if message.status == "firing"}


async def seed(sessions: Sessions) -> None:
    """Two hundred dossiers so far, half of them looked up."""
    async with sessions.begin() as session:
        await seed_catalogue(session, [1])
        await session.execute(
            text(
                "INSERT INTO tallies (name, label, unit_id, value)"
                " VALUES ('received', '', 1, 200), ('lookups', 'found', 1, 100)"
            )
        )


async def look_up_less(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE tallies SET value = value + CASE name WHEN 'lookups' THEN 1 ELSE 60 END")
        )


async def poison_a_procedure(sessions: Sessions) -> None:
    row = DeliveryRow(unit_id=1, state="parked", park_cause="refused")
    async with sessions.begin() as session:
        now = (await session.execute(text("SELECT now()"))).scalar_one()
        await seed_deliveries(session, [row] * 5, now=now)
