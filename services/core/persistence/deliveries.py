"""The delivery queue: claim with a lease, settle with its token. All times are the database's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Cursor, ParkCause, Target
from services.core.domain.park_group import group_of

#: Part of what is claimed that dossiers already flagged get while others can still be saved (design 4).
FLAGGED_SHARE: Final = 0.2

#: For `SET state = ...`: where a parked or closed row goes when its dossier has changed or a person sends it
#: on. Only where a body was refused is it certain what the portal holds; otherwise it may have entries that
#: the cursor does not know of.
UNPARKED: Final = """
    CASE WHEN d.park_cause = 'refused' AND d.acked_version < d.target_version THEN 'due' ELSE 'unknown' END
"""

# Three lanes: a share for those flagged already, then those that can still be saved, earliest flag first,
# then whatever is left. PostgreSQL 18 returns the old state of an updated row.
_CLAIM: Final = text("""
WITH flagged AS (
    SELECT dossier_id FROM deliveries
    WHERE state IN ('due', 'unknown') AND next_attempt_at <= now() AND flagged_at <= now()
    ORDER BY flagged_at LIMIT :share FOR UPDATE SKIP LOCKED
), savable AS (
    SELECT dossier_id FROM deliveries
    WHERE state IN ('due', 'unknown') AND next_attempt_at <= now() AND flagged_at > now()
    ORDER BY flagged_at LIMIT :size - (SELECT count(*) FROM flagged) FOR UPDATE SKIP LOCKED
), rest AS (
    SELECT dossier_id FROM deliveries
    WHERE state IN ('due', 'unknown') AND next_attempt_at <= now()
      AND (flagged_at <= now() OR flagged_at IS NULL)
      AND dossier_id NOT IN (SELECT dossier_id FROM flagged)
    ORDER BY flagged_at
    LIMIT :size - (SELECT count(*) FROM flagged) - (SELECT count(*) FROM savable)
    FOR UPDATE SKIP LOCKED
), chosen AS (
    TABLE flagged UNION ALL TABLE savable UNION ALL TABLE rest
)
UPDATE deliveries d SET
    state = 'leased', lease_owner = :owner, lease_until = now() + :lease,
    token = nextval('lease_tokens'), attempts = d.attempts + 1, last_attempt_at = now()
FROM chosen WHERE d.dossier_id = chosen.dossier_id
RETURNING d.dossier_id, d.unit_id, d.token, d.attempts, old.state = 'unknown' AS ask_first, d.on_portal,
    d.acked_version, d.acked_seq, d.portal_due_at
""")

# The cursor of a row is its holder's; `target_*` may have moved on meanwhile, and then there is more to do.
# Before the portal has acknowledged a body, the desk's writes keep `flagged_at` up to date.
_SETTLE: Final = text("""
UPDATE deliveries d SET
    on_portal = s.on_portal, acked_version = s.acked_version, acked_seq = s.acked_seq,
    portal_due_at = s.portal_due_at,
    flagged_at = CASE WHEN s.acked_version > 0 THEN s.flagged_at ELSE d.flagged_at END,
    accepted_at = CASE WHEN s.acked_seq >= d.ended_seq THEN coalesce(d.accepted_at, now()) END,
    state = CASE
        WHEN s.ending = 'ask' THEN 'unknown'
        WHEN s.ending = 'park' AND d.target_version = s.seen_version AND d.target_seq = s.seen_seq
            THEN 'parked'
        WHEN s.ending = 'park' AND s.park_cause = 'refused' AND s.acked_version < s.seen_version THEN 'due'
        WHEN s.ending = 'park' THEN 'unknown'
        WHEN s.ending = 'done' AND d.target_version <= s.acked_version AND d.target_seq <= s.acked_seq
            THEN 'synced'
        ELSE 'due' END,
    lease_until = NULL, lease_owner = NULL,
    attempts = CASE WHEN s.ending = 'done' THEN 0 ELSE d.attempts END,
    due_since = CASE WHEN s.ending = 'done' THEN now() ELSE d.due_since END,
    next_attempt_at = now() + s.delay,
    park_cause = CASE WHEN d.target_version = s.seen_version AND d.target_seq = s.seen_seq
        THEN s.park_cause END,
    park_group = CASE WHEN d.target_version = s.seen_version AND d.target_seq = s.seen_seq
        THEN s.park_group END,
    parked_at = CASE WHEN s.ending = 'park' AND d.target_version = s.seen_version
        AND d.target_seq = s.seen_seq THEN now() END,
    last_cause = s.cause
