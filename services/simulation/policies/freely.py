"""Without any pacing: a lane that is free takes what is there."""

from collections.abc import Set as AbstractSet
from datetime import timedelta

from services.core.domain.delivery import Operation
from services.simulation.leave import Heard, Leave


class Freely:
    """Leave for everything at any time."""

    def __init__(self, size: int) -> None:
        self._leave = Leave(size)

    @property
    def reach(self) -> timedelta:
        """Its order does not ask."""
        return timedelta()

    def leave(self, now: float, wanted: AbstractSet[Operation]) -> Leave:  # noqa: ARG002 - see Pacing
        """Let everybody in."""
        return self._leave

    def begin(self, leave: Leave) -> None:
        """Count nothing."""

    def note(self, operation: Operation, heard: Heard, now: float, *, retry: bool, leave: Leave) -> None:
        """Learn nothing: each dossier waits for itself alone."""

    def end(self, leave: Leave, now: float) -> None:
        """Count nothing."""
