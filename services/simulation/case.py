"""One dossier of a rehearsal, with everything that will happen to it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from services.core.domain.dossier import ENDING, ProgressEntry, Status
from services.core.domain.verdict import Comparison, judged, portal_flag

#: The body that the portal refuses, where it refuses any; the corrected one has the number after it.
FIRST_VERSION = 1


@dataclass(slots=True, eq=False)
class Case:
    """A dossier's future. Entry `n` (from 0) reaches us at `reported_at[n]`, in seconds since the epoch.

    `refused` marks a body that the portal does not take until the desk has corrected it. `ending_seq` is the
    number, from 1, of the entry that ends the work.
    """

    number: int
    unit_id: int
    due_at: datetime
    entries: tuple[ProgressEntry, ...]
    reported_at: tuple[float, ...]
    refused: bool = False
    ending_seq: int | None = field(init=False)
    _flags: dict[tuple[int, ...], datetime | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.ending_seq = next((entry.seq for entry in self.entries if entry.status in ENDING), None)
        self._flags = {}

    @property
    def finished_at(self) -> float | None:
        """Give the moment at which the ending reached us."""
        return None if self.ending_seq is None else self.reported_at[self.ending_seq - 1]

    def flagged_at(self, known: tuple[int, ...], comparison: Comparison) -> datetime | None:
        """Give the moment at which who knows these entries (numbers, as they came) calls the dossier late."""
        if known not in self._flags:
            self._flags[known] = portal_flag(
                judged(self.entries[seq - 1] for seq in known),
                portal_due_at=self.due_at,
                due_at=self.due_at,
                comparison=comparison,
            )
        return self._flags[known]

    def late_at_desk(self, comparison: Comparison) -> bool:
        """Say whether the dossier is late by all that the desk knows in the end."""
        return self.flagged_at(in_order(len(self.entries)), comparison) is not None


@cache
def in_order(count: int) -> tuple[int, ...]:
    """Give the numbers of the first `count` entries."""
    return tuple(range(1, count + 1))


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
