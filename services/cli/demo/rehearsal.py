"""What other ways of delivering would have made of this run: the same dossiers and outages, rehearsed.

Two months pass in two minutes here, so the run is stretched back to the two months that it stands for. What
others do at a fixed pace (ten rows per 45 seconds) they then do at the pace that they have in the field.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from rich.table import Table

from services.cli.demo.desk import Dossier
from services.cli.demo.figures import Figures
from services.cli.demo.plan import Phase
from services.cli.demo.weather import Storm
from services.simulation.recorded import RecordedDossier, RecordedOutage, day_scenario
from services.simulation.rehearse import Policy, rehearse
from services.simulation.result import Result
from services.simulation.scenario import Scenario
from services.simulation.weather import State

#: Hòa Bình, 15/12/2023 - 15/2/2024.
TOLD: Final = timedelta(days=63)
REHEARSED: Final = (Policy.NAIVE, Policy.FIFO, Policy.DEADLINE)
#: As in the scenario hoa-binh-2024: with outages of days, nobody asks every 15 seconds.
_PROBE_CAP_SECONDS: Final = 120.0
#: What is due later than this after the run is never late, whoever delivers it.
_LONGEST: Final = timedelta(hours=1)
_STATES: Final = {"down": State.DOWN, "hang": State.HANG}
_LABELS: Final = {
    Policy.NAIVE: "cách thường gặp / the common pusher",
    Policy.FIFO: "hàng đợi tốt / a good job queue",
    Policy.DEADLINE: "Liên Thông",
}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Turns the time of the run into that of the two months."""

    origin: datetime
    factor: float

    def moment(self, at: datetime) -> datetime:
        return self.origin + (at - self.origin) * self.factor


def rehearse_run(dossiers: Sequence[Dossier], storms: Sequence[Storm], phase: Phase) -> list[Result]:
    """Rehearse what has just been played; takes seconds of computing."""
    scenario = stretched(dossiers, storms, phase)
    return [rehearse(scenario, policy, seed=1) for policy in REHEARSED]


def stretched(dossiers: Sequence[Dossier], storms: Sequence[Storm], phase: Phase) -> Scenario:
    """Give the run as a scenario, as long as what it tells of."""
    stretch = _Stretch(phase.start, TOLD / (phase.end - phase.start))
    scenario = day_scenario(
        "demo", (_recorded(dossier, stretch) for dossier in dossiers), _outages(storms, stretch)
    )
    return replace(scenario, worker=replace(scenario.worker, probe_cap_seconds=_PROBE_CAP_SECONDS))


def rehearsal_table(results: Sequence[Result], figures: Figures) -> Table:
    """Lay the rehearsed ways beside what was measured."""
    table = Table(title="Cùng hồ sơ, cùng sự cố của Cổng / the same dossiers and outages")
    table.add_column("")
    table.add_column("Đồng bộ / synced", justify="right")
    table.add_column("Báo trễ oan / falsely late", justify="right")
    for result in results:
        policy = Policy(result.policy)
        table.add_row(
            f"{policy}: {_LABELS[policy]}, diễn tập / rehearsed",
            _percent(result.synced_share),
            _count(result.false_late, result.dossiers),
        )
    table.add_row(
        "Lần chạy này / this run, đo được / measured",
        _percent(figures.synced_share),
        _count(figures.false_late, figures.dossiers),
    )
    return table


def _recorded(dossier: Dossier, stretch: _Stretch) -> RecordedDossier:
    received_at = stretch.moment(dossier.taken_in_at)
    due_at = max(dossier.taken_in_at, min(dossier.due_at, stretch.origin + _LONGEST))
    return RecordedDossier(
        received_at=received_at,
        finished_at=max(received_at, stretch.moment(dossier.finished_at)),
        due_at=stretch.moment(due_at),
    )


def _outages(storms: Sequence[Storm], stretch: _Stretch) -> Iterator[RecordedOutage]:
    """Keep the storms in which nothing gets through; the answer of any but these two says nothing."""
    for storm in storms:
        if storm.is_outage():
            state = _STATES.get(str(storm.order["shape"]), State.ERROR)
            yield RecordedOutage(stretch.moment(storm.begins_at), stretch.moment(storm.ends_at), state)


def _percent(share: float) -> str:
    return f"{share * 100:.2f} %".replace(".", ",").replace(",00", "")


def _count(number: int, of: int) -> str:
    return f"{_percent(number / max(of, 1))} ({f'{number:,}'.replace(',', '.')})"
