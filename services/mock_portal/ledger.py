"""Every call that reached the portal, in order, with its body as it came."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from services.mock_portal.archive import Archive, Block

LOGIN: Final = "login"
UNKNOWN_SERVICE: Final = "unknown"


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_PROCESSED = "not_processed"
    """A fault, the capacity or maintenance came before the portal looked at the call."""


@dataclass(slots=True, eq=False)
class Call:
    """One call; `arrived_at` is by the portal's clock."""

    number: int
    arrived_at: datetime
    service: str
    unit: str = ""
    """`madonvi`, the organisation that called."""
    outcome: Outcome = Outcome.NOT_PROCESSED
    fault: str | None = None
    """What struck it, before or after it was processed: a fault's shape, `capacity` or `maintenance`."""
    error_code: int | str | None = None
    message: str = ""
    withdrawn_at: datetime | None = None
    """When the portal took back what it had accepted."""
    block: Block | None = None
    place: int = 0

    def body(self) -> dict[str, object]:
        """Give the parsed body; a log-in, whose body is never kept, and an unreadable call have none."""
        if self.block is None:
            return {}
        body: dict[str, object] = json.loads(self.block.read(self.place))
        return body

    @property
    def result(self) -> str:
        """What the summary counts it as."""
        if self.outcome is Outcome.NOT_PROCESSED and self.fault is not None:
            return self.fault
        return self.outcome.value


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """One element of one call's `data`."""

    call: Call
    item: object


class Ledger:
    """Grows with the traffic until it is cleared."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._archive = Archive()
        # Call and index by turns: a pair of its own for each would take a fifth of all memory.
        self._trail: dict[str, list[Any]] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._struck: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._calls)

    def open_call(self, service: str, *, arrived_at: datetime, unit: str = "") -> Call:
        """Enter a call under the next number; whoever opens it closes it before anything else happens."""
        call = Call(len(self._calls) + 1, arrived_at, service, unit)
        self._calls.append(call)
        return call

    def keep_body(self, call: Call, raw: bytes) -> None:
        call.block, call.place = self._archive.keep(raw)

    def note_item(self, call: Call, index: int, code: str) -> None:
        """Remember that element `index` of the call's `data` concerned this dossier."""
        self._trail.setdefault(code, []).extend((call, index))

    def close_call(self, call: Call) -> None:
        self._counts.setdefault(call.service, Counter())[call.result] += 1
        if call.fault is not None:
            self._struck[call.fault] += 1

    def calls(self, after: int = 0) -> Iterator[Call]:
        """Every call with a number above `after`, in order of arrival."""
        return islice(self._calls, after, None)

    def find_call(self, number: int) -> Call | None:
        return self._calls[number - 1] if 1 <= number <= len(self._calls) else None

    def latest(self, count: int) -> list[Call]:
        return self._calls[-count:]

    def items_of(self, code: str) -> Iterator[LedgerItem]:
        """Everything received about one dossier, in order of arrival, refused calls too."""
        trail = iter(self._trail.get(code, ()))
        for call, index in zip(trail, trail, strict=True):
            data = call.body().get("data")
            yield LedgerItem(call, data[index] if isinstance(data, list) else None)

    def trail(self) -> Iterator[tuple[str, Call, int]]:
        """Every dossier code with a call that concerned it, and the index in its `data`."""
        for code, noted in self._trail.items():
            trail = iter(noted)
            for call, index in zip(trail, trail, strict=True):
                yield code, call, index

    def call_counts(self) -> dict[str, dict[str, int]]:
        """Count calls by service and result."""
        return {service: dict(counts) for service, counts in sorted(self._counts.items())}

    def struck_counts(self) -> dict[str, int]:
        """Count calls hit by a fault, by its shape, whether they were processed or not."""
        return dict(sorted(self._struck.items()))

    def clear(self) -> None:
        self._calls.clear()
        self._archive = Archive()
        self._trail.clear()
        self._counts.clear()
        self._struck.clear()
