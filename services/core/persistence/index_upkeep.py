"""Keeping the counts of index 766 up to date: what has changed is read again, the rest stays.

Nothing of this touches the writing of dossiers. What may have changed is what is not synced (a partial
index), what a call was recorded of since the last time, and a slice of all dossiers in turn, which also finds
what was there before the counts were.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.indicator import Fact
from services.core.domain.indicator.month import MonthEntry, Standing

#: Unit and first day of a month.
MonthKey = tuple[int, date]

#: Waiting for a row would cost the other process's whole piece of work.
_LEAD: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('index766', 0))")

_BEGIN: Final = text("""
INSERT INTO index766_refreshes (id, attempts_before, attempts_seen)
SELECT 1, max_id, max_id FROM (SELECT coalesce(max(id), 0) AS max_id FROM delivery_attempts) AS newest
ON CONFLICT (id) DO NOTHING
""")

_MARK: Final = text("""
SELECT attempts_before, attempts_seen, looked_up_to, refreshed_at, now() AS taken_at FROM index766_refreshes
""")

_SLICE: Final = text("""
SELECT dossier_id FROM deliveries WHERE CAST(:after AS uuid) IS NULL OR dossier_id > :after
ORDER BY dossier_id LIMIT :size
""")

_STALE: Final = text("""
WITH looked_at AS (
    SELECT dossier_id FROM deliveries WHERE state <> 'synced'
    UNION SELECT dossier_id FROM delivery_attempts WHERE id > :attempts_before
    UNION SELECT * FROM unnest(CAST(:slice AS uuid[]))
)
SELECT v.dossier_id, v.unit_id, v.target_version AS version, v.target_seq AS seq, v.on_portal, v.flagged_at,
    v.ended_at, v.accepted_at IS NOT NULL AS accepted
FROM looked_at JOIN deliveries v USING (dossier_id) JOIN dossiers d ON d.id = v.dossier_id
    LEFT JOIN LATERAL (
        SELECT true AS counted, version, seq, on_portal, flagged_at, accepted
        FROM index766_dossiers i WHERE i.dossier_id = v.dossier_id LIMIT 1
    ) AS known ON true
WHERE (known.counted OR d.received_at IS NOT NULL)
    AND (known.version, known.seq, known.on_portal, known.flagged_at, known.accepted) IS DISTINCT FROM
        (v.target_version, v.target_seq, v.on_portal, v.flagged_at, v.accepted_at IS NOT NULL)
LIMIT :most
""")

_NEWEST_ATTEMPT: Final = text("SELECT coalesce(max(id), 0) FROM delivery_attempts")

_TAKE_OUT: Final = text("""
DELETE FROM index766_dossiers WHERE dossier_id = ANY(CAST(:ids AS uuid[])) RETURNING unit_id, month
""")

_PUT_IN: Final = text("""
INSERT INTO index766_dossiers (unit_id, month, dossier_id, procedure_code, received_here, facts, on_portal,
    flagged_at, accepted, version, seq)
SELECT * FROM unnest(
    CAST(:unit_id AS int[]), CAST(:month AS date[]), CAST(:dossier_id AS uuid[]),
    CAST(:procedure_code AS text[]), CAST(:received_here AS boolean[]), CAST(:facts AS smallint[]),
    CAST(:on_portal AS boolean[]), CAST(:flagged_at AS timestamptz[]), CAST(:accepted AS boolean[]),
    CAST(:version AS int[]), CAST(:seq AS int[])
)
""")

_LATE_SINCE: Final = text("""
SELECT DISTINCT unit_id, month FROM index766_dossiers
WHERE NOT accepted AND flagged_at > :since AND flagged_at <= now()
""")

#: Unfinished dossiers are judged at the end of the month, or now (portal-interface 5.1, rule 6).
LATE: Final = """(
    i.flagged_at IS NOT NULL AND (i.accepted OR i.flagged_at <= least(
        now(), (i.month + interval '1 month') AT TIME ZONE 'Asia/Ho_Chi_Minh'))
)"""


def _with(facts: Fact) -> str:
    """Count those that show all of some facts."""
    return f"count(*) FILTER (WHERE i.facts & {int(facts)} = {int(facts)})"


_KEYS: Final = "unnest(CAST(:units AS int[]), CAST(:months AS date[])) AS k (unit_id, month)"

_FORGET: Final = text(f"""
DELETE FROM index766_counts c USING {_KEYS} WHERE c.unit_id = k.unit_id AND c.month = k.month
""")  # noqa: S608 - joins constants

_COUNT: Final = text(f"""
INSERT INTO index766_counts (unit_id, month, procedure_code, received, received_here, sent, late, online,
    fee_listed, fee_due, paid, paid_of_due, result_file, digitised, digitised_with_result, national_store,
    population_data)
SELECT i.unit_id, i.month, i.procedure_code, count(*), count(*) FILTER (WHERE i.received_here),
    count(*) FILTER (WHERE i.received_here AND i.on_portal), count(*) FILTER (WHERE {LATE}),
    {_with(Fact.ONLINE)}, {_with(Fact.FEE_LISTED)}, {_with(Fact.FEE_DUE)}, {_with(Fact.PAID_ONLINE)},
    {_with(Fact.FEE_DUE | Fact.PAID_ONLINE)}, {_with(Fact.RESULT_FILE)}, {_with(Fact.DIGITISED)},
    {_with(Fact.DIGITISED | Fact.RESULT_FILE)}, {_with(Fact.NATIONAL_STORE)}, {_with(Fact.POPULATION_DATA)}
