"""Random states of the database as the metrics service may find it, with the totals that the writers keep."""

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Operation
from services.core.domain.reconciliation import Direction
from services.core.telemetry.metric_names.deliveries import SYNC_LAG
from services.core.telemetry.metric_names.metric import bucket_label
from tests.integration.delivery_rows import DeliveryRow, accepted, before, running, waiting
from tests.integration.seeding_forecast import seed_forecast
from tests.integration.seeding_onboarding import seed_onboarding

PROCEDURE = "1.001193"
TABLES = (
    "tallies, portal_outages, portal_operations, delivery_attempts, deliveries, progress_entries, dossiers,"
    " dossier_days, dossier_months, dossier_totals, delivery_days, portal_minutes, portal_gates,"
    " reconciliation_findings, reconciliation_runs, onboarding_totals, onboarding_tallies, procedures, units"
)


SLOW_SECONDS = 300


@dataclass(frozen=True, slots=True)
class SeededState:
    """What the random state has no rows of; `settled` by outcome."""

    lookups: int
    reused: int
    needed: int
    settled: dict[str, int]
    over_budget: dict[str, int]


NO_LOOK_UPS = SeededState(0, 0, 0, {}, {})


async def seed_random_state(session: AsyncSession, rng: random.Random, *, dossiers: int) -> SeededState:
    """Replace whatever metrics are made of by a random state around the database's present."""
    await session.execute(text(f"TRUNCATE {TABLES} CASCADE"))
    now: datetime = (await session.execute(text("SELECT now()"))).scalar_one()
    units = range(1, rng.randint(2, 6))
    await seed_catalogue(session, units)
    rows = [
        rng.choices((running, waiting, accepted), weights)[0](rng, rng.choice(units))
        for weights in [(rng.random(), rng.random(), rng.random())]
        for _ in range(dossiers)
    ]
    ids = await seed_deliveries(session, rows, now=now)
    looked_up = random_look_ups(rng)
    await seed_tallies(session, rows, looked_up)
    await seed_sightings(session, rng, dict(zip(ids, rows, strict=True)), now=now)
    await seed_portal(session, rng, now=now)
    await seed_onboarding(session, rng, units, now=now)
    await seed_forecast(session, rng, now=now)
    await seed_reconciliation(session, rng)
    await seed_index(session, rng, units)
    return looked_up


async def seed_reconciliation(session: AsyncSession, rng: random.Random) -> None:
    """Have compared with the portal up to twice, and be at it again, perhaps."""
    for finished in [True] * rng.randint(0, 2) + [False] * rng.randint(0, 1):
        run_id = await session.scalar(
            text(
                "INSERT INTO reconciliation_runs (owner, source, first_day, last_day, repairing, lease_until,"
                " finished_at, outcome) VALUES ('a', 'service', '2026-01-01', '2026-01-02', false, now(),"
                " CASE WHEN :finished THEN now() END, CASE WHEN :finished THEN 'complete' END) RETURNING id"
            ),
            {"finished": finished},
        )
        await session.execute(
            text(
                "INSERT INTO reconciliation_findings (run_id, code, direction, day, prefix, effect)"
                " SELECT :run, 'H40-' || i, :direction, '2026-01-01', '', 'reported'"
                " FROM generate_series(1, :number) AS i"
            ),
            [
                {"run": run_id, "direction": direction.value, "number": rng.randint(0, 4)}
                for direction in Direction
            ],
        )


def random_look_ups(rng: random.Random) -> SeededState:
    """Draw how far look-ups have come; half the time there were none."""
    if rng.random() < 0.5:
        return NO_LOOK_UPS
    settled = {name: rng.randint(0, 100) for name in ("match", "mismatch", "not_found", "refused")}
    return SeededState(
        lookups=rng.randint(1, 500),
        reused=rng.randint(0, 50),
        needed=sum(settled.values()) + rng.randint(1, 50),
        settled=settled,
        over_budget={"officer": rng.randint(0, 5), "unit": 1},
    )


async def seed_catalogue(session: AsyncSession, units: Sequence[int]) -> None:
    await session.execute(
        text(
            "INSERT INTO units (id, code, name, level, path, valid_from)"
            " VALUES (:id, :code, 'Xã', 'commune', :path, '2025-07-01')"
        ),
        [{"id": unit, "code": unit_code(unit), "path": f"/{unit}/"} for unit in units],
    )
    await session.execute(
        text(
            "INSERT INTO procedures (code, name, field_code, field_name, level, service_level)"
            " VALUES (:code, 'Thủ tục', 'G01', 'Hộ tịch', 'commune', 'full') ON CONFLICT DO NOTHING"
        ),
        {"code": PROCEDURE},
    )


