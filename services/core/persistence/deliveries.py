"""The delivery queue: claim with a lease, settle with its token. All times are the database's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Cursor, Operation, ParkCause, Target
from services.core.domain.order import ALONE_AFTER_CRASHES, Waiting, band_limits, choose
from services.core.domain.park_group import group_of

#: So many more than wanted are looked at, so that units can take turns among dossiers of one urgency.
_WINDOW: Final = 3
#: A unit with more than this part of the window may hide others behind it.
_CROWD: Final = 0.4
#: Claims that ended with the death of the worker before a person has to look.
CRASHES_TO_PARK: Final = 3

#: For `SET state = ...`: where a parked or closed row goes when its dossier has changed or a person sends it
#: on. Only where a body was refused is it certain what the portal holds; otherwise it may have entries that
#: the cursor does not know of.
UNPARKED: Final = """
    CASE WHEN d.park_cause = 'refused' AND d.acked_version < d.target_version THEN 'due' ELSE 'unknown' END
"""

# Of dossiers with which workers died again and again one is in hand at a time: the death of the worker must
# speak of one alone.
_WAITING: Final = f"""
    state IN ('due', 'unknown') AND next_attempt_at <= now() AND (attempts = 0 OR :retries)
    AND CASE WHEN state = 'unknown' THEN 'look_up' WHEN NOT on_portal THEN 'create'
        WHEN acked_version < target_version THEN 'update' ELSE 'progress' END = ANY(CAST(:first AS text[]))
    AND (crashes < {ALONE_AFTER_CRASHES} OR NOT EXISTS (
        SELECT FROM deliveries held WHERE held.state = 'leased' AND held.crashes >= {ALONE_AFTER_CRASHES}
    ))
"""

#: Once everything is on the portal, its view is the desk's; so what there is to send moves the flag if the
#: desk's view turns late later than the portal's, or never.
_AVERTS: Final = "(desk_flagged_at IS NULL OR desk_flagged_at > flagged_at)"
#: The fields of `Waiting`.
_SEEN: Final = f"dossier_id, unit_id, flagged_at, crashes, {_AVERTS} AS averts"

# Each branch of the look is a walk along an index in the order of flags, which ends when enough is found, and
# is planned once per connection. Statistics do not see that nearly all dossiers are finished and without a
# flag, and in a rush they are old: left to itself the planner takes the due ones for a handful, reads and
# sorts them all, and plans that afresh for each claim. Holds for the transaction, which else goes by keys.
_WALK: Final = text("""
SELECT now(), set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('plan_cache_mode', 'force_generic_plan', true)
""")

# Rows that are locked and not chosen are free again when the claim commits. What can still be averted
# is read first, so that nothing else ever crowds it out; the domain orders and chooses.
_LOOK: Final = text(f"""
WITH savable AS (
    SELECT {_SEEN} FROM deliveries
    WHERE {_WAITING} AND {_AVERTS} AND flagged_at > now() + :reach
    ORDER BY flagged_at LIMIT :window FOR UPDATE SKIP LOCKED
), flagged AS (
    SELECT {_SEEN} FROM deliveries
    WHERE {_WAITING} AND flagged_at <= now() + :reach ORDER BY flagged_at LIMIT :size FOR UPDATE SKIP LOCKED
), running AS (
    SELECT {_SEEN} FROM deliveries
    WHERE {_WAITING} AND NOT {_AVERTS} AND flagged_at > now() + :reach
    ORDER BY flagged_at LIMIT :size - least(:size, (SELECT count(*) FROM savable)) FOR UPDATE SKIP LOCKED
), calm AS (
    SELECT {_SEEN} FROM deliveries
    WHERE {_WAITING} AND flagged_at IS NULL
    ORDER BY flagged_at LIMIT :size - least(:size, (SELECT count(*) FROM savable)) FOR UPDATE SKIP LOCKED
)
TABLE savable UNION ALL TABLE flagged UNION ALL TABLE running UNION ALL TABLE calm
""")  # noqa: S608 - joins constants

_NEXT_FLAG: Final = text(f"""
SELECT flagged_at FROM deliveries
WHERE state IN ('due', 'unknown') AND {_AVERTS} AND flagged_at > now() + :reach ORDER BY flagged_at LIMIT 1
""")  # noqa: S608 - joins constants

# The most urgent of every unit that the window may have missed, within the window's last band.
_OTHERS: Final = text(f"""
SELECT w.* FROM units u CROSS JOIN LATERAL (
    SELECT {_SEEN} FROM deliveries
    WHERE unit_id = u.id AND {_WAITING} AND {_AVERTS}
        AND flagged_at >= :since AND flagged_at < :until
    ORDER BY flagged_at LIMIT :few FOR UPDATE SKIP LOCKED
) w WHERE u.id <> ALL(CAST(:seen AS int[]))
""")  # noqa: S608 - joins constants

# PostgreSQL 18 returns the old state of an updated row. The columns stand in the order of `Claim`, the cursor
# being three of them.
_CLAIM: Final = text("""
UPDATE deliveries d SET
    state = 'leased', lease_owner = :owner, lease_until = now() + :lease,
    token = nextval('lease_tokens'), attempts = d.attempts + 1, last_attempt_at = now()
