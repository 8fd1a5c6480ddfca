"""What the service works with, built once when it starts."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.api.key_ring import Believed, KeyRing
from services.core.application.ask_by_hand import USUAL_BUDGET, LookUpBudget
from services.core.application.catalogue import Catalogue
from services.core.domain.deadline import WorkingCalendar
from services.core.domain.ports import Clock, Doorbell
from services.core.domain.verdict import Comparison
from services.core.jobs.doorbell import create_doorbell
from services.core.jobs.rates import NoRates, Rate, Rates, create_rates
from services.core.persistence.engine import (
    PoolLimits,
    Sessions,
    create_engine,
    create_sessions,
    self_committing,
)
from services.core.persistence.roles import DatabaseRole
from services.core.persistence.schema import wanted_revision


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Runtime:
    """Shared by all requests of a process."""

    sessions: Sessions
    statements: Sessions
    """Whose every statement commits by itself."""
    keys: KeyRing
    catalogue: Catalogue
    doorbell: Doorbell
    clock: Clock
    comparison: Comparison
    schema_revision: str
    look_up_budget: LookUpBudget
    look_up_wait_seconds: float
    reveals_per_officer: int
    rates: Rates = field(default_factory=NoRates)


@dataclass(frozen=True, slots=True)
class RuntimeOptions:
    """Where things are, and how long what was read is believed, in seconds."""

    database_url: str
    redis_url: str | None
    pool_size: int
    believed: Believed
    catalogue_cache_seconds: float
    comparison: Comparison
    look_up_budget: LookUpBudget = USUAL_BUDGET
    look_up_wait_seconds: float = 5.0
    reveals_per_officer: int = 100
    rate: Rate | None = None
    database_role: DatabaseRole | None = DatabaseRole.API


OpenRuntime = Callable[[], AbstractAsyncContextManager[Runtime]]


def build_runtime(
    sessions: Sessions,
    options: RuntimeOptions,
    *,
    doorbell: Doorbell,
    clock: Clock,
    rates: Rates | None = None,
) -> Runtime:
    """Put a runtime together over sessions that somebody else closes."""
    return Runtime(
        sessions=sessions,
        statements=self_committing(sessions),
        keys=KeyRing(sessions, options.believed, clock=clock),
        catalogue=Catalogue(seconds=options.catalogue_cache_seconds),
        doorbell=doorbell,
        clock=clock,
        comparison=options.comparison,
        schema_revision=wanted_revision(),
        look_up_budget=options.look_up_budget,
        look_up_wait_seconds=options.look_up_wait_seconds,
        reveals_per_officer=options.reveals_per_officer,
        rates=rates or NoRates(),
    )


@asynccontextmanager
async def open_runtime(options: RuntimeOptions, *, clock: Clock) -> AsyncIterator[Runtime]:
    """Open the way to the database and to the doorbell, and close both at the end."""
    engine = create_engine(
        options.database_url,
        application="lienthong-api",
        role=options.database_role,
        limits=PoolLimits(size=options.pool_size),
    )
    doorbell = create_doorbell(options.redis_url)
    rates = create_rates(options.rate, options.redis_url)
    # The holiday tables are loaded by the first question, which takes 0.1 s: not at the counter.
    WorkingCalendar().is_working_day(clock.now().date())
    try:
        yield build_runtime(create_sessions(engine), options, doorbell=doorbell, clock=clock, rates=rates)
    finally:
        await doorbell.close()
        await rates.close()
        await engine.dispose()
