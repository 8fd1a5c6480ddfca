"""Permission for one round, and who gives it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from services.core.domain.delivery import Operation
from services.simulation.portal import Answer

CALLS: Final = frozenset(Operation) - {Operation.LOGIN}


@dataclass(frozen=True, slots=True)
class Leave:
    """What a round may do, as in `core.application.pacing`.

    `first` are the operations with which the work on a claimed dossier may begin, `calls` those that the
    round may make at all. A probe is one dossier and one call. `size` is the most that may be claimed.
    """

    size: int
    first: frozenset[Operation] = CALLS
    calls: frozenset[Operation] = CALLS
    retries: bool = True
    is_probe: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller got, and after how many seconds."""

    answer: Answer
    seconds: float


class Pacing(Protocol):
    """Says what may be asked of the portal now; shared by all lanes."""

    @property
    def reach(self) -> timedelta:
        """Give the time within which a flag cannot be averted any more."""

    def leave(self, now: float, wanted: AbstractSet[Operation]) -> Leave | float | None:
        """Give leave to claim, or the seconds after which to ask again, or `None`: when a round has ended.

        `wanted` are the operations that rows wait for.
        """

    def begin(self, leave: Leave) -> None:
        """Count a round as under way."""

    def note(self, operation: Operation, heard: Heard, now: float, *, retry: bool, leave: Leave) -> None:
        """Take in a call; `retry` if all it carried had been tried before."""

    def end(self, leave: Leave, now: float) -> None:
        """Count a round as over."""