WHERE d.dossier_id = ANY(CAST(:ids AS uuid[]))
RETURNING d.dossier_id, d.unit_id, d.token, d.attempts, old.state = 'unknown' AS ask_first, d.on_portal,
    d.acked_version, d.acked_seq, d.portal_due_at
""")

# The cursor of a row is its holder's; `target_*` may have moved on meanwhile, and then there is more to do.
# Before the portal has acknowledged a body, the desk's writes keep `flagged_at` up to date. Gives the fields
# of `Settled`.
_SETTLE: Final = text("""
UPDATE deliveries d SET
    on_portal = s.on_portal, acked_version = s.acked_version, acked_seq = s.acked_seq,
    portal_due_at = s.portal_due_at,
    flagged_at = CASE WHEN s.acked_version > 0 THEN s.flagged_at ELSE d.flagged_at END,
    accepted_at = CASE WHEN s.acked_seq >= d.ended_seq THEN coalesce(d.accepted_at, now())
        ELSE d.accepted_at END,
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
    due_since = CASE WHEN s.acked_version >= s.seen_version AND s.acked_seq >= s.seen_seq THEN now()
        ELSE d.due_since END,
    crashes = 0,
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
    greatest(extract(epoch FROM coalesce(d.reported_at, now()) - d.ended_at), 0)::float AS queued_seconds,
    CAST(extract(epoch FROM old.flagged_at - coalesce(d.reported_at, now())) AS float) AS lead_seconds,
    coalesce(old.flagged_at <= now(), false) AND coalesce(d.desk_flagged_at > now(), true) AS was_false_late,
    coalesce(d.desk_flagged_at <= now(), false) AS late_at_desk
""")

_EXPIRE: Final = text("""
UPDATE deliveries SET crashes = crashes + 1, next_attempt_at = now(), lease_until = NULL, lease_owner = NULL,
    state = CASE WHEN crashes + 1 >= :crashes THEN 'parked' ELSE 'unknown' END,
    park_cause = CASE WHEN crashes + 1 >= :crashes THEN 'crash_loop' END,
    park_group = CASE WHEN crashes + 1 >= :crashes THEN 'crash_loop' END,
    parked_at = CASE WHEN crashes + 1 >= :crashes THEN now() END,
    last_cause = CASE WHEN crashes + 1 >= :crashes THEN 'workers died with it' ELSE 'lease expired' END
