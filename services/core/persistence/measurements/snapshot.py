"""All measurements in one read-only transaction, so that they hold for the same instant and add up."""

import time
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Final, TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.forecast import Forecast
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.persistence.measurements import forecast, queries
from services.core.persistence.measurements.values import QueryRun, Snapshot
from services.core.persistence.schema import present_revision
from services.core.persistence.service_counts import count_services

log = structlog.get_logger()

Value = TypeVar("Value")

#: Past so many statement limits no further query is begun: a slow database is not asked for more.
_LIMITS_IN_ALL: Final = 2

# A plan that falls back to reading a whole table when statistics are stale is worse than a slow index, and
# compiling or starting helpers costs more than all queries together.
_PREPARE: Final = text("""
    SELECT set_config('statement_timeout', :milliseconds, true), set_config('enable_seqscan', 'off', true),
        set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)
""")

#: What the database and the way to it do wrong; `ValueError` is a state or cause that this version lacks.
_FAILURES: Final = (SQLAlchemyError, OSError, TimeoutError, ValueError)


async def take_snapshot(
    sessions: Sessions,
    *,
    with_units: bool,
    statement_seconds: float,
    comparison: Comparison = Comparison.INSTANT,
    only: Collection[str] | None = None,
) -> Snapshot:
    """Measure everything; a query that fails leaves `None` in its place and spoils no other.

    No statement takes longer than `statement_seconds`, all together no longer than three times that. The
    forecast flags what is still to be received as the portal compares times. With `only`, queries of other
    names are not asked, and have no run.
    """
    async with sessions() as session:
        reader = _Reader(session, statement_seconds=statement_seconds, only=only)
        await reader.open()
        return Snapshot(
            taken_at=await reader.read("clock", queries.read_clock),
            revision=await reader.read("revision", present_revision),
            unsynced=await reader.read("unsynced", queries.measure_unsynced),
            backlog=await reader.read("backlog", queries.measure_backlog),
            tallies=await reader.read("tallies", queries.measure_tallies),
            refused=await reader.read("refused", queries.measure_refused),
            unseen=await reader.read("unseen", queries.measure_unseen),
            flagged=await reader.read("flagged", queries.measure_flagged),
            false_late=await reader.read("false_late", queries.measure_false_late),
            at_risk=await reader.read("at_risk", queries.measure_at_risk),
            forecast=await _foresee(reader, comparison),
            portal=await reader.read("portal", queries.measure_portal),
            gates=await reader.read("gates", queries.measure_gates),
            outages=await reader.read("outages", queries.measure_outages),
            reconciliation=await reader.read("reconciliation", queries.measure_reconciliation),
            dead_tuples=await reader.read("dead_tuples", queries.measure_dead_tuples),
            transactions=await reader.read("transactions", queries.measure_transactions),
            dossier_counts=await reader.read("dossier_counts", queries.measure_dossier_counts),
            services=await reader.read("services", count_services),
            acceptance_overdue=await reader.read("acceptance", queries.measure_acceptance_overdue),
            onboarding=await reader.read("onboarding", queries.measure_onboarding),
            attempts=await reader.read("attempts", queries.measure_attempts),
            population=await reader.read("population", queries.measure_population) if with_units else None,
            unit_codes=await reader.read("units", queries.read_unit_codes) if with_units else None,
            index766=await reader.read("index766", queries.measure_index766) if with_units else None,
            runs=reader.runs,
        )


async def _foresee(reader: "_Reader", comparison: Comparison) -> Forecast | None:
    """Make the forecast, if all that it is made of can be had."""
    flags = await reader.read("forecast_open", forecast.measure_open_flags)
    pace = await reader.read("forecast_pace", forecast.measure_pace)
    habit = await reader.read("forecast_habit", forecast.measure_habit)
    coming = await reader.read("forecast_coming", partial(forecast.measure_coming, comparison=comparison))
    if flags is None or pace is None or habit is None or coming is None:
        return None
    return forecast.combine(flags, pace, habit, coming)


class _Reader:
    """Runs queries one after the other, each behind a savepoint, until the time is up."""

    def __init__(
        self, session: AsyncSession, *, statement_seconds: float, only: Collection[str] | None
    ) -> None:
        self.runs: dict[str, QueryRun] = {}
        self._only = only
        self._session = session
        self._statement_seconds = statement_seconds
        self._end_at = time.monotonic() + _LIMITS_IN_ALL * statement_seconds
        self._usable = False

    async def open(self) -> None:
        """Begin the transaction; without a database every later query counts as failed."""
        try:
            await self._session.connection(
                execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            )
            milliseconds = str(int(self._statement_seconds * 1000))
            await self._session.execute(_PREPARE, {"milliseconds": milliseconds})
        except _FAILURES as problem:
            log.warning("snapshot.unavailable", reason=type(problem).__name__)
        else:
            self._usable = True

    async def read(
        self, query: str, measure: Callable[[AsyncSession], Awaitable[Value | None]]
    ) -> Value | None:
        if self._only is not None and query not in self._only:
            return None
        began = time.monotonic()
        value: Value | None = None
        if self._usable and began < self._end_at:
            try:
                async with self._session.begin_nested():
                    value = await measure(self._session)
            except _FAILURES as problem:
                log.warning("snapshot.query_failed", query=query, reason=type(problem).__name__)
        self.runs[query] = QueryRun(up=value is not None, seconds=time.monotonic() - began)
        return value
