"""Accepted dossiers of which the portal is asked whether it shows them, and when it first did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.dossier import Status
from services.core.domain.outcome import PortalEntry

#: More than this waiting says no more about the portal, and would cost it calls.
_WAITING_AT_MOST: Final = 200

# In the transaction that has just accepted it, so `accepted_at` is this very instant.
_CHOOSE: Final = text("""
INSERT INTO sightings (dossier_id, unit_id, seq, accepted_at)
SELECT dossier_id, unit_id, ended_seq, accepted_at FROM deliveries
WHERE dossier_id = :id AND (
    SELECT count(*) FROM (
        SELECT FROM sightings WHERE seen_at IS NULL AND ask_at < 'infinity' LIMIT :most
    ) AS waiting
) < :most
ON CONFLICT DO NOTHING
""")

# What nobody asked about in time (a gate was open, the workers stood still) is dropped: the time would be
# ours. The next question is put off, so that a worker that dies with one leaves it to another.
_TAKE: Final = text("""
WITH stale AS (
    DELETE FROM sightings
    WHERE seen_at IS NULL AND questions = 0 AND accepted_at < now() - CAST(:fresh AS interval)
), due AS (
    SELECT dossier_id FROM sightings
    WHERE seen_at IS NULL AND ask_at <= now()
        AND (questions > 0 OR accepted_at >= now() - CAST(:fresh AS interval))
    ORDER BY ask_at LIMIT :size FOR UPDATE SKIP LOCKED
)
UPDATE sightings s SET ask_at = now() + CAST(:lease AS interval)
FROM due, dossiers d, deliveries v, progress_entries e
WHERE s.dossier_id = due.dossier_id AND d.id = s.dossier_id AND v.dossier_id = s.dossier_id
    AND e.dossier_id = s.dossier_id AND e.seq = s.seq
RETURNING s.dossier_id, d.code, v.acked_version, s.questions, now() - s.accepted_at AS waited,
    now() - old.ask_at > CAST(:fresh AS interval) + (old.ask_at - s.accepted_at) AS overdue,
    e.occurred_at, e.status
""")

_SEEN: Final = text("""
UPDATE sightings SET seen_at = now(), questions = questions + 1
WHERE dossier_id = :id AND seen_at IS NULL
RETURNING unit_id, CAST(extract(epoch FROM now() - accepted_at) AS float) AS seconds
""")

_NOT_YET: Final = text("""
UPDATE sightings SET questions = questions + 1,
    ask_at = coalesce(now() + CAST(:pause AS interval), 'infinity')
WHERE dossier_id = :id AND seen_at IS NULL
""")

_LATER: Final = text("""
UPDATE sightings SET ask_at = now() + CAST(:pause AS interval)
WHERE dossier_id = :id AND seen_at IS NULL
""")

_DROP: Final = text("DELETE FROM sightings WHERE dossier_id = :id AND seen_at IS NULL AND questions = :asked")

_FORGET: Final = text("DELETE FROM sightings WHERE accepted_at < now() - CAST(:age AS interval)")


@dataclass(frozen=True, slots=True)
class Question:
    """A dossier that the portal has acknowledged, to be asked about; `ending` is what it should show.

    `overdue` if the question comes so late that the time since the last one is ours and not the portal's.
    """

    dossier_id: UUID
    code: str
    version: int
    asked: int
    waited: timedelta
    overdue: bool
    ending: PortalEntry


@dataclass(frozen=True, slots=True)
class Seen:
    """How long it took from the acknowledgement until the portal was seen to show it."""

    unit_id: int
    seconds: float


class SightingRepository:
    """Reads and writes sightings; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def choose(self, dossier_id: UUID) -> None:
        """Put a dossier that this transaction has accepted among those to be asked about."""
        await self._session.execute(_CHOOSE, {"id": dossier_id, "most": _WAITING_AT_MOST})

    async def take(self, *, size: int, fresh: timedelta, lease: timedelta) -> list[Question]:
        """Take what is to be asked about now; nobody else asks within the lease."""
        rows = await self._session.execute(_TAKE, {"size": size, "fresh": fresh, "lease": lease})
        return [_question(row) for row in rows]

    async def note_seen(self, dossier_id: UUID) -> Seen | None:
        """Note that the portal shows it; `None` if somebody else has."""
        row = (await self._session.execute(_SEEN, {"id": dossier_id})).one_or_none()
        return None if row is None else Seen(row.unit_id, row.seconds)

    async def put_off(self, dossier_id: UUID, pause: timedelta | None) -> None:
        """Note that the portal does not show it, and when to ask again; `None` for never."""
        await self._session.execute(_NOT_YET, {"id": dossier_id, "pause": pause})

    async def ask_later(self, dossier_id: UUID, pause: timedelta) -> None:
        """Put the question off without having learnt anything."""
        await self._session.execute(_LATER, {"id": dossier_id, "pause": pause})

    async def drop(self, question: Question) -> None:
        """Forget a dossier about which nothing can be said, unless it has been asked about meanwhile."""
        await self._session.execute(_DROP, {"id": question.dossier_id, "asked": question.asked})

    async def forget_older_than(self, age: timedelta) -> None:
        """Delete what was accepted longer ago; the totals stay."""
        await self._session.execute(_FORGET, {"age": age})


def _question(row: Sequence[Any]) -> Question:
    dossier_id, code, version, asked, waited, overdue, at, status = row
    return Question(dossier_id, code, version, asked, waited, overdue, PortalEntry(at, Status(status)))
