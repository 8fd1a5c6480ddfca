"""Draws the dossiers of a scenario: when they come in, when they are worked on, when they are due."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from services.core.domain.dossier import Status
from services.simulation.case import Case, build_case
from services.simulation.opening import MINUTES_PER_WORKING_DAY, Opening

#: Working days kept free behind the last reception, so that every dossier can be due and returned.
_ROOM_DAYS: Final = 150
#: Working minutes from the reception to the earliest finish.
_LEAST_WORK: Final = 5
#: A citizen fetches the result within this many working minutes.
_FETCHED_WITHIN: Final = 3 * MINUTES_PER_WORKING_DAY


@dataclass(frozen=True, slots=True)
class Band:
    """A share of the dossiers, and the range in working minutes in which theirs lie, evenly spread."""

    share: float
    least: float
    most: float

    def draw(self, chance: Random) -> float:
        """Draw working minutes."""
        return chance.uniform(self.least, self.most)


@dataclass(frozen=True, slots=True)
class Traffic:
    """How dossiers come and go.

    `by_hour` weighs the receptions over the 24 hours of a worked day, `processing` is the legal time, `slack`
    the working time from the finish to the due time (below zero for what is really late). `steps` are the
    least and the most entries between reception and finish; `unit_weight` is the exponent by which units
    differ in size (0: all alike).
    """

    start: date
    days: int
    dossiers: int
    by_hour: tuple[float, ...]
    processing: tuple[Band, ...]
    slack: tuple[Band, ...]
    steps: tuple[int, int]
    returned_share: float
    refused_share: float
    units: int
    unit_weight: float

    def draw(self, chance: Random) -> list[Case]:
        """Draw all dossiers, in the order of their reception."""
        opening = Opening(self.start, self.start + timedelta(days=self.days + _ROOM_DAYS))
        receptions = self._receptions(opening, chance)
        weights = list(accumulate((n + 1) ** -self.unit_weight for n in range(self.units)))
        units = chance.choices(range(1, self.units + 1), cum_weights=weights, k=self.dossiers)
        processing = chance.choices(self.processing, [b.share for b in self.processing], k=self.dossiers)
        slack = chance.choices(self.slack, [b.share for b in self.slack], k=self.dossiers)
        return [
            self._case(n, receptions[n], (units[n], processing[n], slack[n]), opening, chance)
            for n in range(self.dossiers)
        ]

    def _receptions(self, opening: Opening, chance: Random) -> list[float]:
        last = opening.days[0] + self.days * 86_400
        days = opening.days[: bisect_left(opening.days, last)]
        weights = list(accumulate(self.by_hour))
        hours = chance.choices(range(24), cum_weights=weights, k=self.dossiers)
        return sorted(chance.choice(days) + (hour + chance.random()) * 3600 for hour in hours)

    def _case(
        self, number: int, received_at: float, bands: tuple[int, Band, Band], opening: Opening, chance: Random
    ) -> Case:
        unit_id, processing, slack = bands
        received = opening.minutes_until(received_at)
        due = received + processing.draw(chance)
        due_at = opening.moment(due) // 60 * 60
        finished = max(received + _LEAST_WORK, due - slack.draw(chance))
        steps = self._steps(received_at, received, finished, opening, chance)
        refused = chance.random() < self.refused_share
        return build_case(number, unit_id, due_at, steps, refused=refused)

    def _steps(
        self, received_at: float, received: float, finished: float, opening: Opening, chance: Random
    ) -> list[tuple[Status, float]]:
        steps = [(Status.RECEIVED, received_at)]
        count = chance.randint(*self.steps)
        for n in range(1, count + 1):
            worked = received + (finished - received) * (n - chance.random() / 2) / (count + 1)
            steps.append((Status.IN_PROCESS, max(received_at, opening.moment(worked))))
        finished_at = max(steps[-1][1], opening.moment(finished))
        steps.append((Status.FINISHED, finished_at))
        if chance.random() < self.returned_share:
            fetched = opening.minutes_until(finished_at) + _FETCHED_WITHIN * chance.random()
            steps.append((Status.RETURNED, max(finished_at, opening.moment(fetched))))
        return steps
