"""The log of times in which the portal was unreachable or refused service, and whom that made late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.false_late import Outage

#: Fewer failures in a row are hiccups, not an outage.
OUTAGE_AFTER: Final = 3

#: Dossiers that wait at an instant, and those of them that are falsely late since a time. Written for the
#: statement around it: it has a row with `began_at` and `until`.
WAITING: Final = """
    SELECT count(*) FROM deliveries v
    WHERE v.state IN ('due', 'leased', 'unknown') AND v.due_since < w.until
"""
FLAGGED: Final = """
    SELECT count(*) FROM deliveries v
    WHERE v.accepted_at IS NULL AND v.flagged_at >= w.began_at AND v.flagged_at < w.until
        AND v.state IN ('due', 'leased', 'unknown') AND v.ended_at IS NOT NULL
        AND v.reported_at < v.flagged_at AND (v.desk_flagged_at IS NULL OR v.desk_flagged_at > v.flagged_at)
"""

# Whatever gets through ends a window: an answer the one, service the other. What waited is counted in the
# same statement: nothing was delivered meanwhile but what this very settlement brings, which is added.
_CLOSE: Final = text(f"""
WITH w AS (
    SELECT id, began_at, greatest(began_at, now() - make_interval(secs => CASE kind
        WHEN 'unreachable' THEN CAST(:answered_ago AS float) ELSE CAST(:taken_ago AS float) END)) AS until
    FROM portal_outages
    WHERE ended_at IS NULL AND (
        kind = 'unreachable'
        OR (kind = 'refused' AND began_at < now() - make_interval(secs => CAST(:taken_ago AS float)))
    )
    ORDER BY kind FOR UPDATE
)
UPDATE portal_outages o SET ended_at = w.until,
    dossiers_waiting = cardinality(CAST(:settled AS uuid[]))
        + ({WAITING} AND v.dossier_id <> ALL(CAST(:settled AS uuid[]))),
    dossiers_flagged = ({FLAGGED})
        + (SELECT count(*) FROM unnest(CAST(:flags AS timestamptz[])) AS f (at)
           WHERE f.at >= w.began_at AND f.at < w.until)
FROM w WHERE o.id = w.id
""")  # noqa: S608 - joins constants of this file

_OPEN_UNREACHABLE: Final = text("""
INSERT INTO portal_outages (kind, last_success_at, began_at)
SELECT 'unreachable', good.at, min(o.missed_since)
FROM portal_operations o, (SELECT max(last_success_at) AS at FROM portal_operations) good
WHERE o.missed_in_a_row > 0 AND (good.at IS NULL OR o.last_failure_at > good.at)
GROUP BY good.at HAVING sum(o.missed_in_a_row) >= :enough
ON CONFLICT (kind) WHERE ended_at IS NULL DO NOTHING
""")

# Counted afresh after the last call that was dealt with, whoever made it.
_REFUSED: Final = text("""
WITH good AS (
    SELECT max(last_success_at) AS at FROM portal_operations
), reported AS (
    SELECT n.reason, n.calls, greatest(now() - make_interval(secs => n.since_ago), good.at) AS since,
        now() - make_interval(secs => n.last_ago) AS last_at
    FROM unnest(
        CAST(:reasons AS text[]), CAST(:calls AS int[]), CAST(:since_ago AS float[]),
        CAST(:last_ago AS float[])
    ) AS n (reason, calls, since_ago, last_ago), good
    WHERE good.at IS NULL OR now() - make_interval(secs => n.last_ago) > good.at
)
INSERT INTO portal_refusals AS r (reason, since, last_at, calls)
SELECT reason, since, last_at, calls FROM reported ORDER BY reason
ON CONFLICT (reason) DO UPDATE SET
    since = CASE WHEN r.last_at <= (SELECT at FROM good) THEN excluded.since
        ELSE least(r.since, excluded.since) END,
    calls = CASE WHEN r.last_at <= (SELECT at FROM good) THEN excluded.calls
        ELSE r.calls + excluded.calls END,
    last_at = greatest(r.last_at, excluded.last_at)
