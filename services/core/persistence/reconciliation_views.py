"""What comparisons with the portal's holdings found, for operations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.reconciliation import Direction
from services.core.persistence.reconciliations import Effect

_RUNS: Final = """
SELECT id, source, first_day, last_day, unit_code, repairing, started_at, finished_at, outcome, buckets,
    differing, unread, in_flight
FROM reconciliation_runs
"""

_PAGE: Final = text(f"""{_RUNS}
WHERE id < coalesce(CAST(:before AS int), 2147483647) ORDER BY id DESC LIMIT :limit
""")

_ONE: Final = text(f"{_RUNS} WHERE id = :id")

_COUNTS: Final = text("""
SELECT direction, effect, count(*) AS number FROM reconciliation_findings WHERE run_id = :run_id
GROUP BY direction, effect ORDER BY number DESC, direction, effect
""")

_FINDINGS: Final = text("""
SELECT f.id, f.code, f.dossier_id IS NOT NULL AS is_ours, f.direction, f.day, f.prefix, f.effect,
    f.scheduled_at
FROM reconciliation_findings f
WHERE f.run_id = :run_id AND f.id > :after ORDER BY f.id LIMIT :limit
""")


class RunNotFound(Exception):
    """No comparison has this number."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One comparison; `outcome` and all counts are `None` while it is under way."""

    id: int
    source: str
    first_day: date
    last_day: date
    unit_code: str | None
    repairing: bool
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    buckets: int | None
    differing: int | None
    unread: int | None
    in_flight: int | None


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many dossiers differ in one way, and what became of them."""

    direction: Direction
    effect: Effect
    number: int


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A dossier that differs; `is_ours` tells whether we know it, `prefix` whose number it has."""

    id: int
    code: str
    is_ours: bool
    direction: Direction
    day: date
    prefix: str
    effect: Effect
    scheduled_at: datetime | None


class ReconciliationViewRepository:
    """Reads runs and findings; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def runs(self, *, before: int | None, limit: int) -> list[RunRecord]:
        """Give up to `limit` runs older than number `before`, the newest first."""
        rows = await self._session.execute(_PAGE, {"before": before, "limit": limit})
        return [_run(row) for row in rows]

    async def run(self, number: int) -> RunRecord:
        """Read one run; raises `RunNotFound`."""
        row = (await self._session.execute(_ONE, {"id": number})).first()
        if row is None:
            raise RunNotFound
        return _run(row)

    async def counts(self, number: int) -> Sequence[FindingCount]:
        """Count what a run found, the most frequent first."""
        rows = await self._session.execute(_COUNTS, {"run_id": number})
        return [FindingCount(Direction(row.direction), Effect(row.effect), row.number) for row in rows]

    async def findings(self, number: int, *, after: int, limit: int) -> list[FindingRecord]:
        """Give up to `limit` findings of a run that follow finding `after`."""
        rows = await self._session.execute(_FINDINGS, {"run_id": number, "after": after, "limit": limit})
        return [
            FindingRecord(
                **{**row._mapping, "direction": Direction(row.direction), "effect": Effect(row.effect)}  # noqa: SLF001 - the documented way to a row's names
            )
            for row in rows
        ]


def _run(row: Row[Any]) -> RunRecord:
    return RunRecord(**row._mapping)  # noqa: SLF001 - as above
