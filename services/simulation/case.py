"""One dossier of a rehearsal, with everything that will happen to it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.core.domain.dossier import ENDING, ProgressEntry, Status
from services.core.domain.verdict import Comparison, StatusAt, judged, portal_flag

#: The body that the portal refuses, where it refuses any; the corrected one has the number after it.
FIRST_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A dossier's future. Entry `n` (from 0) reaches us at `reported_at[n]`, in seconds since the epoch.

    `refused` marks a body that the portal does not take until the desk has corrected it.
    """

    number: int
    unit_id: int
    due_at: datetime
    entries: tuple[ProgressEntry, ...]
    reported_at: tuple[float, ...]
    refused: bool = False

    @property
    def ending_seq(self) -> int | None:
        """Give the number of the entry that ends the work, from 1."""
        return next((entry.seq for entry in self.entries if entry.status in ENDING), None)

    @property
    def finished_at(self) -> float | None:
        """Give the moment at which the ending reached us."""
        return None if self.ending_seq is None else self.reported_at[self.ending_seq - 1]

    def flag(self, statuses: list[StatusAt], comparison: Comparison) -> float | None:
        """Give the moment at which who knows only these statuses calls the dossier late."""
        flagged_at = portal_flag(
            statuses, portal_due_at=self.due_at, due_at=self.due_at, comparison=comparison
        )
        return None if flagged_at is None else flagged_at.timestamp()

    def late_at_desk(self, comparison: Comparison) -> bool:
        """Say whether the dossier is late by all that the desk knows in the end."""
        return self.flag(judged(self.entries), comparison) is not None


def build_case(
    number: int,
    unit_id: int,
    due_at: float,
    steps: list[tuple[Status, float]],
    *,
    refused: bool = False,
) -> Case:
    """Build a case from statuses and their times; each is reported as it happens."""
    entries = tuple(
        ProgressEntry(seq, status, datetime.fromtimestamp(at, UTC), "", None, "")
        for seq, (status, at) in enumerate(steps, start=1)
    )
    return Case(
        number=number,
        unit_id=unit_id,
        due_at=datetime.fromtimestamp(due_at, UTC),
        entries=entries,
        reported_at=tuple(at for _, at in steps),
        refused=refused,
    )
