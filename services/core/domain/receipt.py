"""What the record of calls proves: what the portal has acknowledged, when, and by which words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Final
from uuid import UUID

from services.core.domain.delivery import Operation
from services.core.domain.dossier import ProgressEntry

ACCEPTED: Final = "accepted"
FOUND: Final = "found"

#: Detail of a look-up that showed that the portal does not hold the dossier.
RECORD_ABSENT: Final = "absent"
_RECORD_PRESENT: Final = "present"

_BODIES: Final = frozenset({Operation.CREATE, Operation.UPDATE})


class AcknowledgedBy(StrEnum):
    """How we know that the portal holds an entry."""

    RECEIPT = "receipt"  #: it said so in answer to the call that carried the entry
    LOOK_UP = "look_up"  #: the answer was lost; it showed the entry when it was asked
    OFF_RECORD = "off_record"  #: acknowledged, but the calls of that time are no longer on record


@dataclass(frozen=True, slots=True)
class CallOnRecord:
    """One dossier in one call. `request_hash` is of the whole call's data, and empty for a look-up."""

    call_id: UUID
    operation: Operation
    outcome: str
    started_at: datetime
    finished_at: datetime
    version: int
    first_seq: int | None
    last_seq: int | None
    request_hash: bytes
    words: str | None

    @property
    def shows_dossier(self) -> bool:
        """Tell whether it is a look-up that found the dossier on the portal."""
        found = self.operation is Operation.LOOK_UP and self.outcome == FOUND
        return found and self.words != RECORD_ABSENT

    def carried(self, seq: int) -> bool:
        """Tell whether an entry was in the call."""
        return (
            self.first_seq is not None
            and self.last_seq is not None
            and (self.first_seq <= seq <= self.last_seq)
        )


@dataclass(frozen=True, slots=True)
class CallRun:
    """Calls in a row that differ in nothing but their times: `first` and as many after it as `count` says."""

    first: CallOnRecord
    count: int
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """When and how the portal acknowledged; `at` is `None` where the record no longer says."""

    at: datetime | None
    by: AcknowledgedBy


def record_shown(entries: int | None) -> str:
    """Write down what a look-up showed; `None` for a portal that shows no history."""
    return _RECORD_PRESENT if entries is None else f"{_RECORD_PRESENT}, {entries} entries"


def entry_acknowledged(
    entry: ProgressEntry, recorded_at: datetime, calls: Sequence[CallOnRecord]
) -> Acknowledgement:
    """Find the proof for an entry that the cursor has passed.

    `calls` are in the order of their start. Where no call was accepted with the entry, a look-up that came
    after the last call that carried it (or, if the answer was lost with the worker, after the entry itself)
    is what moved the cursor.
    """
    carriers = [call for call in calls if call.operation is Operation.PROGRESS and call.carried(entry.seq)]
    for call in carriers:
        if call.outcome == ACCEPTED:
            return Acknowledgement(call.finished_at, AcknowledgedBy.RECEIPT)
    asked_after = carriers[-1].finished_at if carriers else recorded_at
    for call in calls:
        if call.shows_dossier and call.started_at >= asked_after:
            return Acknowledgement(call.finished_at, AcknowledgedBy.LOOK_UP)
    return Acknowledgement(None, AcknowledgedBy.OFF_RECORD)


def body_acknowledged(version: int, calls: Iterable[CallOnRecord]) -> Acknowledgement:
    """Find the receipt for a version of the dossier's body; only a receipt ever moves that cursor."""
    for call in calls:
        if call.operation in _BODIES and call.outcome == ACCEPTED and call.version == version:
            return Acknowledgement(call.finished_at, AcknowledgedBy.RECEIPT)
    return Acknowledgement(None, AcknowledgedBy.OFF_RECORD)


def runs_of(calls: Iterable[CallOnRecord]) -> list[CallRun]:
    """Shorten a record for people: a night of failed calls becomes one line. Accepted calls stay apart."""
    runs = []
    for _, group in groupby(calls, key=_sameness):
        alike = list(group)
        runs.append(CallRun(alike[0], len(alike), alike[-1].finished_at))
    return runs


def _sameness(call: CallOnRecord) -> tuple[object, ...]:
    alone = call.call_id if call.outcome in {ACCEPTED, FOUND} else None
    return (
        alone,
        call.operation,
        call.outcome,
        call.version,
        call.first_seq,
        call.last_seq,
        call.request_hash,
        call.words,
    )
