"""The chain over the audit log: which entry has which place, and the roots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.audit_chain import Root

#: Any number will do; one sealer at a time, because each link builds on the one before.
_LOCK: Final = 766_2018

#: One text per entry, the same for ever: a new column of the log would need a form of its own.
_CANONICAL: Final = """
jsonb_build_array(a.id, CAST(extract(epoch FROM a.at) * 1000000 AS bigint), a.xid, a.client_id, a.actor,
    a.officer, a.device, a.unit_path, a.action, to_jsonb(a.objects), a.purpose, a.result, to_jsonb(a.changed),
    a.request_id)::text
"""
_MONTH: Final = "CAST(date_trunc('month', a.at AT TIME ZONE 'UTC') AS date)"

# Whoever may still commit has an id of at least this.
_HORIZON: Final = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_SEEN: Final = text("SELECT coalesce((SELECT seen_xid FROM audit_roots ORDER BY id DESC LIMIT 1), 0)")

_UNSEALED: Final = text(f"""
SELECT a.id, a.xid, {_MONTH} AS month, {_CANONICAL} AS canonical
FROM audit_log a
WHERE a.xid >= :seen AND NOT EXISTS (SELECT FROM audit_links l WHERE l.entry_id = a.id)
ORDER BY a.xid, a.id LIMIT :limit
""")  # noqa: S608 - joins constants

_HEAD: Final = text(
    "SELECT position, hash FROM audit_links WHERE month = :month ORDER BY position DESC LIMIT 1"
)

_ADD: Final = text("""
INSERT INTO audit_links (month, position, entry_id, hash)
SELECT * FROM unnest(CAST(:months AS date[]), CAST(:positions AS bigint[]), CAST(:ids AS bigint[]),
    CAST(:hashes AS bytea[]))
""")

_ADD_ROOT: Final = text(
    "INSERT INTO audit_roots (month, position, hash, seen_xid) VALUES (:month, :position, :hash, :seen)"
)
_ROOTS: Final = text(
    "SELECT id, month, position, hash, sealed_at FROM audit_roots WHERE id > :after ORDER BY id LIMIT :limit"
)

_MONTHS: Final = text(f"""
SELECT DISTINCT month FROM audit_links UNION SELECT DISTINCT month FROM audit_roots
UNION SELECT DISTINCT {_MONTH} FROM audit_log a ORDER BY 1
""")  # noqa: S608 - joins constants

# An entry that was dated into another month is not found in its own.
_SEALED: Final = text(f"""
SELECT l.position, l.entry_id, l.hash, e.canonical
FROM audit_links l LEFT JOIN LATERAL (
    SELECT {_CANONICAL} AS canonical FROM audit_log a
    WHERE a.id = l.entry_id AND a.at >= CAST(:month AS timestamp) AT TIME ZONE 'UTC'
        AND a.at < (CAST(:month AS timestamp) + interval '1 month') AT TIME ZONE 'UTC'
) e ON true
WHERE l.month = :month AND l.position > :after ORDER BY l.position LIMIT :limit
""")  # noqa: S608 - joins constants

_SLIPPED_IN: Final = text(f"""
SELECT a.id, {_MONTH} AS month FROM audit_log a
WHERE a.xid < :seen AND NOT EXISTS (SELECT FROM audit_links l WHERE l.entry_id = a.id)
ORDER BY a.id LIMIT :limit
""")  # noqa: S608 - joins constants

_WAITING: Final = text("""
SELECT count(*) FROM audit_log a
WHERE a.xid >= :seen AND NOT EXISTS (SELECT FROM audit_links l WHERE l.entry_id = a.id)
""")


@dataclass(frozen=True, slots=True)
class Unsealed:
    """An entry that has no link yet."""

    entry_id: int
    xid: int
    month: date
    canonical: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A link, and the entry that it covers as it stands now; `None` if that is gone from its month."""

    position: int
    entry_id: int
    hash: bytes
    canonical: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A link to be added."""

    month: date
    position: int
    entry_id: int
    hash: bytes


class LinkRepository:
    """Reads and extends the chain; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def try_alone(self) -> bool:
        """Keep other sealers out until the transaction ends; `False` if one is at it."""
        alone: bool = (
            await self._session.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK})
        ).scalar_one()
        return alone

    async def horizon(self) -> int:
        """Give the transaction id below which nothing can be added to the log any more.

        Whatever is not seen by a later statement of this session is of a transaction at or behind it.
        """
        horizon: int = (await self._session.execute(_HORIZON)).scalar_one()
        return horizon

    async def seen(self) -> int:
        """Give the horizon of the newest root: all entries of earlier transactions have links."""
        seen: int = (await self._session.execute(_SEEN)).scalar_one()
        return seen

    async def unsealed(self, *, seen: int, limit: int) -> list[Unsealed]:
        """Give entries without a link, of transactions from `seen` on, in the order of these."""
        rows = await self._session.execute(_UNSEALED, {"seen": seen, "limit": limit})
        return [Unsealed(row.id, row.xid, row.month, row.canonical) for row in rows]

    async def head(self, month: date) -> tuple[int, bytes] | None:
        """Give position and hash of a month's last link."""
        row = (await self._session.execute(_HEAD, {"month": month})).first()
        return None if row is None else (row.position, row.hash)

    async def add(self, links: Sequence[Link]) -> None:
        """Append links."""
        values = {
            "months": [link.month for link in links],
            "positions": [link.position for link in links],
            "ids": [link.entry_id for link in links],
            "hashes": [link.hash for link in links],
        }
        await self._session.execute(_ADD, values)

    async def add_root(self, month: date, position: int, hash_: bytes, *, seen: int) -> None:
        """Put down how far a chain has got."""
        values = {"month": month, "position": position, "hash": hash_, "seen": seen}
        await self._session.execute(_ADD_ROOT, values)

    async def roots(self, *, after: int, limit: int) -> list[Root]:
        """Give roots in order, from behind the id `after` on."""
        rows = await self._session.execute(_ROOTS, {"after": after, "limit": limit})
        return [Root(row.id, row.month, row.position, row.hash, row.sealed_at) for row in rows]

    async def months(self) -> list[date]:
        """Give all months that have entries, links or roots."""
        return list((await self._session.execute(_MONTHS)).scalars())

    async def sealed(self, month: date, *, after: int, limit: int) -> list[Sealed]:
        """Give links in order with their entries, from behind a position on."""
        rows = await self._session.execute(_SEALED, {"month": month, "after": after, "limit": limit})
        return [Sealed(row.position, row.entry_id, row.hash, row.canonical) for row in rows]

    async def slipped_in(self, *, seen: int, limit: int) -> list[tuple[int, date]]:
        """Give entries, with their months, that should have been seen when the newest root was made."""
        rows = await self._session.execute(_SLIPPED_IN, {"seen": seen, "limit": limit})
        return [(row.id, row.month) for row in rows]

    async def count_waiting(self, *, seen: int) -> int:
        """Count the entries that the next sealing will take."""
        count: int = (await self._session.execute(_WAITING, {"seen": seen})).scalar_one()
        return count
