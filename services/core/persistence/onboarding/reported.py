"""Counts that others report; append-only, and few: a row a day, unit and figure."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.reported import ReportedCount, ReportedFigure, ReportedSum
from services.core.persistence.onboarding.figures import Period
from services.core.persistence.onboarding.scope import SCOPE, scope_values
from services.core.persistence.tallies import TallyKey, add_to_tallies

_ADD: Final = text("""
INSERT INTO reported_counts (id, unit_id, figure, day, part, whole, source, corrects, fingerprint, client_id)
SELECT r.id, r.unit_id, r.figure, r.day, r.part, r.whole, r.source, r.corrects,
    decode(r.fingerprint, 'hex'), :client_id
FROM jsonb_to_recordset(:rows) AS r(id uuid, unit_id int, figure text, day date, part bigint, whole bigint,
    source text, corrects uuid, fingerprint text)
ORDER BY r.id ON CONFLICT (id) DO NOTHING
""").bindparams(bindparam("rows", type_=JSONB))

_FINGERPRINTS: Final = text("""
SELECT id, fingerprint FROM reported_counts WHERE id = ANY(CAST(:ids AS uuid[]))
""")

_UNIT_PATHS: Final = text("""
SELECT c.id, u.path FROM reported_counts c JOIN units u ON u.id = c.unit_id
WHERE c.id = ANY(CAST(:ids AS uuid[]))
""")

# The same rule for corrections as for events: `domain.onboarding.effective`.
_SUMS: Final = text(f"""{SCOPE}
SELECT c.figure, sum(c.part)::bigint AS part,
    CASE WHEN bool_and(c.whole IS NOT NULL) THEN sum(c.whole)::bigint END AS whole
FROM scope JOIN reported_counts c ON c.unit_id = scope.id
WHERE c.day BETWEEN :first AND :last AND NOT EXISTS (
    SELECT FROM reported_counts x WHERE x.corrects = c.id OR (x.corrects = c.corrects AND x.id > c.id))
GROUP BY c.figure ORDER BY c.figure
""")  # noqa: S608 - joins constants


#: What counts of these reports and of all that belong to the same corrections, by unit and figure.
_STANDING: Final = text("""
SELECT c.unit_id, c.figure, sum(c.part)::float8 AS part, sum(c.whole)::float8 AS whole,
    count(*) FILTER (WHERE c.whole IS NULL)::float8 AS without_whole
FROM reported_counts c
WHERE (c.id = ANY(CAST(:roots AS uuid[])) OR c.corrects = ANY(CAST(:roots AS uuid[]))) AND NOT EXISTS (
    SELECT FROM reported_counts x WHERE x.corrects = c.id OR (x.corrects = c.corrects AND x.id > c.id))
GROUP BY c.unit_id, c.figure
""")

#: Reports are few; one writer at a time keeps the totals right.
_ONE_WRITER: Final = text("SELECT pg_advisory_xact_lock(hashtext('reported_counts'))")


class ReportedRepository:
    """Adds and adds up reported counts; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, counts: Sequence[tuple[ReportedCount, bytes]], *, client_id: UUID) -> None:
        """Store those that are new, each with the fingerprint of what it says, and count them."""
        roots = sorted({count.corrects or count.id for count, _ in counts})
        await self._session.execute(_ONE_WRITER)
        before = await self._standing(roots)
        await self._append(counts, client_id=client_id)
        after = await self._standing(roots)
        after.subtract(before)
        await add_to_tallies(self._session, Counter({key: value for key, value in after.items() if value}))

    async def _standing(self, roots: Sequence[UUID]) -> Counter[TallyKey]:
        standing: Counter[TallyKey] = Counter()
        for row in await self._session.execute(_STANDING, {"roots": roots}):
            standing["reported", row.figure, row.unit_id] = row.part
            standing["reported_whole", row.figure, row.unit_id] = row.whole or 0
            standing["reported_without_whole", row.figure, row.unit_id] = row.without_whole
        return standing

    async def _append(self, counts: Sequence[tuple[ReportedCount, bytes]], *, client_id: UUID) -> None:
        rows = [
            {
                "id": str(count.id),
                "unit_id": count.unit_id,
                "figure": count.figure.value,
                "day": count.day.isoformat(),
                "part": count.part,
                "whole": count.whole,
                "source": count.source,
                "corrects": count.corrects and str(count.corrects),
                "fingerprint": fingerprint.hex(),
            }
            for count, fingerprint in counts
        ]
        await self._session.execute(_ADD, {"rows": rows, "client_id": client_id})

    async def fingerprints(self, ids: Collection[UUID]) -> dict[UUID, bytes]:
        """Give what those that are stored carried."""
        rows = await self._session.execute(_FINGERPRINTS, {"ids": list(ids)})
        return {row.id: row.fingerprint for row in rows}

    async def unit_paths(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Give the paths of the units of those that are stored."""
        rows = await self._session.execute(_UNIT_PATHS, {"ids": list(ids)})
        return {row.id: row.path for row in rows}

    async def sums(self, *, path: str, on: date, period: Period) -> list[ReportedSum]:
        """Add up a period for the units under `path`, with all that was merged into them by the day `on`."""
        values = scope_values(path, on) | {"first": period.first, "last": period.last}
        rows = await self._session.execute(_SUMS, values)
        return [ReportedSum(ReportedFigure(row.figure), row.part, row.whole) for row in rows]