FROM index766_dossiers i JOIN {_KEYS} ON i.unit_id = k.unit_id AND i.month = k.month
GROUP BY i.unit_id, i.month, i.procedure_code
""")  # noqa: S608 - joins constants

_ABOVE: Final = text(f"""
SELECT DISTINCT a.id AS unit_id, k.month
FROM {_KEYS} JOIN units u ON u.id = k.unit_id JOIN units a ON starts_with(u.path, a.path)
""")  # noqa: S608 - joins constants

_DROP_POINTS: Final = text(f"""
DELETE FROM index766_points p USING {_KEYS} WHERE p.unit_id = k.unit_id AND p.month = k.month
""")  # noqa: S608 - joins constants

_KEEP_POINTS: Final = text("""
INSERT INTO index766_points (unit_id, month, code, points)
SELECT * FROM unnest(
    CAST(:units AS int[]), CAST(:months AS date[]), CAST(:codes AS text[]), CAST(:points AS numeric[])
)
""")

_FINISH: Final = text("""
UPDATE index766_refreshes SET attempts_before = :attempts_before, attempts_seen = :attempts_seen,
    looked_up_to = :looked_up_to, refreshed_at = :refreshed_at
""")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the last refresh got.

    Calls up to `attempts_before` have been looked at twice: the number of one that was recorded by a longer
    transaction may show up after those that follow it.
    """

    attempts_before: int
    attempts_seen: int
    looked_up_to: UUID | None
    refreshed_at: datetime | None
    taken_at: datetime


class IndexUpkeepRepository:
    """Brings counts and points up to date; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lead(self) -> Mark | None:
        """Become the one who refreshes, until the end of the transaction; `None` if somebody else is."""
        if not await self._session.scalar(_LEAD):
            return None
        await self._session.execute(_BEGIN)
        return Mark(*(await self._session.execute(_MARK)).one())

    async def slice_after(self, after: UUID | None, *, size: int) -> list[UUID]:
        """Give the next dossiers in the order of their ids."""
        return list(await self._session.scalars(_SLICE, {"after": after, "size": size}))

    async def newest_attempt(self) -> int:
        """Give the highest number of a recorded call."""
        number: int = (await self._session.execute(_NEWEST_ATTEMPT)).scalar_one()
        return number

    async def find_stale(self, slice_: Sequence[UUID], *, attempts_before: int, most: int) -> list[Standing]:
        """Give dossiers that stand otherwise than they were counted."""
        values = {"slice": list(slice_), "attempts_before": attempts_before, "most": most}
        return [Standing(**row._asdict()) for row in await self._session.execute(_STALE, values)]

    async def replace(self, ids: Collection[UUID], entries: Sequence[MonthEntry]) -> set[MonthKey]:
        """Count dossiers by `entries` from now on; tells which months that touches."""
        taken_out = await self._session.execute(_TAKE_OUT, {"ids": list(ids)})
        touched = {(row.unit_id, row.month) for row in taken_out}
        if entries:
            await self._session.execute(_PUT_IN, _columns(entries))
        return touched | {(entry.standing.unit_id, entry.month) for entry in entries}

    async def late_since(self, since: datetime) -> set[MonthKey]:
        """Give months with dossiers that have turned late by the clock alone."""
        rows = await self._session.execute(_LATE_SINCE, {"since": since})
        return {(row.unit_id, row.month) for row in rows}

    async def recount(self, keys: Iterable[MonthKey]) -> set[MonthKey]:
        """Count months anew; gives them with those of all units above."""
        wanted = _by_column(keys)
        await self._session.execute(_FORGET, wanted)
        await self._session.execute(_COUNT, wanted)
        return {(row.unit_id, row.month) for row in await self._session.execute(_ABOVE, wanted)}

    async def keep_points(self, points: Mapping[MonthKey, Mapping[str, Decimal]]) -> None:
        """Replace the points of months."""
        await self._session.execute(_DROP_POINTS, _by_column(points))
        rows = [(unit, month, code, won) for (unit, month), of in points.items() for code, won in of.items()]
        names = ("units", "months", "codes", "points")
        await self._session.execute(
            _KEEP_POINTS, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        )

    async def finish(self, mark: Mark) -> None:
        """Remember how far this refresh got; it holds for the time at which it began."""
        await self._session.execute(
            _FINISH,
            {
                "attempts_before": mark.attempts_before,
                "attempts_seen": mark.attempts_seen,
                "looked_up_to": mark.looked_up_to,
                "refreshed_at": mark.taken_at,
            },
        )


def _by_column(keys: Iterable[MonthKey]) -> dict[str, object]:
    ordered = sorted(keys)
    return {"units": [unit for unit, _ in ordered], "months": [month for _, month in ordered]}


def _columns(entries: Sequence[MonthEntry]) -> dict[str, object]:
    return {
        "unit_id": [entry.standing.unit_id for entry in entries],
        "month": [entry.month for entry in entries],
        "dossier_id": [entry.standing.dossier_id for entry in entries],
        "procedure_code": [entry.procedure_code for entry in entries],
        "received_here": [entry.received_here for entry in entries],
        "facts": [int(entry.facts) for entry in entries],
        "on_portal": [entry.standing.on_portal for entry in entries],
        "flagged_at": [entry.standing.flagged_at for entry in entries],
        "accepted": [entry.standing.accepted for entry in entries],
        "version": [entry.standing.version for entry in entries],
        "seq": [entry.standing.seq for entry in entries],
    }
