"""Who gives permission for a round, and what is heard in one."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.core.domain.delivery import Operation
from services.core.domain.pace import Leave
from services.simulation.portal import Answer


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller got, and after how many seconds."""

    answer: Answer
    seconds: float


#: Gives the earliest flag after a moment that a call could still avert.
NextFlag = Callable[[datetime], datetime | None]


class Pacing(Protocol):
    """Says what may be asked of the portal now; shared by all lanes."""

    def leave(self, now: float, wanted: AbstractSet[Operation]) -> Leave | float | None:
        """Give leave to claim, or the seconds after which to ask again, or `None`: when a round has ended.

        `wanted` are the operations that rows wait for.
        """

    def claim_size(self, leave: Leave, now: float) -> int:
        """Say how many dossiers may be claimed with a leave just given."""

    def begin(self, leave: Leave) -> None:
        """Count a round as under way."""

    def note(self, operation: Operation, heard: Heard, *, dossiers: int, retry: bool, leave: Leave) -> None:
        """Take in a call; `retry` if all of its `dossiers` had been tried before."""

    def end(self, leave: Leave, now: float, next_flag: NextFlag) -> None:
        """Count a round as over."""