FROM unnest(
    CAST(:dossier_id AS uuid[]), CAST(:token AS bigint[]), CAST(:ending AS text[]),
    CAST(:delay AS interval[]),
    CAST(:on_portal AS boolean[]), CAST(:acked_version AS int[]), CAST(:acked_seq AS int[]),
    CAST(:seen_version AS int[]), CAST(:seen_seq AS int[]), CAST(:portal_due_at AS timestamptz[]),
    CAST(:flagged_at AS timestamptz[]), CAST(:park_cause AS text[]), CAST(:park_group AS text[]),
    CAST(:cause AS text[])
) AS s (dossier_id, token, ending, delay, on_portal, acked_version, acked_seq, seen_version, seen_seq,
    portal_due_at, flagged_at, park_cause, park_group, cause)
WHERE d.dossier_id = s.dossier_id AND d.token = s.token AND d.state = 'leased'
RETURNING d.dossier_id, d.unit_id, d.accepted_at IS NOT NULL AND old.accepted_at IS NULL AS newly_accepted,
    now() AS accepted_at, coalesce(d.reported_at, now()) AS reported_at,
    coalesce(old.flagged_at, now()) AS flagged_before,
    CAST(extract(epoch FROM now() - coalesce(d.reported_at, now())) AS float) AS lag_seconds,
    coalesce(old.flagged_at <= now(), false) AND coalesce(d.desk_flagged_at > now(), true) AS was_false_late,
    coalesce(d.desk_flagged_at <= now(), false) AS late_at_desk
""")

_EXPIRE: Final = text("""
UPDATE deliveries SET state = 'unknown', next_attempt_at = now(), lease_until = NULL, lease_owner = NULL,
    last_cause = 'lease expired'
WHERE dossier_id IN (
    SELECT dossier_id FROM deliveries WHERE state = 'leased' AND lease_until < now()
    ORDER BY lease_until LIMIT 1000 FOR UPDATE SKIP LOCKED
)
""")


class Ending(StrEnum):
    """How a piece of work on one row ends."""

    DONE = "done"
    RETRY = "retry"
    ASK = "ask"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased row; whoever settles it must hold its token."""

    dossier_id: UUID
    unit_id: int
    token: int
    attempt: int
    ask_first: bool
    cursor: Cursor
    portal_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claim: `cursor` is what the portal has acknowledged, `target` what was to be sent."""

    claim: Claim
    ending: Ending
    cursor: Cursor
    target: Target
    portal_due_at: datetime | None
    flagged_at: datetime | None
    delay: timedelta = timedelta()
    cause: str | None = None
    park_cause: ParkCause | None = None
    park_group: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement that took effect; the others had lost their lease.

    `newly_accepted` marks the one settlement in a dossier's life that brought its end onto the portal; only
    then do the fields below it mean anything.
    """

    dossier_id: UUID
    unit_id: int
    newly_accepted: bool
    accepted_at: datetime
    reported_at: datetime
    flagged_before: datetime
    lag_seconds: float
    was_false_late: bool
    late_at_desk: bool


