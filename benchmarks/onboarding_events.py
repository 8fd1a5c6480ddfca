"""Onboarding events by the million: copied in, and all that follows from them made by the real rebuild."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from benchmarks.catalogue import UNIT_CODES
from benchmarks.database import TrialDatabase
from services.core.application.verify_onboarding import rebuild_onboarding
from services.core.persistence.engine import PoolLimits, create_engine, create_sessions

#: Five events a person, as in a campaign that takes people through some steps each.
PEOPLE_PER_EVENT: Final = 0.2
TEAMS: Final = tuple(f"Tổ {number}" for number in range(1, 11))
_STEPS: Final = (
    "smartphone",
    "payment_account",
    "vneid_2",
    "portal_account",
    "digital_signature",
    "qr_payment",
)
_FIRST_DAY: Final = datetime(2025, 12, 20, tzinfo=UTC)
_DAYS: Final = 60
_REASONS: Final = ("network_lost", "request_without_account", "chip_not_read", "store_password_forgotten")
_SEED: Final = 766

_SUBJECTS: Final = ("id", "kind", "identity_number", "person_id")
_EVENTS: Final = (
    "id",
    "subject_id",
    "unit_id",
    "outcome",
    "occurred_at",
    "step",
    "attempt",
    "reason",
    "seconds",
    "device",
    "provider",
    "assisted",
    "helper_kind",
    "team",
    "fingerprint",
    "client_id",
)


def citizen_number(person: int) -> str:
    """Give the number of an invented citizen."""
    return f"025190{person:06d}"


async def load_events(database: TrialDatabase, events: int) -> float:
    """Store events and all that follows; gives the seconds that the rebuild took."""
    people = max(int(events * PEOPLE_PER_EVENT), 1)
    connection = await database.connect()
    try:
        rows = await connection.fetch("SELECT id FROM units WHERE code = ANY($1)", list(UNIT_CODES))
        client = await connection.fetchval("SELECT id FROM desk_clients LIMIT 1")
        await connection.copy_records_to_table(
            "onboarding_subjects", records=_subjects(people), columns=_SUBJECTS
        )
        await connection.copy_records_to_table(
            "onboarding_events",
            records=_events(events, people, [row["id"] for row in rows], client),
            columns=_EVENTS,
        )
        await connection.execute("ANALYZE")
        seconds = await _rebuild(database)
        await connection.execute("VACUUM ANALYZE")
        return seconds
    finally:
        await connection.close()


async def _rebuild(database: TrialDatabase) -> float:
    engine = create_engine(
        database.url, application="lienthong-bench", limits=PoolLimits(command=3600.0, idle=3600.0)
    )
    started = perf_counter()
    try:
        async with create_sessions(engine).begin() as session:
            await rebuild_onboarding(session)
    finally:
        await engine.dispose()
    return perf_counter() - started


def _subjects(people: int) -> Iterator[tuple[Any, ...]]:
    for person in range(people):
        yield _person_id(person), "person", citizen_number(person), _person_id(person)


def _events(events: int, people: int, units: list[int], client: UUID) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(_SEED)
    for number in range(events):
        outcome = chance.choices(("completed", "failed", "started", "deactivated"), (70, 15, 12, 3))[0]
        person = chance.randrange(people)
        yield (
            UUID(int=(1 << 100) + number),
            _person_id(person),
            units[person % len(units)],
            outcome,
            _FIRST_DAY + timedelta(days=chance.randrange(_DAYS), seconds=chance.randrange(36_000)),
            chance.choice(_STEPS),
            None if outcome in ("completed", "deactivated") else f"a-{number}",
            chance.choice(_REASONS) if outcome == "failed" else None,
            chance.randrange(30, 4000),
            chance.choice(("ios", "android")),
            chance.choice(("misa", "vnpt_smartca", None)),
            chance.choice((True, True, True, True, False)),
            "digital_team",
            chance.choice(TEAMS),
            b"",
            client,
        )


def _person_id(person: int) -> UUID:
    return UUID(int=(1 << 90) + person)
