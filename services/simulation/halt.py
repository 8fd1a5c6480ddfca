"""Stops a rehearsal, asks for the forecast, and lets the portal stay as it was: the forecast's own trial."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from math import inf
from typing import Final

from services.core.domain.deadline import WorkingCalendar
from services.core.domain.forecast import (
    HABIT_BOUNDS,
    Coming,
    Forecast,
    Group,
    Outlook,
    ReportingHabit,
    TakenLately,
    forecast,
    pace_now,
    reference_hours,
    reporting_habit,
)
from services.core.domain.verdict import Comparison
from services.simulation.case import Case
from services.simulation.portal import Portal, Record
from services.simulation.rehearse import Policy, set_up
from services.simulation.scenario import Scenario
from services.simulation.weather import CUTTING, REFUSING, State, Window
from services.simulation.weather import Forecast as Weather

_DAY: Final = 86_400.0
_WAITS_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Halt:
    """The portal's state at the moment, what was foretold then, and what happened while it stayed so."""

    state: State
    foretold: Forecast
    happened: Forecast


def halt(scenario: Scenario, seed: int, at: float) -> Halt:
    """Play to the moment `at`, ask, and play on for a day with the portal as it then is."""
    cases = scenario.cases(seed)
    weather = _stays(scenario.forecast(cases, seed), at)
    timeline, portal = set_up(scenario, Policy.DEADLINE, cases, weather, seed)
    timeline.run(at)
    sight = _Sight(cases, portal, weather, scenario.portal.comparison, at)
    foretold = forecast(sight.outlook())
    timeline.run(at + _DAY)
    return Halt(weather.state(at), foretold, sight.newly_late())


def _stays(weather: Weather, at: float) -> Weather:
    """Give the weather that does not change after a moment."""
    windows = [w for w in weather.windows if w.ends_at <= at]
    current = next((w for w in weather.windows if w.begins_at <= at < w.ends_at), None)
    if current is not None:
        windows.append(Window(current.begins_at, at + 2 * _DAY, current.state))
    return Weather(windows)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the database would show at a moment."""

    cases: Sequence[Case]
    portal: Portal
    weather: Weather
    comparison: Comparison
    at: float

    def outlook(self) -> Outlook:
        """Gather what the forecast is made of."""
        open_records = [r for r in self._records() if r.flag_at is not None and r.flag_at > self.at]
        return Outlook(
            ended=[self._group(r) for r in open_records if self._has_ended(r.case)],
            parked=(),
            running=[self._group(r) for r in open_records if not self._has_ended(r.case)],
            coming=list(self._coming()),
            habit=self._habit(),
            pace=pace_now(self._taken()),
            flagged=any(
                r.flag_at is not None and r.flag_at <= self.at and self._waits(r) for r in self._records()
            ),
        )

    def newly_late(self) -> Forecast:
        """Count who has turned falsely late since, up to now."""
        turned = [
            moment - self.at
            for record in self.portal.records.values()
            for moment in (record.late_from if record.late_from is not None else record.flag_at,)
            if moment is not None and moment > self.at and not record.case.late_at_desk(self.comparison)
        ]
        return Forecast(*(sum(after <= hours * 3600 for after in turned) for hours in (1, 4, 24)))

    def _records(self) -> Iterator[Record]:
        """Give the dossiers that have been received."""
        return (r for r in self.portal.records.values() if r.case.reported_at[0] <= self.at)

    def _has_ended(self, case: Case) -> bool:
        return case.finished_at is not None and case.finished_at <= self.at

    def _group(self, record: Record) -> Group:
        assert record.flag_at is not None  # noqa: S101 - chosen for having one
        return Group((record.flag_at - self.at) / 60, 1 if record.version else 2, 1)

    def _waits(self, record: Record, seconds: float = 0.0) -> bool:
        """Tell whether the portal has lacked an entry for so long."""
        reported = enumerate(record.case.reported_at, start=1)
        return any(at <= self.at - seconds and seq not in record.stored_at for seq, at in reported)

    def _habit(self) -> ReportingHabit:
        counts: Counter[float] = Counter()
        for record in self._records():
            case, seq = record.case, record.case.ending_seq
            flag = case.flagged_at((), self.comparison)
            if seq in record.stored_at and flag is not None and case.finished_at is not None:
                bucket = bisect_left(HABIT_BOUNDS, flag.timestamp() - case.finished_at)
                counts[(*HABIT_BOUNDS, inf)[bucket]] += 1
        return reporting_habit(counts)

    def _taken(self) -> TakenLately:
        last = int(self.at // 60) - 1
        ended = [w.ends_at for w in self.weather.windows if w.state in REFUSING and w.ends_at <= self.at]
        return TakenLately(
            minutes=[self.portal.taken[last - minute] for minute in range(1440)],
            waiting=sum(self._waits(record, _WAITS_SECONDS) for record in self._records()),
            open=self.weather.state(self.at) in CUTTING,
            since_return=(self.at - ended[-1]) / 60 if ended else None,
        )

    def _coming(self) -> Iterator[Coming]:
        hours = reference_hours(datetime.fromtimestamp(self.at, UTC), WorkingCalendar().is_working_day)
        for case, one in chain.from_iterable(((case, one) for case in self.cases) for one in hours):
            flag = case.flagged_at((), self.comparison)
            if flag is None or not one.begins_at.timestamp() <= case.reported_at[0] < one.ends_at.timestamp():
                continue
            shift = one.later.total_seconds() - self.at
            yield Coming((case.reported_at[0] + shift) / 60, (flag.timestamp() + shift) / 60, 1)
