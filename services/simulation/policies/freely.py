"""Without any pacing: a lane that is free takes what is there."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.core.domain.delivery import Operation
from services.core.domain.pace import UNLIMITED, Leave
from services.simulation.pacing import Heard, NextFlag


@dataclass(frozen=True, slots=True)
class Freely:
    """Leave for everything at any time, with `size` dossiers to a claim."""

    size: int

    def leave(self, now: float, wanted: AbstractSet[Operation]) -> Leave:  # noqa: ARG002 - see Pacing
        """Let everybody in."""
        return UNLIMITED

    def claim_size(self, leave: Leave, now: float) -> int:  # noqa: ARG002 - see Pacing
        """Give the same at any time."""
        return self.size

    def begin(self, leave: Leave) -> None:
        """Count nothing."""

    def note(self, operation: Operation, heard: Heard, *, dossiers: int, retry: bool, leave: Leave) -> None:
        """Learn nothing: each dossier waits for itself alone."""

    def end(self, leave: Leave, now: float, next_flag: NextFlag) -> None:
        """Count nothing."""
