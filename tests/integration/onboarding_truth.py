"""Onboarding counted from events, and from the standing of each citizen, without any total."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.step import STANDARD_STEPS
from tests.integration.figures import Figures, series

_OUTCOMES = ("started", "resumed", "interrupted", "failed", "completed", "given_up", "deactivated")
_UNENDED = ("open", "interrupted", "stuck", "failed")


async def count_onboarding(session: AsyncSession, *, at: datetime) -> Figures:
    """Count as of an instant."""
    events = {row.outcome: row.n for row in await session.execute(text(_EVENTS))}
    helped = await session.scalar(text(_HELPED))
    held = (await session.execute(text(_HELD))).all()
    waiting = {row.state: row for row in await session.execute(text(_WAITING))}
    figures: Figures = {
        series("figure_numerator", report="onboarding", figure="helped"): helped or 0,
        **{series("onboarding_events_total", outcome=name): events.get(name, 0) for name in _OUTCOMES},
        **{
            series("onboarding_done", step=step): sum(row.n for row in held if row.step == step)
            for step in STANDARD_STEPS
        },
    }
    for state in _UNENDED:
        row = waiting.get(state)
        figures[series("onboarding_attempts_waiting", state=state)] = row.n if row else 0
        age = (at - row.oldest).total_seconds() if row else 0.0
        figures[series("onboarding_attempts_oldest_age_seconds", state=state)] = age
    return figures | await _of_units(session, {(row.unit, row.step): row.n for row in held}, at)


async def _of_units(session: AsyncSession, held: dict[tuple[str, str], int], at: datetime) -> Figures:
    today = at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    eligible = {
        (row.unit, step.code): row.number
        for row in await session.execute(text(_ELIGIBLE), {"today": today})
        for step in STANDARD_STEPS.values()
        if step.population == row.population
    }
    touched = {(row.unit, row.step) for row in await session.execute(text(_TOUCHED))}
    figures = {
        series("unit_onboarding_done", unit=unit, step=step): held.get((unit, step), 0)
        for unit, step in touched
    }
    for (unit, step), number in eligible.items():
        figures[series("unit_onboarding_eligible", unit=unit, step=step)] = number
        done = held.get((unit, step), 0)
        figures[series("unit_onboarding_coverage", unit=unit, step=step)] = done / number
    return figures


_EVENTS = "SELECT outcome, count(*) AS n FROM onboarding_events GROUP BY outcome"
_HELPED = """
    SELECT count(DISTINCT s.person_id) FROM onboarding_events e
    JOIN onboarding_subjects s ON s.id = e.subject_id
    WHERE e.assisted AND e.outcome IN ('started', 'resumed', 'interrupted', 'failed', 'completed')
"""
_HELD = """
    SELECT u.code AS unit, s.step, count(*) AS n FROM onboarding_standings s JOIN units u ON u.id = s.unit_id
    WHERE s.held GROUP BY u.code, s.step
"""
_TOUCHED = """
    SELECT DISTINCT u.code AS unit, t.step FROM onboarding_totals t JOIN units u ON u.id = t.unit_id
    WHERE t.measure = 'held'
"""
_WAITING = "SELECT state, count(*) AS n, min(last_at) AS oldest FROM onboarding_attempts GROUP BY state"
_ELIGIBLE = """
    SELECT u.code AS unit, p.population, p.number FROM population_counts p JOIN units u ON u.id = p.unit_id
    WHERE p.valid_from = (
        SELECT max(q.valid_from) FROM population_counts q
        WHERE q.unit_id = p.unit_id AND q.population = p.population AND q.valid_from <= :today
    )
"""
