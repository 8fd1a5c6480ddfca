"""What is known now of the dossiers whose flag falls into the coming day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.core.domain.forecast.habit import ReportingHabit

#: Ends of the steps in which the day is played, in minutes from now: fine while it is urgent.
GRID: Final = (*range(5, 65, 5), *range(70, 250, 10), *range(270, 1470, 30))


@dataclass(frozen=True, slots=True)
class Group:
    """Dossiers whose flag falls at about the same time.

    `pushes` is what brings the ending across: 1 where the portal holds the body, 2 where it does not.
    """

    minutes_to_flag: float
    pushes: int
    count: float


@dataclass(frozen=True, slots=True)
class Coming:
    """Dossiers that will probably be received in some minutes, and be flagged within the day."""

    in_minutes: float
    minutes_to_flag: float
    count: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything that the forecast is made of. Only flags to come count: what is late is told elsewhere.

    `ended` did so in time and the portal does not know it; `parked` are those of them that wait for a person.
    `running` the desk has not ended yet. `pace` is in pushes per minute: 0 while the portal takes none,
    `None` where nothing has ever been sent. `flagged` tells whether dossiers wait that are late already: they
    get their share of the pace.
    """

    ended: Sequence[Group]
    parked: Sequence[Group]
    running: Sequence[Group]
    coming: Sequence[Coming]
    habit: ReportingHabit
    pace: float | None
    flagged: bool = False
