import asyncio
import random
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from services.core.persistence.engine import Sessions
from tests.integration.metrics_server import serving_metrics
from tests.integration.metrics_truth import Figures, Series, count_figures, series
from tests.integration.real_prometheus import Prometheus, running_prometheus
from tests.integration.seeding_metrics import seed_random_state

SEED = 766
STATES = 20
SIZES = [0, 3, 40, 250]
JOB = "lienthong-metrics"
SNAPSHOT_AT = series("metrics_snapshot_timestamp_seconds")
#: What the process and the server say of themselves has no other source to compare with.
OWN_WORD = ("lienthong_metrics_", "lienthong_build_", "lienthong_postgres_")
#: Compared with events that were really sent, in `test_onboarding_published.py`.
ONBOARDING = ("lienthong_onboarding_", "lienthong_unit_onboarding_")


async def test_what_prometheus_holds_equals_sql_truth_in_random_states(
    sessions: Sessions, tmp_path: Path
) -> None:
    rng = random.Random(SEED)
    async with serving_metrics(sessions) as port, running_prometheus(tmp_path, {JOB: port}) as prometheus:
        for number in range(STATES):
            async with sessions.begin() as session:
                seeded = await seed_random_state(session, rng, dossiers=rng.choice(SIZES))
            found = await scraped_after(prometheus, await database_time(sessions))
            at = datetime.fromtimestamp(found[SNAPSHOT_AT], tz=UTC)
            async with sessions() as session:
                truth = await count_figures(session, at=at, looked_up=seeded)
            compared = {
                key: value for key, value in found.items() if not key[0].startswith(OWN_WORD + ONBOARDING)
            }
            assert compared == pytest.approx(truth, rel=1e-9, abs=1e-4, nan_ok=True), f"state {number}"
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
