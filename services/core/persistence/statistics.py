"""What PostgreSQL knows of its tables, after many rows have come in at once.

Autovacuum finds out by itself, minutes later; until then readers get the plans of an empty table.
"""

from enum import Enum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class Filled(Enum):
    """Tables that one kind of import fills."""

    DOSSIERS = (
        "dossiers",
        "progress_entries",
        "deliveries",
        "look_ups",
        "citizens",
        "dossier_days",
        "dossier_months",
        "dossier_totals",
        "look_up_days",
    )
    ONBOARDING = (
        "onboarding_subjects",
        "onboarding_events",
        "onboarding_standings",
        "onboarding_attempts",
        "onboarding_tallies",
        "onboarding_spans",
        "onboarding_totals",
    )
    POPULATION = ("population_counts",)
    PAYOUTS = ("payouts", "payout_days")


async def refresh_statistics(session: AsyncSession, filled: Filled) -> None:
    """Look at samples of these tables; one that somebody else is looking at is left to them."""
    await session.execute(text(f"ANALYZE (SKIP_LOCKED) {', '.join(filled.value)}"))
