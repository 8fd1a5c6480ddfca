"""What the portal holds: dossiers in order of arrival, each with its body versions and progress."""

import asyncio
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice

from services.mock_portal.ledger import Call


@dataclass(frozen=True, slots=True)
class Body:
    """The fields of one pushed dossier body that look-ups and verdicts read, in wire notation."""

    call: Call
    procedure: str
    status: str
    received: str
    due: str
    ended: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One progress entry, in wire notation."""

    call: Call
    occurred: str
    status: str
    officer: str
    text: str

    def repeats(self, other: "Entry") -> bool:
        return (self.occurred, self.status, self.text) == (other.occurred, other.status, other.text)


@dataclass(slots=True)
class Dossier:
    code: str
    bodies: list[Body]
    entries: list[Entry] = field(default_factory=list)
    latest_occurred: str = ""

    @property
    def body(self) -> Body:
        return self.bodies[-1]


@dataclass(slots=True)
class StoreCounts:
    entries: int = 0
    duplicate_dossiers: int = 0
    """Creates stored although the dossier was there."""
    duplicate_entries: int = 0
    """Entries stored although one with the same time, status and text was there."""
    out_of_order_entries: int = 0
    """Entries older than the newest one the dossier had."""


class Store:
    def __init__(self) -> None:
        self._by_code: dict[str, Dossier] = {}
        self._in_order: list[Dossier] = []
        self._changed: asyncio.Event | None = None
        self._stopped = False
        self.waits = 0
        """How many callers of `wait_until` wait at this moment."""
        self.counts = StoreCounts()

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def find(self, code: str) -> Dossier | None:
        return self._by_code.get(code)

    def page(self, start: int, size: int) -> Iterator[Dossier]:
        """Dossiers `start` to `start + size` in order of arrival."""
        return islice(self._in_order, start, start + size)

    def create(self, code: str, body: Body) -> None:
        dossier = self._by_code.get(code)
        if dossier is not None:
            dossier.bodies.append(body)
            self.counts.duplicate_dossiers += 1
        else:
            dossier = self._by_code[code] = Dossier(code, [body])
            self._in_order.append(dossier)
        self._announce()

    def update(self, code: str, body: Body) -> None:
        self._by_code[code].bodies.append(body)
        self._announce()

    def append(self, code: str, entry: Entry, *, deduplicate: bool) -> None:
        """Add an entry to a known dossier; repeats are counted, and dropped if so asked."""
        dossier = self._by_code[code]
        if any(entry.repeats(held) for held in dossier.entries):
            if deduplicate:
                return
            self.counts.duplicate_entries += 1
        if entry.occurred < dossier.latest_occurred:
            self.counts.out_of_order_entries += 1
        else:
            dossier.latest_occurred = entry.occurred
        dossier.entries.append(entry)
        self.counts.entries += 1
        self._announce()

    def lose(self, codes: Collection[str]) -> None:
        """Drop dossiers as though they had never come."""
        lost = {code for code in codes if code in self._by_code}
        self.counts.entries -= sum(len(self._by_code.pop(code).entries) for code in lost)
        self._in_order = [dossier for dossier in self._in_order if dossier.code not in lost]
        self._announce()

    def lose_entries(self, code: str, *, kept: int) -> None:
        """Drop all but the first entries of a dossier, as though the rest had never come."""
        dossier = self._by_code[code]
        self.counts.entries -= len(dossier.entries[kept:])
        del dossier.entries[kept:]
        dossier.latest_occurred = max((entry.occurred for entry in dossier.entries), default="")
        self._announce()

    def clear(self) -> None:
        self._by_code.clear()
        self._in_order.clear()
        self.counts = StoreCounts()
        self._announce()

    async def wait_until(self, reached: Callable[[], bool], *, timeout_seconds: float) -> bool:
        """Wait for `reached`, asked again after every change; false when the time is up first."""
        self.waits += 1
        try:
            async with asyncio.timeout(timeout_seconds):
                while not reached():
                    if self._stopped:
                        return False
                    self._changed = self._changed or asyncio.Event()
                    await self._changed.wait()
        except TimeoutError:
            return False
        finally:
            self.waits -= 1
        return True

    def stop_waits(self) -> None:
        """Let everybody who waits go at once, for the shutdown."""
        self._stopped = True
        self._announce()

    def _announce(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None


def shared(text: str) -> str:
    """One object for texts that repeat from dossier to dossier (codes, officers)."""
    return sys.intern(text)