class DeliveryRepository:
    """Reads and writes delivery rows for the worker; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, *, size: int, owner: str, lease: timedelta, chance: float) -> list[Claim]:
        """Lease up to `size` due rows, earliest flag first; rows held elsewhere are passed over.

        `chance`, uniform in [0, 1), rounds the share of the flagged, which small claims would else lack.
        """
        share = int(size * FLAGGED_SHARE + chance)
        rows = await self._session.execute(
            _CLAIM, {"size": size, "share": share, "owner": owner, "lease": lease}
        )
        return [
            Claim(
                dossier_id=row.dossier_id,
                unit_id=row.unit_id,
                token=row.token,
                attempt=row.attempts,
                ask_first=row.ask_first,
                cursor=Cursor(row.on_portal, row.acked_version, row.acked_seq),
                portal_due_at=row.portal_due_at,
            )
            for row in rows
        ]

    async def settle(self, settlements: Sequence[Settlement]) -> list[Settled]:
        """Record what became of claims. A row whose token has moved on is left as it is and not returned."""
        # One order for all writers, so that two workers never wait for each other.
        ordered = sorted(settlements, key=lambda s: s.claim.dossier_id)
        rows = await self._session.execute(
            _SETTLE,
            {
                "dossier_id": [s.claim.dossier_id for s in ordered],
                "token": [s.claim.token for s in ordered],
                "ending": [s.ending.value for s in ordered],
                "delay": [s.delay for s in ordered],
                "on_portal": [s.cursor.on_portal for s in ordered],
                "acked_version": [s.cursor.acked_version for s in ordered],
                "acked_seq": [s.cursor.acked_seq for s in ordered],
                "seen_version": [s.target.version for s in ordered],
                "seen_seq": [s.target.seq for s in ordered],
                "portal_due_at": [s.portal_due_at for s in ordered],
                "flagged_at": [s.flagged_at for s in ordered],
                "park_cause": [s.park_cause and s.park_cause.value for s in ordered],
                "park_group": [s.park_group for s in ordered],
                "cause": [s.cause for s in ordered],
            },
        )
        return [Settled(**row._mapping) for row in rows]  # noqa: SLF001 - the documented way to a row's names

    async def expire_leases(self) -> int:
        """Turn leases that ran out into *unknown*: their holder may have sent before it died."""
        result = await self._session.execute(_EXPIRE)
        return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult

    async def park(self, claim: Claim, *, cause: ParkCause, detail: str) -> None:
        """Set a claimed row aside for a person before anything was sent."""
        await self._session.execute(
            text(
                "UPDATE deliveries SET state = 'parked', park_cause = :cause, park_group = :park_group,"
                " parked_at = now(), last_cause = :detail, lease_until = NULL, lease_owner = NULL"
                " WHERE dossier_id = :id AND token = :token"
            ),
            {
                "cause": cause.value,
                "park_group": group_of(cause, detail),
                "detail": detail,
                "id": claim.dossier_id,
                "token": claim.token,
            },
        )

    async def renew(self, claims: Sequence[Claim], *, lease: timedelta) -> set[UUID]:
        """Prolong leases and give the dossiers that are still held; the others belong to somebody else."""
        rows = await self._session.scalars(
            text(
                "UPDATE deliveries d SET lease_until = now() + :lease"
                " FROM unnest(CAST(:ids AS uuid[]), CAST(:tokens AS bigint[])) AS s (id, token)"
                " WHERE d.dossier_id = s.id AND d.token = s.token AND d.state = 'leased'"
                " RETURNING d.dossier_id"
            ),
            {
                "lease": lease,
                "ids": [claim.dossier_id for claim in claims],
                "tokens": [claim.token for claim in claims],
            },
        )
        return set(rows)

    async def mark_false_late(self, causes: Mapping[UUID, str]) -> None:
        """Put on record why the portal showed dossiers late although they were finished on time."""
        await self._session.execute(
            text(
                "UPDATE deliveries d SET false_late_cause = s.cause"
                " FROM unnest(CAST(:ids AS uuid[]), CAST(:causes AS text[])) AS s (id, cause)"
                " WHERE d.dossier_id = s.id"
            ),
            {"ids": list(causes), "causes": list(causes.values())},
        )

    async def pending(self) -> bool:
        """Tell whether anything is due now."""
        found: bool | None = await self._session.scalar(
            text(
                "SELECT EXISTS (SELECT FROM deliveries"
                " WHERE state IN ('due', 'unknown') AND next_attempt_at <= now())"
            )
        )
        return bool(found)
