import asyncio
import random
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from services.metrics.main import create_app
from tests.integration.figures import Figures, Series, series
from tests.integration.metrics_server import serving_metrics
from tests.integration.metrics_truth import count_figures
from tests.integration.real_prometheus import Prometheus, running_prometheus
from tests.integration.seeding_metrics import SeededState, seed_random_state
from tests.roles import as_role

SEED = 766
SIZES = [0, 3, 40, 250]
JOB = "lienthong-metrics"
SNAPSHOT_AT = series("metrics_snapshot_timestamp_seconds")
#: What the process and the server say of themselves has no other source to compare with.
OWN_WORD = ("lienthong_metrics_", "lienthong_build_", "lienthong_postgres_")


async def test_what_prometheus_holds_equals_sql_truth(sessions: Sessions, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    async with serving_metrics(sessions) as port, running_prometheus(tmp_path, {JOB: port}) as prometheus:
        for _ in range(3):
            seeded = await seed(sessions, rng)
            await compare(await scraped_after(prometheus, await database_time(sessions)), sessions, seeded)


async def test_every_gauge_equals_sql_truth_in_random_states(sessions: Sessions) -> None:
    await compare_states(sessions, random.Random(SEED + 1), states=10)


@pytest.mark.fault
@pytest.mark.timeout(300)
async def test_every_gauge_equals_sql_truth_in_fifty_random_states(sessions: Sessions) -> None:
    await compare_states(sessions, random.Random(SEED + 2), states=50)


async def compare_states(sessions: Sessions, rng: random.Random, *, states: int) -> None:
    seen = as_role(sessions, DatabaseRole.METRICS)
    app = create_app(seen, unit_labels=True, statement_seconds=2.0, shared_seconds=0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://metrics") as client:
        for _ in range(states):
            seeded = await seed(sessions, rng)
            page = (await client.get("/metrics")).text
            found = {
                (sample.name, tuple(sorted(sample.labels.items()))): sample.value
                for family in text_string_to_metric_families(page)
                for sample in family.samples
                if sample.name.startswith("lienthong_")
            }
            await compare(found, sessions, seeded)


async def seed(sessions: Sessions, rng: random.Random) -> SeededState:
    async with sessions.begin() as session:
        return await seed_random_state(session, rng, dossiers=rng.choice(SIZES))


async def compare(found: Figures, sessions: Sessions, seeded: SeededState) -> None:
    at = datetime.fromtimestamp(found[SNAPSHOT_AT], tz=UTC)
    async with sessions() as session:
        truth = await count_figures(session, at=at, looked_up=seeded)
    compared = {key: value for key, value in found.items() if not key[0].startswith(OWN_WORD)}
    assert compared == pytest.approx(truth, rel=1e-9, abs=1e-4, nan_ok=True)
    assert all(value == 1 for key, value in found.items() if key[0] == "lienthong_metrics_query_up")


async def database_time(sessions: Sessions) -> datetime:
    async with sessions() as session:
        now: datetime = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()
        return now


async def scraped_after(prometheus: Prometheus, instant: datetime) -> Figures:
    """Wait for a scrape of a snapshot taken later than `instant`; give it whole."""
    async with asyncio.timeout(15):
        while True:
            for figures in await scrapes(prometheus):
                if figures.get(SNAPSHOT_AT, 0.0) > instant.timestamp():
                    return figures
            await asyncio.sleep(0.1)


async def scrapes(prometheus: Prometheus) -> list[Figures]:
    """Give the scrapes of the last few seconds, each as it was stored."""
    by_time: defaultdict[float, Figures] = defaultdict(dict)
    for found in await prometheus.query(f'{{__name__=~"lienthong_.+", job="{JOB}"}}[5s]'):
        key = key_of(found["metric"])
        for stored_at, value in found["values"]:
            by_time[stored_at][key] = float(value)
    return [figures for _, figures in sorted(by_time.items())]


def key_of(metric: dict[str, str]) -> Series:
    labels = {k: v for k, v in metric.items() if k not in {"__name__", "job", "instance"}}
    return metric["__name__"], tuple(sorted(labels.items()))
