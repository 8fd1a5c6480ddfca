"""How the metrics service behaves when asked, and when the database does not answer."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence.engine import Sessions, create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole
from services.core.telemetry.metric_names import ALL, Kind, Metric, api, bucket_label, deliveries, worker
from services.metrics.main import create_app
from services.metrics.sharing import Shared
from tests.integration.seeding_metrics import seed_random_state
from tests.roles import as_role

Samples = dict[str, dict[tuple[tuple[str, str], ...], float]]


@asynccontextmanager
async def service(
    sessions: Sessions, *, unit_labels: bool = True, statement_seconds: float = 2.0
) -> AsyncIterator[httpx.AsyncClient]:
    seen = as_role(sessions, DatabaseRole.METRICS)
    app = create_app(seen, unit_labels=unit_labels, statement_seconds=statement_seconds, shared_seconds=0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://metrics") as client:
        yield client


async def scrape(client: httpx.AsyncClient) -> Samples:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    samples: Samples = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            samples.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return samples


async def seed(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await seed_random_state(session, random.Random(766), dossiers=120)


def up(samples: Samples) -> dict[str, float]:
    return {labels[0][1]: value for labels, value in samples["lienthong_metrics_query_up"].items()}


async def test_an_empty_database_shows_every_series_with_bounded_labels_as_zero(sessions: Sessions) -> None:
    async with service(sessions) as client:
        samples = await scrape(client)

    assert samples["lienthong_dossiers_received_total"] == {(): 0}
    assert set(samples["lienthong_deliveries"].values()) == {0}
    assert len(samples["lienthong_deliveries"]) == 6
    assert len(samples["lienthong_false_late"]) == 7
    assert samples["lienthong_lookup_rate"] == {(): 0}
    assert samples["lienthong_sync_lag_seconds_count"] == {
        (("stage", stage),): 0 for stage in ("queued", "accepted", "visible")
    }
    assert len(samples["lienthong_portal_last_success_timestamp_seconds"]) == 5
    assert samples["lienthong_min_seconds_to_flag"] == {(): float("inf")}


async def test_every_metric_that_is_promised_is_served_with_its_type_labels_and_words(
    sessions: Sessions,
) -> None:
    await seed(sessions)
    async with service(sessions) as client:
        families = {f.name: f for f in text_string_to_metric_families((await client.get("/metrics")).text)}

    promised = {family_name(metric): metric for metric in ALL if metric not in {*worker.ALL, *api.ALL}}
    assert promised.keys() == {name for name in families if name.startswith("lienthong_")}
    for name, metric in promised.items():
        family = families[name]
        assert (family.type, family.documentation) == (metric.kind, metric.help)
        labels = {key for sample in family.samples for key in sample.labels}
        assert labels - {"le"} == set(metric.labels), name


def family_name(metric: Metric) -> str:
    return metric.name.removesuffix("_total") if metric.kind is Kind.COUNTER else metric.name


async def test_unit_series_can_be_switched_off(sessions: Sessions) -> None:
    await seed(sessions)
    async with service(sessions, unit_labels=False) as client:
        without = await scrape(client)
    async with service(sessions) as client:
        with_units = await scrape(client)

    of_units = {name for name in with_units if name.startswith(("lienthong_unit_", "lienthong_index766_"))}
    assert of_units
    assert with_units.keys() - without.keys() == of_units
    assert not {"units", "index766"} & set(up(without))


async def test_openmetrics_is_spoken_to_those_who_ask_for_it(sessions: Sessions) -> None:
    async with service(sessions) as client:
        answer = await client.get(
            "/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"}
        )

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


@pytest.mark.parametrize(
    ("table", "failed", "absent", "still_there"),
    [
        (
            "portal_outages",
            {"outages", "false_late"},
            {"lienthong_portal_outage_open", "lienthong_false_late", "lienthong_false_late_open"},
            {"lienthong_false_late_settled_total", "lienthong_synced_share", "lienthong_flagged_late"},
        ),
        (
            "tallies",
            {"tallies", "dead_tuples", "forecast_habit"},
            {"lienthong_dossiers_received_total", "lienthong_synced_share", "lienthong_unit_unsynced"},
            {"lienthong_oldest_unsynced_age_seconds", "lienthong_at_risk", "lienthong_false_late_open"},
        ),
        (
            "portal_operations",
            {"portal"},
            {"lienthong_portal_last_success_timestamp_seconds"},
            {"lienthong_portal_outage_open", "lienthong_false_late"},
        ),
    ],
)
async def test_a_failing_query_shows_as_its_own_up_and_takes_only_its_metrics_away(
    sessions: Sessions,
    engine: AsyncEngine,
    *,
    table: str,
    failed: set[str],
    absent: set[str],
    still_there: set[str],
) -> None:
    await seed(sessions)
    async with hidden(engine, table), service(sessions) as client:
        samples = await scrape(client)

    assert {query for query, value in up(samples).items() if value == 0} == failed
    assert not absent & samples.keys()
    assert still_there <= samples.keys()


async def test_without_totals_the_open_states_are_still_told_and_the_synced_one_is_not_made_up(
    sessions: Sessions, engine: AsyncEngine
) -> None:
    await seed(sessions)
    async with hidden(engine, "tallies"), service(sessions) as client:
        samples = await scrape(client)

    states = {labels[0][1] for labels in samples["lienthong_deliveries"]}
    assert states == {"due", "leased", "unknown", "parked", "closed"}


@asynccontextmanager
async def hidden(engine: AsyncEngine, table: str) -> AsyncIterator[None]:
    """Take a table out of the way for a while."""
    async with engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO hidden"))
    try:
        yield
    finally:
        async with engine.begin() as connection:
            await connection.execute(text(f"ALTER TABLE hidden RENAME TO {table}"))


async def test_a_locked_table_costs_the_scrape_one_statement_limit_and_no_more(
    sessions: Sessions, engine: AsyncEngine
) -> None:
    await seed(sessions)
    async with engine.begin() as connection, service(sessions, statement_seconds=0.8) as client:
        await connection.execute(text("LOCK TABLE portal_operations IN ACCESS EXCLUSIVE MODE"))
        async with asyncio.timeout(3):
            samples = await scrape(client)

    assert [query for query, value in up(samples).items() if value == 0] == ["portal"]
    assert 0.4 < samples["lienthong_metrics_query_seconds"][("query", "portal"),] < 2
    assert "lienthong_portal_outage_open" in samples


async def test_when_everything_is_locked_the_scrape_gives_up_after_three_limits(
    sessions: Sessions, engine: AsyncEngine
) -> None:
    await seed(sessions)
    async with engine.begin() as connection, service(sessions, statement_seconds=0.8) as client:
        await connection.execute(text("LOCK TABLE deliveries, tallies, portal_operations, portal_outages"))
        async with asyncio.timeout(3):
            samples = await scrape(client)

    assert {query for query, value in up(samples).items() if value == 1} <= {"clock", "revision"}


async def test_a_value_that_this_version_does_not_know_is_no_reason_to_go_silent(
    sessions: Sessions, engine: AsyncEngine
) -> None:
    await seed(sessions)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE deliveries SET state = 'parked', park_cause = 'brand_new', ended_at = now(),"
                " reported_at = now() - interval '2 days', accepted_at = NULL, desk_flagged_at = NULL,"
                " flagged_at = now() - interval '1 day'"
            )
        )
        await connection.execute(text("DELETE FROM portal_outages"))
    async with service(sessions) as client:
        samples = await scrape(client)

    assert [query for query, value in up(samples).items() if value == 0] == ["false_late"]
    assert samples["lienthong_parked"][("cause", "brand_new"), ("owner", "operations")] > 0


async def test_without_a_database_metrics_say_so_and_the_service_is_alive_but_not_ready() -> None:
    engine = create_engine("postgresql+asyncpg://nobody@127.0.0.1:9/nothing", application="lienthong-tests")
    async with service(create_sessions(engine)) as client:
        samples = await scrape(client)
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
    await engine.dispose()

    assert set(up(samples).values()) == {0}
    assert not [
        name
        for name in samples
        if name.startswith("lienthong_") and not name.startswith(("lienthong_metrics_", "lienthong_build_"))
    ]
    assert alive.status_code == 200
    assert ready.status_code == 503


async def test_readiness_asks_for_the_database_and_its_schema(
    sessions: Sessions, engine: AsyncEngine
) -> None:
    async with service(sessions) as client:
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        async with hidden(engine, "alembic_version"):
            unready = await client.get("/readyz")

    assert unready.status_code == 503
    assert "schema" in unready.json()["reason"]


async def test_an_open_snapshot_is_told_with_its_age(sessions: Sessions, engine: AsyncEngine) -> None:
    async with engine.connect() as holder, service(sessions) as client:
        await holder.execution_options(isolation_level="REPEATABLE READ")
        await holder.execute(text("SELECT 1"))
        for _ in range(5):
            await seed(sessions)
        await asyncio.sleep(0.3)
        while_open = await scrape(client)
        await holder.rollback()
        afterwards = await scrape(client)

    assert while_open["lienthong_postgres_oldest_transaction_age_seconds"][()] > 0.3
    assert while_open["lienthong_postgres_oldest_xmin_transactions"][()] >= 5
    assert afterwards["lienthong_postgres_oldest_transaction_age_seconds"][()] < 0.3


@pytest.mark.parametrize(
    ("seconds", "label"), [(0, "1.0"), (1, "1.0"), (1.01, "2.5"), (300, "300.0"), (259_200.1, "+Inf")]
)
def test_an_observation_falls_into_the_bucket_that_le_names(seconds: float, label: str) -> None:
    assert bucket_label(seconds, deliveries.SYNC_LAG.buckets) == label


async def test_scrapes_at_the_same_time_share_one_snapshot() -> None:
    began = 0

    async def take() -> object:
        nonlocal began
        began += 1
        await asyncio.sleep(0.02)
        return object()

    shared = Shared(take, seconds=0.2)
    together = await asyncio.gather(*(shared.get() for _ in range(10)))
    soon_after = await shared.get()
    await asyncio.sleep(0.25)
    later = await shared.get()

    assert len(set(together)) == 1
    assert soon_after is together[0]
    assert later is not together[0]
    assert began == 2
