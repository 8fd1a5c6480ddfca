"""How long before their flag desks report endings: most dossiers are finished shortly before they are due."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

#: Upper bounds of the buckets in which leads are counted, in seconds; the first holds what was really late.
HABIT_BOUNDS: Final = (0, 600, 1200, 1800, 3600, 5400, 7200, 10_800, 14_400, 28_800, 57_600, 72_000, 86_400)


@dataclass(frozen=True, slots=True)
class ReportingHabit:
    """Endings by the time left to the flag: `upto[n]` of them had at most `minutes[n]` left."""

    minutes: tuple[float, ...]
    upto: tuple[float, ...]

    def reported_between(self, lead: float, later_lead: float) -> float:
        """Give the share of dossiers still running `lead` minutes before the flag that end by `later_lead`.

        Zero where nothing is on record.
        """
        running = self._upto(lead)
        return (running - self._upto(later_lead)) / running if running else 0.0

    def _upto(self, lead: float) -> float:
        """Count endings with at most so many minutes left, evenly spread within a bucket."""
        if lead >= self.minutes[-1]:
            return self.upto[-1]
        place = bisect_left(self.minutes, lead)
        if place == 0:
            return self.upto[0]
        low, high = self.minutes[place - 1], self.minutes[place]
        part = (lead - low) / (high - low)
        return self.upto[place - 1] + part * (self.upto[place] - self.upto[place - 1])


def reporting_habit(counts: Mapping[float, float]) -> ReportingHabit:
    """Make it of endings counted by bucket, named by its upper bound in seconds.

    Endings with more than a day left are no part of it: their dossiers are not flagged within the day.
    """
    bounds = sorted({*map(float, HABIT_BOUNDS), *(bound for bound in counts if bound < inf)})
    upto, seen = [], 0.0
    for bound in bounds:
        seen += counts.get(bound, 0.0)
        upto.append(seen)
    return ReportingHabit(tuple(bound / 60 for bound in bounds), tuple(upto))