""")

_OPEN_REFUSED: Final = text("""
INSERT INTO portal_outages (kind, reasons, last_success_at, began_at)
SELECT 'refused', array_agg(r.reason ORDER BY r.since), good.at, min(r.since)
FROM portal_refusals r, (SELECT max(last_success_at) AS at FROM portal_operations) good
WHERE good.at IS NULL OR r.last_at > good.at
GROUP BY good.at HAVING sum(r.calls) >= :enough
ON CONFLICT (kind) WHERE ended_at IS NULL DO NOTHING
""")

_UNREACHABLE: Final = text("""
SELECT last_success_at, began_at, ended_at, id FROM portal_outages
WHERE kind = 'unreachable' AND (ended_at IS NULL OR ended_at >= :since) ORDER BY began_at
""")

_BLAME: Final = text("""
INSERT INTO outage_dossiers (dossier_id, outage_id, reported_at, flagged_at, accepted_at)
SELECT * FROM unnest(
    CAST(:dossier_id AS uuid[]), CAST(:outage_id AS int[]), CAST(:reported_at AS timestamptz[]),
    CAST(:flagged_at AS timestamptz[]), CAST(:accepted_at AS timestamptz[])
) ON CONFLICT (dossier_id) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Refusals:
    """Calls of one settlement to which the portal refused service for one reason; times are seconds ago."""

    reason: str
    calls: int
    since_ago: float
    last_ago: float


@dataclass(frozen=True, slots=True)
class Relief:
    """What a settlement says of windows that are open.

    The last answer came `answered_ago`, the last call that was dealt with ended `taken_ago`, in seconds.
    `settled` are the dossiers of the settlement, `flags` the flags of those whose ending just got through
    and that were falsely late until now.
    """

    answered_ago: float | None
    taken_ago: float | None
    settled: Sequence[UUID] = ()
    flags: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class Blamed:
    """A dossier that an outage made falsely late."""

    dossier_id: UUID
    outage_id: int
    reported_at: datetime
    flagged_at: datetime
    accepted_at: datetime


class OutageRepository:
    """Writes the log; never commits. Call it after `AttemptRepository.report`, and in this order."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def close(self, relief: Relief) -> None:
        """End the windows that are over: any answer ends an outage, any call dealt with ends a refusal."""
        if relief.answered_ago is None:
            return
        await self._session.execute(
            _CLOSE,
            {
                "answered_ago": relief.answered_ago,
                "taken_ago": relief.taken_ago,
                "settled": list(relief.settled),
                "flags": list(relief.flags),
            },
        )

    async def note_refusals(self, refusals: Sequence[Refusals]) -> None:
        """Note refusals of service since the last call that was dealt with; some in a row open a window."""
        if not refusals:
            return
        await self._session.execute(
            _REFUSED,
            {
                "reasons": [one.reason for one in refusals],
                "calls": [one.calls for one in refusals],
                "since_ago": [one.since_ago for one in refusals],
                "last_ago": [one.last_ago for one in refusals],
            },
        )
        await self._session.execute(_OPEN_REFUSED, {"enough": OUTAGE_AFTER})

    async def open_unreachable(self) -> None:
        """Open an outage if enough calls in a row went without an answer."""
        await self._session.execute(_OPEN_UNREACHABLE, {"enough": OUTAGE_AFTER})

    async def unreachable(self, *, since: datetime) -> list[Outage]:
        """List outages proper that reach into the time after `since`."""
        rows = await self._session.execute(_UNREACHABLE, {"since": since})
        return [Outage(row.last_success_at, row.began_at, row.ended_at, row.id) for row in rows]

    async def blame(self, blamed: Sequence[Blamed]) -> None:
        """Keep whom outages made late, with the flag that the delivery row forgets."""
        if not blamed:
            return
        names = Blamed.__slots__
        await self._session.execute(_BLAME, {name: [getattr(b, name) for b in blamed] for name in names})