async def seed_index(session: AsyncSession, rng: random.Random, units: Sequence[int]) -> None:
    """Score every unit this month and last month."""
    await session.execute(
        text(
            "INSERT INTO index766_points (month, unit_id, code, points)"
            " SELECT date_trunc('month', now() AT TIME ZONE 'Asia/Ho_Chi_Minh') - age, :unit, :code, :points"
            " FROM (VALUES (interval '0'), (interval '1 month')) AS months (age)"
        ),
        [
            {"unit": unit, "code": code, "points": rng.randint(0, 10_000) / 100}
            for unit in units
            for code in ("TOTAL", "PROGRESS")
        ],
    )


def unit_code(unit_id: int) -> str:
    return f"H40.{unit_id:02}"


async def seed_deliveries(session: AsyncSession, rows: Sequence[DeliveryRow], *, now: datetime) -> list[UUID]:
    """Insert each row with its dossier, an entry and an attempt."""
    ids = [uuid4() for _ in rows]
    if not rows:
        return ids
    dossiers = [
        {
            "id": key,
            "code": f"H40-{key.hex}",
            "unit_id": row.unit_id,
            "procedure": PROCEDURE,
            "now": now,
            "channel": 1 + key.int % 3,
            "filing_mode": ("self", "assisted", "on_behalf")[key.int // 3 % 3],
            "components": json.dumps(
                [{"digitised": key.int % 2 == 0, "reuse": key.int % 5 % 2}] * (key.int % 4)
            ),
        }
        for key, row in zip(ids, rows, strict=True)
    ]
    await session.execute(
        text(
            "INSERT INTO dossiers (id, code, origin, unit_id, procedure_code, status, version, last_seq,"
            " last_occurred_at, channel, filing_mode, result_delivery, submitted_at, summary, applicant,"
            " components, fees, results) VALUES (:id, :code, 'desk', :unit_id, :procedure, 2, 1, 1, :now,"
            " :channel, :filing_mode, 1, :now, '', '{}', CAST(:components AS jsonb), '[]', '[]')"
        ),
        dossiers,
    )
    await session.execute(
        text(
            "INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, text)"
            " VALUES (:id, 1, 2, :now, '', '')"
        ),
        [{"id": key, "now": now} for key in ids],
    )
    await session.execute(
        text(
            "INSERT INTO delivery_attempts (started_at, finished_at, dossier_id, call_id, operation, outcome,"
            " version, request_hash) VALUES (:now, :now, :id, :id, 'create', 'accepted', 1, '')"
        ),
        [{"id": key, "now": now} for key in ids],
    )
    await session.execute(
        text(
            "INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal,"
            " park_cause, park_group, flagged_at, desk_flagged_at, ended_at, reported_at, accepted_at,"
            " false_late_cause, due_since) VALUES (:id, :unit_id, :state, 1, 1, true, :park_cause,"
            " :park_group, :flagged, :desk_flagged, :ended, :reported, :accepted, :false_late_cause,"
            " :due_since)"
        ),
        [{"id": key, **in_time(asdict(row), now)} for key, row in zip(ids, rows, strict=True)],
    )
    return ids


def in_time(columns: Mapping[str, object], now: datetime) -> dict[str, object]:
    """Turn minutes from now into instants."""
    return {
        name: now + timedelta(minutes=value) if isinstance(value, float) else value
        for name, value in columns.items()
    }


async def seed_tallies(session: AsyncSession, rows: Sequence[DeliveryRow], looked_up: SeededState) -> None:
    """Write the totals that the services would have added up on the way to these rows."""
    tallies: defaultdict[tuple[str, str, int], float] = defaultdict(float)
    for row in rows:
        tallies["received", "", row.unit_id] += 1
        tallies["ended", "", row.unit_id] += row.ended is not None
        if row.accepted is None or row.reported is None:
            continue
        lag = (row.accepted - row.reported) * 60
        tallies["accepted", "", row.unit_id] += 1
        tallies["lag_bucket", bucket_label(lag, SYNC_LAG.buckets), row.unit_id] += 1
        tallies["lag_sum", "", row.unit_id] += lag
        queued = (row.reported - (row.ended or 0.0)) * 60
        tallies["queued_bucket", bucket_label(queued, SYNC_LAG.buckets), row.unit_id] += 1
        tallies["queued_sum", "", row.unit_id] += queued
        tallies["accepted_slow", portal_then(row.false_late_cause), row.unit_id] += lag > SLOW_SECONDS
        tallies["accepted_late", "desk", row.unit_id] += row.desk_flagged is not None
        if row.false_late_cause is not None:
            tallies["accepted_late", "false", row.unit_id] += 1
            tallies["false_late", row.false_late_cause, row.unit_id] += 1
    if looked_up.lookups:
        tallies["lookups", "match", 1] += looked_up.lookups // 2
        tallies["lookups", "not_found", 1] += looked_up.lookups - looked_up.lookups // 2
        tallies["lookups_reused", "", 1] += looked_up.reused
        tallies["lookups_needed", "", 1] += looked_up.needed
        for outcome, number in looked_up.settled.items():
            tallies["lookups_settled", outcome, 1] += number
        for whose, number in looked_up.over_budget.items():
            tallies["lookups_over_budget", whose, 1] += number
    await store_tallies(session, tallies)


async def store_tallies(session: AsyncSession, tallies: Mapping[tuple[str, str, int], float]) -> None:
    if tallies:
        await session.execute(
            text(
                "INSERT INTO tallies (name, label, unit_id, value) VALUES (:name, :label, :unit_id, :value)"
            ),
            [
                {"name": name, "label": label, "unit_id": unit_id, "value": value}
                for (name, label, unit_id), value in tallies.items()
            ],
        )


async def seed_sightings(
    session: AsyncSession, rng: random.Random, rows: Mapping[UUID, DeliveryRow], *, now: datetime
) -> None:
    """Have asked the portal about some accepted dossiers, with the totals of those that it showed."""
    tallies: defaultdict[tuple[str, str, int], float] = defaultdict(float)
    for key, row in rows.items():
        if row.accepted is None or rng.random() < 0.5:
            continue
        seen = rng.choice([None, rng.uniform(row.accepted, 0)])
        await session.execute(
            text(
                "INSERT INTO sightings (dossier_id, unit_id, seq, accepted_at, questions, seen_at)"
                " VALUES (:key, :unit, 1, :accepted, :questions, :seen)"
            ),
            {
                "key": key,
                "unit": row.unit_id,
                "questions": rng.randint(0, 2) if seen is None else 1,
                **in_time({"accepted": row.accepted, "seen": seen}, now),
            },
        )
        if seen is not None:
            seconds = (seen - row.accepted) * 60
            tallies["seen_bucket", bucket_label(seconds, SYNC_LAG.buckets), row.unit_id] += 1
            tallies["seen_sum", "", row.unit_id] += seconds
    await store_tallies(session, tallies)


def portal_then(false_late_cause: str | None) -> str:
    """Say how the portal is supposed to have been in the promised minutes: rows do not tell."""
    return "down" if false_late_cause == "portal_down" else "up"


async def seed_portal(session: AsyncSession, rng: random.Random, *, now: datetime) -> None:
    """Give operations a health each, and the past few days some outages, the last perhaps not over."""
    for operation in rng.sample(list(Operation), rng.randint(0, len(Operation))):
        failing = rng.random() < 0.4
        await session.execute(
            text("INSERT INTO portal_operations VALUES (:operation, :success, :failure, :since, :failures)"),
            {
                "operation": operation.value,
                "success": rng.choice([None, now + timedelta(minutes=before(rng))]),
                "failure": now if failing else None,
                "since": now + timedelta(minutes=before(rng)) if failing else None,
                "failures": rng.randint(1, 30) if failing else 0,
            },
        )
    marks = sorted(before(rng) for _ in range(rng.randint(0, 6)))
    outages: list[dict[str, float | None]] = [
        {"success": begin - rng.uniform(0, 3), "began": begin, "ended": begin + (end - begin) * rng.random()}
        for begin, end in pairwise([*marks, 0.0])
    ]
    if outages and rng.random() < 0.5:
        outages[-1]["ended"] = None
    if outages and rng.random() < 0.5:
        outages[0]["success"] = None
    if outages:
        await session.execute(
            text(
                "INSERT INTO portal_outages (last_success_at, began_at, ended_at)"
                " VALUES (:success, :began, :ended)"
            ),
            [in_time(outage, now) for outage in outages],
        )
