"""What database and portal hold at the end of a run, as the checker wants it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

import asyncpg
import httpx

from tests.servers import asyncpg_dsn

_VIETNAM: Final = timezone(timedelta(hours=7))
_READERS: Final = 16

_DOSSIERS: Final = """
SELECT d.id::text, d.code, d.summary, d.version, d.last_seq, v.state, v.park_cause, v.target_version,
    v.target_seq, v.acked_seq, v.acked_version, v.on_portal
FROM dossiers d LEFT JOIN deliveries v ON v.dossier_id = d.id
"""
_ENTRIES: Final = """
SELECT dossier_id::text, seq, kind, status, occurred_at, text FROM progress_entries ORDER BY dossier_id, seq
"""
_KEYS: Final = """
SELECT key, coalesce(array_agg(row->>'id'), '{}') AS ids
FROM idempotency_keys, jsonb_array_elements(answer->'received') AS row GROUP BY client_id, route, key
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A progress entry as both sides can compare it; `occurred` in the portal's notation."""

    occurred: str
    status: int
    text: str


@dataclass(frozen=True, slots=True)
class StoredEntry:
    seq: int
    travels: bool
    entry: Entry


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    state: str
    park_cause: str | None
    target_version: int
    target_seq: int
    acked_version: int
    acked_seq: int
    on_portal: bool


@dataclass(frozen=True, slots=True)
class StoredDossier:
    """A dossier of our database; `marker` is that of the create."""

    id: str
    code: str
    marker: str
    version: int
    last_seq: int
    entries: tuple[StoredEntry, ...]
    delivery: StoredDelivery | None

    @property
    def travelling(self) -> list[Entry]:
        return [stored.entry for stored in self.entries if stored.travels]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the portal stored: entries by dossier in order of arrival; creates that it stored twice."""

    entries: Mapping[str, tuple[Entry, ...]]
    doubled_creates: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """`answers` gives the dossiers of each remembered Idempotency-Key; `logs` is all that was written."""

    dossiers: Sequence[StoredDossier]
    answers: Mapping[str, Sequence[str]]
    ledger: Ledger
    logs: Mapping[str, bytes]

    def count(self, state: str) -> int:
        return sum(d.delivery is not None and d.delivery.state == state for d in self.dossiers)


async def read_database(url: str) -> tuple[list[StoredDossier], dict[str, list[str]]]:
    """Read everything in one snapshot."""
    connection = await asyncpg.connect(asyncpg_dsn(url))
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            dossiers = await connection.fetch(_DOSSIERS)
            lines = await connection.fetch(_ENTRIES)
            keys = await connection.fetch(_KEYS)
    finally:
        await connection.close()
    entries: dict[str, list[StoredEntry]] = {}
    for line in lines:
        entries.setdefault(line["dossier_id"], []).append(_entry(line))
    stored = [_dossier(row, tuple(entries.get(row["id"], ()))) for row in dossiers]
    return stored, {row["key"]: list(row["ids"]) for row in keys}


async def read_ledger(portal: httpx.AsyncClient) -> Ledger:
    """Read all that the mock portal stored, entry by entry."""
    summary = (await portal.get("/_control/ledger/summary")).raise_for_status().json()
    codes = [row async for row in _codes(portal)]
    turns = asyncio.Semaphore(_READERS)

    async def read(code: str) -> tuple[str, tuple[Entry, ...]]:
        async with turns:
            answer = await portal.get("/_control/ledger", params={"mahoso": code})
        progress = answer.raise_for_status().json()["progress"]
        return code, tuple(Entry(e["occurred"], int(e["status"]), e["text"]) for e in progress)

    return Ledger(
        entries=dict(await asyncio.gather(*(read(code) for code in codes))),
        doubled_creates=summary["duplicate_dossiers"],
    )


async def _codes(portal: httpx.AsyncClient) -> AsyncIterator[str]:
    offset: int | None = 0
    while offset is not None:
        page = (await portal.get("/_control/ledger/codes", params={"offset": offset, "limit": 10_000})).json()
        for row in page["rows"]:
            yield row["code"]
        offset = page["next_offset"]


def wire_time(at: datetime) -> str:
    """Write a moment as the portal does: Vietnam's zone, to the second."""
    return at.astimezone(_VIETNAM).strftime("%Y%m%d%H%M%S")


def _entry(line: asyncpg.Record) -> StoredEntry:
    entry = Entry(wire_time(line["occurred_at"]), line["status"], line["text"])
    return StoredEntry(line["seq"], line["kind"] == "progress", entry)


def _dossier(row: asyncpg.Record, entries: tuple[StoredEntry, ...]) -> StoredDossier:
    delivery = None
    if row["state"] is not None:
        delivery = StoredDelivery(
            **{name: row[name] for name in StoredDelivery.__slots__},
        )
    return StoredDossier(
        row["id"], row["code"], row["summary"], row["version"], row["last_seq"], entries, delivery
    )
