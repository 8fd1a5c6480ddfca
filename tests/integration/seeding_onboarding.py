"""Random onboarding events, sent through the use case, which keeps the totals; and who is eligible."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.fold_onboarding import Signed, fold_onboarding
from services.core.application.manage_clients import create_client
from services.core.application.record_onboarding import fingerprint
from services.core.domain.access import Scope
from services.core.domain.onboarding.event import Event, EventOutcome, Help, Report, Subject
from services.core.domain.onboarding.reason import Reason
from services.core.domain.onboarding.step import STANDARD_STEPS, SubjectKind, funnel_of

STEPS = ("smartphone", "payment_account", "vneid_2")
_OUTCOMES = (
    EventOutcome.STARTED,
    EventOutcome.RESUMED,
    EventOutcome.INTERRUPTED,
    EventOutcome.FAILED,
    EventOutcome.COMPLETED,
    EventOutcome.GIVEN_UP,
    EventOutcome.DEACTIVATED,
)


async def seed_onboarding(
    session: AsyncSession, rng: random.Random, units: Sequence[int], *, now: datetime
) -> None:
    """Send events of some citizens of each unit; the first one surely has a step done."""
    unit_code = await session.scalar(text("SELECT code FROM units ORDER BY id LIMIT 1"))
    await create_client(session, name="seeding", unit_code=unit_code, scopes=[Scope.WRITE], now=now)
    client_id = await session.scalar(text("SELECT id FROM desk_clients LIMIT 1"))
    reports = [_completed(rng, units[0], now)]
    reports += [_report(rng, unit, now) for unit in units for _ in range(rng.randint(0, 12))]
    signed = [Signed(report, fingerprint(report)) for report in reports]
    await fold_onboarding(session, reports=signed, client_id=client_id, funnel=funnel_of(STANDARD_STEPS))
    await session.execute(
        text(
            "INSERT INTO population_counts (unit_id, population, valid_from, number, source)"
            " VALUES (:unit, :population, :since, :number, 'Công an xã')"
        ),
        [
            {"unit": unit, "population": population, "since": since, "number": rng.randint(1, 50)}
            for unit in units
            for population in ("adults_15", "identity_eligible")
            for since in (datetime(2025, 7, 1, tzinfo=UTC).date(), now.date() + timedelta(days=400))
        ],
    )


def _completed(rng: random.Random, unit: int, now: datetime) -> Report:
    event = Event(_id(rng), unit, EventOutcome.COMPLETED, now - timedelta(minutes=1), "smartphone")
    return Report(event, Subject(SubjectKind.PERSON, None, "first"))


def _report(rng: random.Random, unit: int, now: datetime) -> Report:
    outcome = rng.choice(_OUTCOMES)
    event = Event(
        _id(rng),
        unit,
        outcome,
        now - timedelta(minutes=rng.uniform(2, 5_000)),
        rng.choice(STEPS),
        attempt=f"attempt-{rng.randint(1, 3)}",
        reason=rng.choice(list(Reason)) if outcome is EventOutcome.FAILED else None,
        help=Help(assisted=rng.random() < 0.5),
    )
    return Report(event, Subject(SubjectKind.PERSON, None, f"citizen-{rng.randint(1, 5)}"))


def _id(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128))
