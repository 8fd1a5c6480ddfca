"""What the portal holds: dossiers in order of arrival, each with its body versions and progress."""

import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import islice

from services.mock_portal.ledger import Call

# Of one task, so that a call which lets others in between does not double theirs.
_COPIES: ContextVar[int] = ContextVar("copies", default=1)


@dataclass(frozen=True, slots=True)
class Body:
    """The fields of one pushed dossier body that look-ups and verdicts read, in wire notation."""

    call: Call
    procedure: str
    status: str
    received: str
    due: str
    ended: str
    unit: str = ""
    """`madonvi` of the call that brought it."""
    handler: str = ""
    """DonViXuLy."""
    facts: int = 0
    """Bits of `body_facts`."""
    supplements: tuple[tuple[str, str], ...] = ()
    """NgayBoSung and NgayTiepNhanBoSung of DanhSachHoSoBoSung; the second is empty while unanswered."""


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

    @property
    def unit(self) -> str:
        """Organisation that brought it first."""
        return self.bodies[0].unit


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
        for _ in range(_COPIES.get()):
            dossier = self._by_code.get(code)
            if dossier is not None:
                dossier.bodies.append(body)
                self.counts.duplicate_dossiers += 1
            else:
                dossier = self._by_code[code] = Dossier(code, [body])
                self._in_order.append(dossier)

    def update(self, code: str, body: Body) -> None:
        self._by_code[code].bodies.extend([body] * _COPIES.get())

    def append(self, code: str, entry: Entry, *, deduplicate: bool) -> None:
        """Add an entry to a known dossier; repeats are counted, and dropped if so asked."""
        for _ in range(_COPIES.get()):
            dossier = self._by_code[code]
            if any(entry.repeats(held) for held in dossier.entries):
                if deduplicate and _COPIES.get() == 1:
                    return
                self.counts.duplicate_entries += 1
            if entry.occurred < dossier.latest_occurred:
                self.counts.out_of_order_entries += 1
            else:
                dossier.latest_occurred = entry.occurred
            dossier.entries.append(entry)
            self.counts.entries += 1

    @contextmanager
    def storing_twice(self) -> Iterator[None]:
        """Let everything be stored two times over, as by a gateway that repeats calls on its own."""
        token = _COPIES.set(2)
        try:
            yield
        finally:
            _COPIES.reset(token)

    def withdraw(self, call: Call, codes: Iterable[str]) -> None:
        """Take back what one call brought about these dossiers; one left without a body is gone."""
        for code in codes:
            dossier = self._by_code.get(code)
            if dossier is None:
                continue
            dossier.bodies = [body for body in dossier.bodies if body.call is not call]
            kept = [entry for entry in dossier.entries if entry.call is not call]
            self.counts.entries -= len(dossier.entries) - len(kept)
            dossier.entries = kept
            dossier.latest_occurred = max((entry.occurred for entry in kept), default="")
            if not dossier.bodies:
                self._remove({code})

    def drop_unit(self, unit: str) -> int:
        """Forget the dossiers that this unit brought first, and give their number."""
        codes = {dossier.code for dossier in self._in_order if dossier.unit == unit}
        self._remove(codes)
        return len(codes)

    def put(self, dossier: Dossier) -> None:
        """Take a dossier in as it was kept elsewhere; of the counts, only entries are counted."""
        self._by_code[dossier.code] = dossier
        self.counts.entries += len(dossier.entries)
        self._in_order.append(dossier)

    def lose(self, codes: Collection[str]) -> None:
        """Drop dossiers as though they had never come."""
        self._remove({code for code in codes if code in self._by_code})

    def lose_entries(self, code: str, *, kept: int) -> None:
        """Drop all but the first entries of a dossier, as though the rest had never come."""
        dossier = self._by_code[code]
        self.counts.entries -= len(dossier.entries[kept:])
        del dossier.entries[kept:]
        dossier.latest_occurred = max((entry.occurred for entry in dossier.entries), default="")

    def clear(self) -> None:
        self._by_code.clear()
        self._in_order.clear()
        self.counts = StoreCounts()

    def _remove(self, codes: set[str]) -> None:
        for code in codes:
            self.counts.entries -= len(self._by_code.pop(code).entries)
        self._in_order = [dossier for dossier in self._in_order if dossier.code not in codes]


def shared(text: str) -> str:
    """One object for texts that repeat from dossier to dossier (codes, officers)."""
    return sys.intern(text)
