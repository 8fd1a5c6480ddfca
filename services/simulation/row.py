"""What the queue knows of one dossier: the delivery row of the worker, in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from services.core.domain.delivery import Cursor, DeliveryState, Target
from services.core.domain.verdict import Comparison
from services.simulation.case import FIRST_VERSION, Case, in_order


@dataclass(slots=True, eq=False)
class Row:
    """State of a delivery; times in seconds since the epoch, `flagged_at` as the worker would store it."""

    case: Case
    flagged_at: datetime | None
    state: DeliveryState = DeliveryState.SYNCED
    cursor: Cursor = field(default_factory=Cursor)
    version: int = FIRST_VERSION
    reported: int = 0
    attempts: int = 0
    next_attempt_at: float = 0.0
    due_since: float = 0.0

    @property
    def target(self) -> Target:
        """What there is to send now."""
        return Target(self.version, self.reported)

    @property
    def is_open(self) -> bool:
        """Tell whether the portal lacks anything."""
        return self.cursor.acked_version < self.version or self.cursor.acked_seq < self.reported

    @property
    def has_ended(self) -> bool:
        """Tell whether the desk is through with the dossier."""
        return self.case.ending_seq is not None and self.reported >= self.case.ending_seq

    def judge(self, comparison: Comparison) -> None:
        """Bring `flagged_at` up to date with what the portal has acknowledged."""
        self.flagged_at = self.case.flagged_at(in_order(self.cursor.acked_seq), comparison)


def new_row(case: Case, comparison: Comparison) -> Row:
    """Give the row of a dossier of which nothing has been sent."""
    row = Row(case, None)
    row.judge(comparison)
    return row
