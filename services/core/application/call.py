"""One call to the portal, and what is put on record about it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from services.core.application.shipment import Shipment
from services.core.domain.delivery import (
    AuthRefused,
    LookUpOutcome,
    NotSent,
    Operation,
    Outcome,
    Rejected,
    Unknown,
    outcome_name,
    reached_portal,
)
from services.core.persistence.attempts import Attempt


@dataclass(frozen=True, slots=True)
class _Carried:
    """What of one dossier was in the call; taken at the start, because the cursor moves on."""

    dossier_id: UUID
    version: int
    first_seq: int | None
    last_seq: int | None


@dataclass(slots=True, init=False)
class Call:
    """Times are of the monotonic clock; the record keeps them as seconds before the settlement."""

    operation: Operation
    reached: bool
    started_at: float
    _carried: list[_Carried]
    _id: UUID = field(repr=False)
    _ended_at: float
    _outcome: str
    _detail: str | None
    _digest: bytes

    def __init__(self, operation: Operation, shipments: Sequence[Shipment]) -> None:
        self.operation = operation
        self.started_at = time.monotonic()
        self._id = uuid4()
        self._carried = [_carried(operation, shipment) for shipment in shipments]

    def end(self, outcome: Outcome | LookUpOutcome, digest: bytes) -> None:
        """Note how it went."""
        self._ended_at = time.monotonic()
        self._outcome = outcome_name(outcome)
        self._detail = _detail(outcome)
        self._digest = digest
        self.reached = reached_portal(outcome)

    def attempts(self, *, now: float) -> list[Attempt]:
        """Give a line of the record for each dossier; `now` is of the monotonic clock."""
        return [
            Attempt(
                dossier_id=carried.dossier_id,
                call_id=self._id,
                operation=self.operation,
                outcome=self._outcome,
                version=carried.version,
                first_seq=carried.first_seq,
                last_seq=carried.last_seq,
                request_hash=self._digest,
                detail=self._detail,
                started_ago=now - self.started_at,
                finished_ago=now - self._ended_at,
            )
            for carried in self._carried
        ]


def _carried(operation: Operation, shipment: Shipment) -> _Carried:
    sent = shipment.pending_entries if operation is Operation.PROGRESS else ()
    return _Carried(
        dossier_id=shipment.dossier_id,
        version=shipment.body.version,
        first_seq=sent[0].seq if sent else None,
        last_seq=sent[-1].seq if sent else None,
    )


def _detail(outcome: Outcome | LookUpOutcome) -> str | None:
    match outcome:
        case Rejected(code, message):
            return f"{code}: {message}"
        case NotSent(reason) | Unknown(reason):
            return reason
        case AuthRefused(message):
            return message
        case _:
            return None
