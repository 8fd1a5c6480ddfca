"""What a person may do about parked deliveries: send them on, or give them up."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from services.core.domain.errors import DomainError

#: Dossiers that one call takes; whoever has more calls again.
MOST_A_CALL: Final = 1000

#: Fast enough for a morning's work, too slow to keep fresh dossiers from the portal (reliability 3.14).
REPLAYED_A_MINUTE: Final = 100

_MINUTE: Final = timedelta(minutes=1)


class Action(StrEnum):
    REPLAY = "replay"  #: due again, with all attempts forgotten
    CLOSE = "close"  #: not sent any more, unless the dossier changes


class FilterNeeded(DomainError):
    """Nothing was said of which dossiers are meant; all of them has to be said, too."""

    code = "filter-needed"


class ReasonNeeded(DomainError):
    """Who gives a delivery up has to say why."""

    code = "reason-needed"


class NotParked(DomainError):
    """The dossier waits for nobody: there is nothing to replay or to close."""

    code = "not-parked"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, by whom and why. `done_by` names an operator or a desk client."""

    action: Action
    done_by: str
    reason: str | None = None

    def __post_init__(self) -> None:
        """Raise `ReasonNeeded` where there is none for giving up."""
        if self.action is Action.CLOSE and not (self.reason or "").strip():
            raise ReasonNeeded(pointer="/reason")


def spacing(per_minute: int) -> timedelta:
    """Say how far apart replayed dossiers become due."""
    return _MINUTE / per_minute
