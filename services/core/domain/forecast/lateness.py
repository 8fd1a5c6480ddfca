"""The day to come, played in steps: what ends, what the portal takes of it, and what is flagged before."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Final

from services.core.domain.forecast.habit import ReportingHabit
from services.core.domain.forecast.outlook import GRID, Coming, Group, Outlook
from services.core.domain.order import FLAGGED_SHARE

_STEPS: Final = tuple(pairwise((0, *GRID)))
_HOURS: Final = (1, 4, 24)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Dossiers that will newly be falsely late; each count includes those before it."""

    within_1h: float
    within_4h: float
    within_24h: float


def forecast(outlook: Outlook) -> Forecast:
    """Play the coming 24 hours with the portal as it is now.

    In each step what the desks end joins what waits, and the portal takes the earliest flags that can still
    be saved; with what is left of its pace it takes bodies of running dossiers, whose endings then need one
    push instead of two. Whose flag comes before the portal knows of the ending is falsely late. Numbers of
    dossiers are expectations, hence fractions.
    """
    play = _Play(outlook)
    late = [play.step(number) for number in range(len(_STEPS))]
    upto = (sum(late[: bisect_left(GRID, 60 * hours) + 1]) for hours in _HOURS)
    return Forecast(*upto)


class _Play:
    """Dossiers by the step of their flag (outer) and the pushes that they need, 1 or 2 (inner)."""

    def __init__(self, outlook: Outlook) -> None:
        self._habit: ReportingHabit = outlook.habit
        self._pace = inf if outlook.pace is None else outlook.pace
        self._ended = _spread(outlook.ended)
        self._parked = _spread(outlook.parked)
        self._running = _spread(outlook.running)
        self._coming: list[list[Coming]] = [[] for _ in _STEPS]
        for coming in outlook.coming:
            if coming.minutes_to_flag <= GRID[-1]:
                self._coming[_step(coming.in_minutes)].append(coming)
        self._flagged = outlook.flagged

    def step(self, now: int) -> float:
        """Play one step, and give how many were flagged falsely in it."""
        begin, end = _STEPS[now]
        for coming in self._coming[now]:
            self._running[_step(coming.minutes_to_flag)][1] += coming.count
        for flag, running in enumerate(self._running[now:], now):
            if running[0] or running[1]:
                self._end(flag, begin, end)
        pushes = self._pace * (end - begin) * (1.0 - FLAGGED_SHARE * self._flagged)
        pushes = self._take_endings(now, pushes)
        self._take_bodies(now, pushes)
        late = sum(self._ended[now]) + sum(self._parked[now])
        self._flagged = self._flagged or late >= 1
        return late

    def _end(self, flag: int, begin: int, end: int) -> None:
        """Let desks end what they usually do so long before the flag."""
        running = self._running[flag]
        flagged_at = sum(_STEPS[flag]) / 2
        share = self._habit.reported_between(flagged_at - begin, max(0.0, flagged_at - end))
        for need in (0, 1):
            ended = running[need] * share
            running[need] -= ended
            self._ended[flag][need] += ended

    def _take_endings(self, now: int, pushes: float) -> float:
        """Bring endings across, earliest flag first; give the pushes that are left."""
        for waiting in self._ended[now:]:
            for need, each in ((0, 1), (1, 2)):
                taken = min(waiting[need], pushes / each)
                waiting[need] -= taken
                pushes -= taken * each
            if pushes <= 0:
                break
        return pushes

    def _take_bodies(self, now: int, pushes: float) -> None:
        """Bring running dossiers onto the portal: the body, and the entries so far."""
        for running in self._running[now:]:
            if pushes <= 0:
                return
            taken = min(running[1], pushes / 2)
            running[1] -= taken
            running[0] += taken
            pushes -= taken * 2


def _spread(groups: Iterable[Group]) -> list[list[float]]:
    steps = [[0.0, 0.0] for _ in _STEPS]
    for group in groups:
        if 0 <= group.minutes_to_flag <= GRID[-1]:
            steps[_step(group.minutes_to_flag)][group.pushes - 1] += group.count
    return steps


def _step(minutes: float) -> int:
    return min(bisect_left(GRID, minutes), len(GRID) - 1)
