"""Every call that reached the portal, in order, with its body as it came."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

LOGIN: Final = "login"
UNKNOWN_SERVICE: Final = "unknown"

# Level 1 shrinks a call of 50 dossiers about 12 times in 0.3 ms; level 6 takes twice as long for 15 times.
_COMPRESSION_LEVEL: Final = 1
_COMPRESS_FROM_BYTES: Final = 4096


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_PROCESSED = "not_processed"
    """A fault came before the portal looked at the call."""


@dataclass(slots=True)
class Call:
    """One call; `arrived_at` is by the portal's clock."""

    number: int
    arrived_at: datetime
    service: str
    outcome: Outcome = Outcome.NOT_PROCESSED
    fault: str | None = None
    """Shape of the fault that struck it, before or after it was processed."""
    error_code: int | str | None = None
    message: str = ""
    packed_body: bytes = b""
    compressed: bool = False

    def keep_body(self, body: bytes) -> None:
        self.compressed = len(body) >= _COMPRESS_FROM_BYTES
        self.packed_body = zlib.compress(body, _COMPRESSION_LEVEL) if self.compressed else body

    def body(self) -> dict[str, object]:
        raw = zlib.decompress(self.packed_body) if self.compressed else self.packed_body
        body: dict[str, object] = json.loads(raw)
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
    """Grows with the traffic until it is cleared; bodies are kept compressed."""

    def __init__(self) -> None:
        self._number = 0
        self._trail: dict[str, list[tuple[Call, int]]] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._struck: Counter[str] = Counter()

    def open_call(self, service: str, *, arrived_at: datetime) -> Call:
        self._number += 1
        return Call(self._number, arrived_at, service)

    def note_item(self, call: Call, index: int, code: str) -> None:
        """Remember that element `index` of the call's `data` concerned this dossier."""
        self._trail.setdefault(code, []).append((call, index))

    def close_call(self, call: Call) -> None:
        self._counts.setdefault(call.service, Counter())[call.result] += 1
        if call.fault is not None:
            self._struck[call.fault] += 1

    def items_of(self, code: str) -> Iterator[LedgerItem]:
        """Everything received about one dossier, in order of arrival, refused calls too."""
        for call, index in self._trail.get(code, ()):
            data = call.body().get("data")
            yield LedgerItem(call, data[index] if isinstance(data, list) else None)

    def call_counts(self) -> dict[str, dict[str, int]]:
        """Count calls by service and result."""
        return {service: dict(counts) for service, counts in sorted(self._counts.items())}

    def struck_counts(self) -> dict[str, int]:
        """Count calls hit by a fault, by its shape, whether they were processed or not."""
        return dict(sorted(self._struck.items()))

    def clear(self) -> None:
        self._trail.clear()
        self._counts.clear()
        self._struck.clear()
