"""What the forecast learns from, at random: pushes taken, gates, habits of desks, receptions."""

import random
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Operation
from services.core.domain.forecast import HABIT_BOUNDS
from services.core.telemetry.metric_names.metric import bucket_label


async def seed_forecast(session: AsyncSession, rng: random.Random, *, now: datetime) -> None:
    """Add to a state that has units and dossiers."""
    minute = now.replace(second=0, microsecond=0)
    taken = rng.sample(range(2, 3000), rng.choice([0, 5, 200]))
    if taken:
        await session.execute(
            text("INSERT INTO portal_minutes (minute, taken) VALUES (:minute, :taken)"),
            [{"minute": minute - timedelta(minutes=ago), "taken": rng.randint(0, 40)} for ago in taken],
        )
    for operation in rng.sample([*Operation], rng.randint(0, 3)):
        await session.execute(
            text(
                "INSERT INTO portal_gates (operation, open_until, closed_at) VALUES (:name, :until, :closed)"
            ),
            {
                "name": operation.value,
                "until": now if rng.random() < 0.2 else None,
                "closed": now - timedelta(minutes=rng.uniform(0.5, 30)),
            },
        )
    leads = {bucket_label(rng.uniform(-600, 100_000), HABIT_BOUNDS): rng.randint(1, 9) for _ in range(20)}
    await session.execute(
        text("INSERT INTO tallies (name, label, unit_id, value) VALUES ('lead_bucket', :label, 1, :value)"),
        [{"label": label, "value": value} for label, value in leads.items()],
    )
    for (dossier_id,) in (await session.execute(text("SELECT id FROM dossiers"))).all():
        received = now - timedelta(minutes=rng.uniform(1, 6_000))
        due = received + timedelta(minutes=rng.choice([60, 300, 1_400, 4_000]) + rng.random())
        await session.execute(
            text("UPDATE dossiers SET received_at = :received, due_at = :due WHERE id = :id"),
            {"received": received, "due": due, "id": dossier_id},
        )
