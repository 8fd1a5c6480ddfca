"""Adding up dossiers whose delivery is over, so that a report need not read them one by one."""

from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_LEAD: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('delivery_days', 0))")

# The portal has taken the end, and no clock can make a late dossier of it any more. A row that was counted
# before stands in the counts as what it was then until it is counted anew.
_COUNT: Final = text("""
WITH over AS MATERIALIZED (
    SELECT dossier_id FROM deliveries
    WHERE NOT is_counted AND state = 'synced' AND accepted_at IS NOT NULL
        AND (desk_flagged_at IS NULL OR desk_flagged_at <= now())
        AND coalesce(last_attempt_at, accepted_at) < now() - CAST(:calm AS interval)
    ORDER BY dossier_id LIMIT :most FOR UPDATE SKIP LOCKED
), counted AS (
    UPDATE deliveries v SET is_counted = true,
        counted_on = (coalesce(d.received_at, d.submitted_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
        counted_late = v.desk_flagged_at IS NOT NULL, counted_cause = coalesce(v.false_late_cause, '')
    FROM over JOIN dossiers d ON d.id = over.dossier_id WHERE v.dossier_id = over.dossier_id
    RETURNING v.unit_id, v.counted_on, v.counted_late, v.counted_cause, old.counted_on AS was_on,
        old.counted_late AS was_late, old.counted_cause AS was_cause
), moved AS (
    SELECT unit_id, counted_on AS day, counted_late AS late, counted_cause AS cause, 1 AS number FROM counted
    UNION ALL SELECT unit_id, was_on, was_late, was_cause, -1 FROM counted WHERE was_on IS NOT NULL
), added AS (
    INSERT INTO delivery_days AS t (unit_id, day, late, cause, dossiers)
    SELECT unit_id, day, late, cause, sum(number) FROM moved
    GROUP BY unit_id, day, late, cause HAVING sum(number) <> 0
    ON CONFLICT (unit_id, day, late, cause) DO UPDATE SET dossiers = t.dossiers + excluded.dossiers
)
SELECT count(*) FROM counted
""")


async def add_up_delivered(session: AsyncSession, *, calm: timedelta, most: int) -> int | None:
    """Count at most so many that nothing has happened to for some time, and say how many there were.

    `None` if somebody else is at it: the counts have one writer at a time, and nobody waits for their locks.
    """
    if not await session.scalar(_LEAD):
        return None
    number: int = (await session.execute(_COUNT, {"calm": calm, "most": most})).scalar_one()
    return number
