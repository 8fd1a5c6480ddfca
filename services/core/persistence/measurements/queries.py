"""The statements, asked and put into values."""

from collections import Counter
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.false_late import FalseLateCause, cause_by_state
from services.core.domain.figures import COUNT_NAMES, DossierCounts
from services.core.domain.onboarding.step import STANDARD_STEPS
from services.core.persistence.dossier_counts import counts_of
from services.core.persistence.measurements import statements
from services.core.persistence.measurements.backlog import AGES, NEVER, TIME_LEFT
from services.core.persistence.measurements.values import (
    AtRisk,
    Flagged,
    GateState,
    IndexPoints,
    LastReconciliation,
    OnboardingSum,
    OperationHealth,
    Outages,
    Tallies,
    TallyRow,
    Transactions,
    Unsynced,
    WaitingAttempts,
)


async def read_clock(session: AsyncSession) -> datetime:
    """Give the instant for which the whole snapshot holds."""
    now: datetime = (await session.execute(statements.CLOCK)).scalar_one()
    return now


async def measure_unsynced(session: AsyncSession) -> list[Unsynced]:
    rows = await session.execute(statements.UNSYNCED)
    return [
        Unsynced(row.unit_id, row.state, row.park_cause, row.park_kind, row.number, row.oldest_age_seconds)
        for row in rows
    ]


async def measure_tallies(session: AsyncSession) -> Tallies:
    rows = await session.execute(statements.TALLIES)
    return Tallies([TallyRow(row.name, row.label, row.unit_id, row.value) for row in rows])


async def measure_refused(session: AsyncSession) -> dict[str, int]:
    """Count by procedure."""
    rows = await session.execute(statements.REFUSED)
    return {row.procedure_code: row.number for row in rows}


async def measure_unseen(session: AsyncSession) -> int:
    unseen: int = (await session.execute(statements.UNSEEN)).scalar_one()
    return unseen


async def measure_flagged(session: AsyncSession) -> list[Flagged]:
    rows = await session.execute(statements.FLAGGED)
    return [Flagged(row.unit_id, row.number, row.falsely) for row in rows]


async def measure_false_late(session: AsyncSession) -> Counter[FalseLateCause]:
    causes: Counter[FalseLateCause] = Counter()
    for row in await session.execute(statements.FALSE_LATE):
        if row.reported_after_flag:
            cause = FalseLateCause.SENT_AFTER_DUE
        elif row.portal_was_down:
            cause = FalseLateCause.PORTAL_DOWN
        else:
            park_cause = None if row.park_cause is None else ParkCause(row.park_cause)
            cause = cause_by_state(DeliveryState(row.state), park_cause)
        causes[cause] += row.number
    return causes


async def measure_at_risk(session: AsyncSession) -> AtRisk:
    row = (await session.execute(statements.AT_RISK)).one()
    return AtRisk(row.within_1h, row.within_4h, row.within_24h, row.seconds_to_flag)


async def measure_backlog(session: AsyncSession) -> dict[tuple[str, str], int]:
    """Count by age and by time left to the flag, named as in `measurements.backlog`."""
    ages, left = list(AGES), list(TIME_LEFT)
    return {
        (ages[row.age - 1], NEVER if row.left < 0 else left[row.left - 1]): row.number
        for row in await session.execute(statements.BACKLOG)
    }


async def measure_gates(session: AsyncSession) -> list[GateState]:
    rows = await session.execute(statements.GATES)
    return [GateState(row.operation, row.open, row.held) for row in rows]


async def measure_reconciliation(session: AsyncSession) -> LastReconciliation:
    rows = (await session.execute(statements.RECONCILIATION)).all()
    differences = {row.direction: row.number for row in rows if row.direction is not None}
    return LastReconciliation(rows[0].finished_at if rows else None, differences)


async def measure_portal(session: AsyncSession) -> list[OperationHealth]:
    rows = await session.execute(statements.PORTAL)
    return [
        OperationHealth(row.operation, row.last_success_at, row.failing_since, row.consecutive_failures)
        for row in rows
    ]


async def measure_outages(session: AsyncSession) -> Outages:
    row = (await session.execute(statements.OUTAGES)).one()
    return Outages(row.number, row.under_way, row.seconds)


async def measure_dead_tuples(session: AsyncSession) -> dict[str, int]:
    """Give the statistics' estimate by table."""
    rows = await session.execute(statements.DEAD_TUPLES)
    return {row.table_name: row.number for row in rows}


async def measure_transactions(session: AsyncSession) -> Transactions:
    row = (await session.execute(statements.TRANSACTIONS)).one()
    return Transactions(row.oldest_xmin, row.oldest_age_seconds)


async def measure_dossier_counts(session: AsyncSession) -> DossierCounts:
    return counts_of((await session.execute(statements.DOSSIER_COUNTS)).one(), COUNT_NAMES)


async def measure_acceptance_overdue(session: AsyncSession) -> int:
    overdue: int = (await session.execute(statements.ACCEPTANCE_OVERDUE)).scalar_one()
    return overdue


async def measure_onboarding(session: AsyncSession) -> list[OnboardingSum]:
    rows = await session.execute(statements.ONBOARDING)
    return [OnboardingSum(row.unit_id, row.step, row.measure, row.number) for row in rows]


async def measure_attempts(session: AsyncSession) -> list[WaitingAttempts]:
    rows = await session.execute(statements.ATTEMPTS_WAITING)
    return [WaitingAttempts(row.state, row.number, row.oldest_age_seconds) for row in rows]


async def measure_population(session: AsyncSession) -> dict[tuple[int, str], int]:
    """Give who is eligible today by unit and step, where somebody was counted."""
    counts: dict[tuple[int, str], int] = {
        (row.unit_id, row.population): row.number for row in await session.execute(statements.POPULATION)
    }
    populations = {step.code: step.population for step in STANDARD_STEPS.values()}
    populations |= {row.code: row.population for row in await session.execute(statements.STEP_POPULATIONS)}
    return {
        (unit, step): number
        for (unit, counted), number in counts.items()
        for step, population in populations.items()
        if population == counted
    }


async def read_unit_codes(session: AsyncSession) -> dict[int, str]:
    rows = await session.execute(statements.UNITS)
    return {row.id: row.code for row in rows}


async def measure_index766(session: AsyncSession) -> list[IndexPoints]:
    rows = await session.execute(statements.INDEX766)
    return [IndexPoints(row.unit, row.indicator, row.points) for row in rows]
