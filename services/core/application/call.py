"""One call to the portal, and what is put on record about it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from services.core.application.shipment import Shipment
from services.core.domain.delivery import Operation
from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    AuthRefused,
    Found,
    LookUpOutcome,
    NotSent,
    Outcome,
    PortalRecord,
    Rejected,
    Unknown,
    outcome_name,
    refuses_service,
    was_missed,
    was_taken,
)
from services.core.domain.receipt import RECORD_ABSENT, record_shown
from services.core.persistence.attempts import Attempt, Carried


@dataclass(slots=True, init=False)
class Call:
    """Times are of the monotonic clock; the record keeps them as seconds before the settlement.

    `retries` if all that it carries was tried before. `refusal` names the outcome with which the portal
    refused service, and is `None` otherwise.
    """

    operation: Operation
    retries: bool
    taken: bool
    missed: bool
    refusal: str | None
    started_at: float
    ended_at: float
    _carried: list[Carried]
    _id: UUID = field(repr=False)
    _outcome: str
    _detail: str | None
    _digest: bytes

    def __init__(self, operation: Operation, shipments: Sequence[Shipment] = ()) -> None:
        self.operation = operation
        self.retries = bool(shipments) and all(shipment.claim.attempt > 1 for shipment in shipments)
        self.started_at = time.monotonic()
        self._id = uuid4()

    def end(self, shipments: Sequence[Shipment], outcome: Outcome | LookUpOutcome, digest: bytes) -> None:
        """Note how it went, and for which dossiers, before their cursors move on."""
        self.end_with([_carried(shipment) for shipment in shipments], outcome, digest)

    def end_with(
        self, carried: Sequence[Carried], outcome: Outcome | LookUpOutcome, digest: bytes = b""
    ) -> None:
        """Note the same for what nobody has claimed."""
        self._carried = list(carried)
        self.ended_at = time.monotonic()
        self._outcome = outcome_name(outcome)
        self._detail = _detail(outcome)
        self._digest = digest
        self.taken = was_taken(outcome)
        self.missed = was_missed(outcome)
        self.refusal = self._outcome if refuses_service(outcome) else None

    @property
    def dossiers(self) -> int:
        """Count what it carried, once it has ended."""
        return len(self._carried)

    def attempt(self, *, now: float) -> Attempt:
        """Give what goes on record; `now` is of the monotonic clock."""
        return Attempt(
            call_id=self._id,
            operation=self.operation,
            outcome=self._outcome,
            request_hash=self._digest,
            detail=self._detail,
            started_ago=now - self.started_at,
            finished_ago=now - self.ended_at,
            carried=self._carried,
        )


def _carried(shipment: Shipment) -> Carried:
    cargo = shipment.cargo
    first, last = (cargo[0].seq, cargo[-1].seq) if cargo else (None, None)
    return Carried(shipment.claim.dossier_id, shipment.body.version, first, last)


def _detail(outcome: Outcome | LookUpOutcome) -> str | None:
    """Keep the portal's words, the reason of what it did not take, and what a look-up showed."""
    match outcome:
        case Found(None):
            return RECORD_ABSENT
        case Found(PortalRecord(entries=entries)):
            return record_shown(None if entries is None else len(entries))
        case Accepted(words) | AlreadyExists(words):
            return words
        case Rejected(code, message):
            return f"{code}: {message}"
        case NotSent(reason) | Unknown(reason) | AuthRefused(reason):
            return reason
        case _:
            return None
