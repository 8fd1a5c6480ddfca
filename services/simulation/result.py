"""What a rehearsal came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.core.domain.delivery import Operation
from services.simulation.case import Case
from services.simulation.portal import Portal, Record
from services.simulation.scenario import Scenario
from services.simulation.weather import Forecast, Window


@dataclass(frozen=True, slots=True)
class Trace:
    """What a picture is drawn from; times in seconds since the epoch.

    `late_from` are the moments at which dossiers were first falsely shown late, `waits` the times from a
    dossier's first entry that the portal lacked until it lacked none (`None`: for ever).
    """

    windows: Sequence[Window]
    late_from: Sequence[float]
    waits: Sequence[tuple[float, float | None]]


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one run; shares from 0 to 1.

    A dossier is synced if the portal holds its last entry, flagged late if the portal has ever shown it late,
    false late if the desk had finished it on time all the same. `answers_lost` counts dossiers in pushes that
    were stored and not answered, `duplicates` entries stored twice.
    """

    policy: str
    dossiers: int
    synced: int
    flagged_late: int
    false_late: int
    mean_lag_seconds: float
    portal_calls: int
    look_ups: int
    answers_lost: int
    duplicates: int
    trace: Trace

    @property
    def synced_share(self) -> float:
        return self.synced / max(self.dossiers, 1)

    @property
    def flagged_late_share(self) -> float:
        return self.flagged_late / max(self.dossiers, 1)

    def summary(self) -> dict[str, object]:
        """Give the object that `--json` prints."""
        return {
            "policy": self.policy,
            "dossiers": self.dossiers,
            "synced_share": round(self.synced_share, 4),
            "flagged_late_share": round(self.flagged_late_share, 4),
            "false_late": self.false_late,
            "mean_lag_seconds": round(self.mean_lag_seconds, 1),
            "portal_calls": self.portal_calls,
        }


def measure(
    policy: str, scenario: Scenario, cases: Sequence[Case], portal: Portal, forecast: Forecast
) -> Result:
    """Count at the end, when every due time has passed."""
    comparison = scenario.portal.comparison
    lags: list[float] = []
    false_late: list[float] = []
    waits: list[tuple[float, float | None]] = []
    synced = flagged = 0
    for case in cases:
        record = portal.records[case.number]
        stored_at = record.stored_at.get(len(case.entries))
        synced += stored_at is not None
        waits.extend(_waits(case, record))
        if case.finished_at is not None and case.ending_seq in record.stored_at:
            lags.append(record.stored_at[case.ending_seq] - case.finished_at)
        late_from = record.late_from if record.late_from is not None else record.flag_at
        if late_from is not None:
            flagged += 1
            if not case.late_at_desk(comparison):
                false_late.append(late_from)
    return Result(
        policy=policy,
        dossiers=len(cases),
        synced=synced,
        flagged_late=flagged,
        false_late=len(false_late),
        mean_lag_seconds=sum(lags) / max(len(lags), 1),
        portal_calls=portal.calls.total(),
        look_ups=portal.calls[Operation.LOOK_UP],
        answers_lost=portal.lost,
        duplicates=sum(record.duplicates for record in portal.records.values()),
        trace=Trace(forecast.windows, sorted(false_late), waits),
    )


def _waits(case: Case, record: Record) -> list[tuple[float, float | None]]:
    """Join the waits of a dossier's entries where they overlap."""
    joined: list[tuple[float, float | None]] = []
    for seq, reported_at in enumerate(case.reported_at, start=1):
        stored_at = record.stored_at.get(seq)
        if joined and (joined[-1][1] is None or joined[-1][1] >= reported_at):
            last = joined[-1][1]
            until = None if last is None or stored_at is None else max(last, stored_at)
            joined[-1] = (joined[-1][0], until)
        else:
            joined.append((reported_at, stored_at))
    return joined
