"""One claimed dossier on its way to the portal, moved by the functions of the domain."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.core.domain.delivery import (
    AskIn,
    Cursor,
    DeliveryState,
    Operation,
    Park,
    Proceed,
    RetryIn,
    Step,
    Target,
    advance,
    company,
    next_operation,
    resolve,
)
from services.core.domain.dossier import ProgressEntry
from services.core.domain.outcome import PortalRecord
from services.simulation.portal import Part
from services.simulation.row import Row

Stop = RetryIn | AskIn | Park


@dataclass(slots=True, eq=False)
class Parcel:
    """A claim: what was known when it was made, and how far it has got. `attempt` counts from 1."""

    row: Row
    ask_first: bool = field(init=False)
    attempt: int = field(init=False)
    target: Target = field(init=False)
    cursor: Cursor = field(init=False)
    cargo: Sequence[ProgressEntry] = ()
    stop: Stop | None = None
    in_flight: bool = field(init=False)

    def __post_init__(self) -> None:
        self.ask_first = self.in_flight = self.row.state is DeliveryState.UNKNOWN
        self.attempt = self.row.attempts
        self.target = self.row.target
        self.cursor = self.row.cursor
        self.row.state = DeliveryState.LEASED

    def wants(self, operation: Operation) -> bool:
        """Tell whether this is the next call for the dossier."""
        return self.stop is None and next_operation(self.cursor, self.target) is operation

    def company(self, most: int) -> int:
        """Say with how many dossiers it may share a call."""
        return company(most, attempt=self.attempt, suspect=self.ask_first)

    def load(self, operation: Operation, entries_at_most: int) -> Part:
        """Get ready for a call, and give this dossier's part of it."""
        known = self.row.case.entries[: self.target.seq]
        progress = operation is Operation.PROGRESS
        self.cargo = known[self.cursor.acked_seq :][:entries_at_most] if progress else ()
        return Part(self.row.case, self.target.version, self.cargo)

    def entries_left(self) -> int:
        """Count the entries that are not acknowledged."""
        return self.target.seq - self.cursor.acked_seq

    def apply(self, step: Step, operation: Operation) -> None:
        """Take in what the domain decided after a push."""
        self.in_flight = False
        if not isinstance(step, Proceed):
            self.stop = step
            return
        seq = self.cargo[-1].seq if self.cargo else self.cursor.acked_seq
        self.cursor = advance(self.cursor, operation, version=self.target.version, seq=seq)

    def take_record(self, record: PortalRecord | None) -> None:
        """Set the cursor by what the portal shows."""
        self.in_flight = False
        entries = self.row.case.entries[: self.target.seq]
        resolved = resolve(record, self.cursor, entries, born_on_portal=False)
        if isinstance(resolved, Park):
            self.stop = resolved
        else:
            self.cursor = resolved
