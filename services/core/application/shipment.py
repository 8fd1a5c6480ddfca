"""One claimed dossier on its way to the portal."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.core.domain.delivery import (
    AskIn,
    Cursor,
    Operation,
    Park,
    Proceed,
    RetryIn,
    Step,
    Target,
    advance,
    company,
    next_operation,
    pass_over,
    resolve,
)
from services.core.domain.dossier import ProgressEntry
from services.core.domain.filing import DossierBody, Origin
from services.core.domain.outcome import PortalRecord
from services.core.domain.park_group import Subject, group_of
from services.core.domain.verdict import Comparison, judged, portal_flag
from services.core.persistence.deliveries import Claim, Ending, Settlement

#: Steps that end the work on a dossier until it is claimed again.
Stop = RetryIn | AskIn | Park


@dataclass(slots=True)
class Shipment:
    """A claim with what is to be sent, and how far that has got.

    `target` is what there is to send: read after the claim, so never older than it.
    `cursor` moves with every acknowledged call; `stop` says why the work ended early. `in_flight` holds
    from the moment a request may leave until its outcome is known, so also from the start where an earlier
    claim has left that open. `cargo` are the entries in the present call; `settled` dossiers are no longer
    ours.
    """

    claim: Claim
    body: DossierBody
    entries: tuple[ProgressEntry, ...]
    target: Target = field(init=False)
    cursor: Cursor = field(init=False)
    portal_due_at: datetime | None = field(init=False)
    in_flight: bool = field(init=False)
    cargo: tuple[ProgressEntry, ...] = ()
    stop: Stop | None = None
    settled: bool = False

    def __post_init__(self) -> None:
        self.target = Target(self.body.version, self.entries[-1].seq)
        self.cursor = pass_over(self.claim.cursor, self.entries)
        self.portal_due_at = self.claim.portal_due_at
        self.in_flight = self.claim.ask_first

    @property
    def dossier_id(self) -> UUID:
        return self.claim.dossier_id

    @property
    def has_ended(self) -> bool:
        """Tell whether this round can do no more for the dossier."""
        return self.stop is not None or next_operation(self.cursor, self.target) is None

    def wants(self, operation: Operation) -> bool:
        """Tell whether this is the next call for the dossier."""
        return (
            not self.settled and self.stop is None and next_operation(self.cursor, self.target) is operation
        )

    def next_entries(self, at_most: int) -> tuple[ProgressEntry, ...]:
        """Give the next entries in order."""
        left = self.entries[self.cursor.acked_seq :]
        return tuple(entry for entry in left if entry.travels)[:at_most]

    def company(self, most: int) -> int:
        """Say with how many dossiers it may share a call."""
        return company(most, attempt=self.claim.attempt, suspect=self.claim.ask_first)

    def load(self, operation: Operation, *, entries_at_most: int) -> None:
        """Get ready for a call."""
        self.in_flight = True
        self.cargo = self.next_entries(entries_at_most) if operation is Operation.PROGRESS else ()

    def apply(self, step: Step, operation: Operation) -> None:
        """Take in what the domain decided after a push."""
        self.in_flight = False
        if not isinstance(step, Proceed):
            self.stop = step
            return
        seq = self.cargo[-1].seq if self.cargo else self.cursor.acked_seq
        moved = advance(self.cursor, operation, version=self.body.version, seq=seq)
        self.cursor = pass_over(moved, self.entries)
        if operation is not Operation.PROGRESS:
            self.portal_due_at = self.body.due_at

    def take_record(self, record: PortalRecord | None) -> None:
        """Set the cursor by what the portal shows."""
        self.in_flight = False
        resolved = resolve(
            record,
            self.cursor,
            self.entries,
            born_on_portal=self.body.origin is Origin.PORTAL,
        )
        if isinstance(resolved, Park):
            self.stop = resolved
        else:
            self.cursor = resolved

    def cut_short(self, pause: timedelta) -> None:
        """End the work now; where a request may be on its way, it is to be asked about after `pause`."""
        if not self.has_ended:
            cause = "released at stop"
            self.stop = AskIn(pause, cause) if self.in_flight else RetryIn(timedelta(), cause)

    def settlement(self, comparison: Comparison) -> Settlement:
        """Say how the work on the claim has ended."""
        return Settlement(
            claim=self.claim,
            ending=self._ending(),
            cursor=self.cursor,
            target=self.target,
            portal_due_at=self.portal_due_at,
            flagged_at=portal_flag(
                judged(self.entries[: self.cursor.acked_seq]),
                portal_due_at=self.portal_due_at,
                due_at=self.body.due_at,
                comparison=comparison,
            ),
            delay=timedelta() if isinstance(self.stop, Park | None) else self.stop.delay,
            cause=self._cause(),
            park_cause=self.stop.cause if isinstance(self.stop, Park) else None,
            park_group=self._park_group(),
        )

    def _park_group(self) -> str | None:
        if not isinstance(self.stop, Park):
            return None
        subject = Subject(
            code=self.body.code,
            procedure_code=self.body.procedure_code,
            unit_code=self.body.unit_code,
            personal=self.body.applicant.personal_values,
        )
        return group_of(self.stop.cause, self.stop.detail, subject)

    def _cause(self) -> str | None:
        match self.stop:
            case None:
                return None
            case Park(detail=detail):
                return detail
            case RetryIn(cause=cause) | AskIn(cause=cause):
                return cause

    def _ending(self) -> Ending:
        match self.stop:
            case None:
                return Ending.ASK if self.in_flight else Ending.DONE
            case RetryIn():
                return Ending.RETRY
            case AskIn():
                return Ending.ASK
            case Park():
                return Ending.PARK