WHERE dossier_id IN (
    SELECT dossier_id FROM deliveries
    WHERE state = 'leased' AND (lease_until < now() OR lease_owner = ANY(CAST(:dead AS text[])))
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
    then do the fields below it mean anything. `queued_seconds` is the time from the ending to its report,
    `lag_seconds` from there to the acknowledgement, `lead_seconds` to the flag, `None` without one.
    """

    dossier_id: UUID
    unit_id: int
    newly_accepted: bool
    accepted_at: datetime
    reported_at: datetime
    flagged_before: datetime
    lag_seconds: float
    queued_seconds: float
    lead_seconds: float | None
    was_false_late: bool
    late_at_desk: bool


class DeliveryRepository:
    """Reads and writes delivery rows for the worker; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(
        self,
        *,
        size: int,
        owner: str,
        lease: timedelta,
        chance: float,
        reach: timedelta = timedelta(),
        first: AbstractSet[Operation] = frozenset(Operation),
        retries: bool = True,
    ) -> list[Claim]:
        """Lease up to `size` due rows in the order of `domain.order`; rows held elsewhere are passed over.

        Only rows whose next call is among `first`, and without `retries` only those never tried before.
        """
        now: datetime = (await self._session.execute(_WALK)).scalar_one()
        wanted = {"first": sorted(first), "retries": retries, "size": size, "reach": reach}
        rows = await self._session.execute(_LOOK, wanted | {"window": _WINDOW * size})
        waiting: list[Waiting[UUID]] = [Waiting(*row) for row in rows]
        if not waiting:
            return []
        waiting += await self._others(waiting, wanted, at=now)
        chosen = choose(waiting, size=size, now=now, chance=chance, reach=reach)
        return await self._lease([one.key for one in chosen], owner=owner, lease=lease)

    async def next_flag(self, *, reach: timedelta) -> datetime | None:
        """Give the earliest flag, later than `reach` from now, that what waits to be sent would avert."""
        flag: datetime | None = (await self._session.execute(_NEXT_FLAG, {"reach": reach})).scalar()
        return flag

    async def _others(
        self, waiting: Sequence[Waiting[UUID]], wanted: Mapping[str, Any], *, at: datetime
    ) -> list[Waiting[UUID]]:
        """Look for equally urgent dossiers of units that one with many dossiers may hide."""
        horizon = at + wanted["reach"]
        savable = [w for w in waiting if w.averts and w.flagged_at is not None and w.flagged_at > horizon]
        if len(savable) < _WINDOW * wanted["size"]:
            return []
        units = Counter(one.unit_id for one in savable)
        if units.most_common(1)[0][1] <= _CROWD * len(savable):
            return []
        last = savable[-1].flagged_at
        assert last is not None  # noqa: S101 - chosen above for having one
        since, until = band_limits(last)
        rows = await self._session.execute(
            _OTHERS,
            {
                **wanted,
                "since": max(since, horizon),
                "until": until,
                "seen": list(units),
                "few": wanted["size"],
            },
        )
        return [Waiting(*row) for row in rows]

    async def _lease(self, ids: Sequence[UUID], *, owner: str, lease: timedelta) -> list[Claim]:
        rows = await self._session.execute(_CLAIM, {"ids": list(ids), "owner": owner, "lease": lease})
        claims = {claim.dossier_id: claim for claim in map(_claim, rows)}
        return [claims[dossier_id] for dossier_id in ids]

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
        return [Settled(*row) for row in rows]

    async def lease_owners(self) -> list[str]:
        """Name everybody who holds a lease."""
        rows = await self._session.scalars(
            text("SELECT DISTINCT lease_owner FROM deliveries WHERE state = 'leased'")
        )
        return [owner for owner in rows if owner is not None]

    async def expire_leases(self, *, of: Sequence[str] = ()) -> int:
        """Turn leases that ran out, and those `of` the dead, into *unknown*: their holder may have sent.

        A dossier with which workers die again and again is parked; `domain.order` sends it alone before.
        """
        result = await self._session.execute(_EXPIRE, {"crashes": CRASHES_TO_PARK, "dead": list(of)})
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


def _claim(row: Sequence[Any]) -> Claim:
    dossier_id, unit_id, token, attempt, ask_first, on_portal, acked_version, acked_seq, portal_due_at = row
    cursor = Cursor(on_portal, acked_version, acked_seq)
    return Claim(dossier_id, unit_id, token, attempt, ask_first, cursor, portal_due_at)
