"""Finding calls in the ledger, and what came close."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from heapq import nsmallest
from math import inf
from typing import Any, Final

from services.mock_portal.ledger import Call, Ledger

MISSING: Final = "(không có / missing)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A received item matches when everything that is asked for fits; what is `None` is not asked for."""

    service: str | None = None
    unit: str | None = None
    mahoso: str | None = None
    """Shell pattern."""
    outcome: str | None = None
    fault: str | None = None
    item: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the element of `data`, or of the body for a call without elements."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    field: str
    wanted: Any
    got: Any


@dataclass(frozen=True, slots=True)
class Candidate:
    call: Call
    index: int
    item: Any
    mismatches: Sequence[Mismatch]

    @property
    def distance(self) -> int:
        """How far it is from a match; a field that is not there counts for two."""
        return sum(2 if mismatch.got == MISSING else 1 for mismatch in self.mismatches)


class Search:
    """Looks at every call once: asked again, it goes on where it stopped."""

    def __init__(self, ledger: Ledger, wanted: Wanted, *, after: int = 0, keep: int) -> None:
        self._ledger = ledger
        self._wanted = wanted
        self._seen = after
        self._keep = keep
        self.count = 0
        self.matches: list[Candidate] = []
        """The first ones."""
        self.near: list[Candidate] = []
        """Those that differ least, earliest first among equals."""

    def advance(self, calls: int) -> bool:
        """Look at the next calls, so many at most; whether there were any."""
        looked = 0
        for call in self._ledger.calls(self._seen):
            if looked == calls:
                break
            looked += 1
            self._seen = call.number
            self._look_at(call)
        return looked > 0

    def _look_at(self, call: Call) -> None:
        about_call = list(_call_mismatches(self._wanted, call))
        if len(about_call) >= self._farthest():
            return
        for index, item in _items_of(call):
            mismatches = [*about_call, *_item_mismatches(self._wanted, item)]
            if not mismatches:
                self.count += 1
                if len(self.matches) < self._keep:
                    self.matches.append(Candidate(call, index, item, ()))
            else:
                self._note_near(Candidate(call, index, item, mismatches))

    def _farthest(self) -> float:
        """From this distance on there is no place left among the nearest."""
        return self.near[-1].distance if len(self.near) == self._keep else inf

    def _note_near(self, candidate: Candidate) -> None:
        if candidate.distance < self._farthest():
            self.near = nsmallest(self._keep, [*self.near, candidate], key=lambda near: near.distance)


def _call_mismatches(wanted: Wanted, call: Call) -> Iterator[Mismatch]:
    given = {"service": call.service, "unit": call.unit, "outcome": call.outcome.value, "fault": call.fault}
    for name, got in given.items():
        asked = getattr(wanted, name)
        if asked is not None and asked != got:
            yield Mismatch(name, asked, got)


def _items_of(call: Call) -> Iterator[tuple[int, Any]]:
    body = call.body()
    data = body.get("data")
    if isinstance(data, list) and data:
        yield from enumerate(data)
    else:
        yield 0, {name: value for name, value in body.items() if name != "session"}


def _item_mismatches(wanted: Wanted, item: Any) -> Iterator[Mismatch]:
    fields = item if isinstance(item, dict) else {}
    if wanted.mahoso is not None:
        code = fields.get("MaHoSo", fields.get("mahoso", MISSING))
        if not isinstance(code, str) or not fnmatchcase(code, wanted.mahoso):
            yield Mismatch("mahoso", wanted.mahoso, code)
    for name, asked in wanted.item.items():
        got = fields.get(name, MISSING)
        if got != asked:
            yield Mismatch(f"item.{name}", asked, got)
