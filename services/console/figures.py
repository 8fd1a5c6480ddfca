"""The figures of the overview. They are those of the metrics service, from the same queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.core.domain.delivery import DeliveryState, Operation
from services.core.domain.false_late import FalseLateCause
from services.core.domain.forecast import Forecast
from services.core.persistence.measurements import Snapshot, Tallies
from services.core.persistence.measurements.values import AtRisk, OperationHealth, Outages, Unsynced

#: Queries whose failure leaves a hole in the page.
NEEDED: Final = (
    "unsynced",
    "tallies",
    "false_late",
    "at_risk",
    "portal",
    "outages",
    "forecast_open",
    "forecast_pace",
    "forecast_habit",
    "forecast_coming",
)


@dataclass(frozen=True, slots=True)
class StateFigure:
    """`oldest_seconds` is how long the oldest one has waited, 0 if there is none."""

    state: DeliveryState
    count: int | None
    oldest_seconds: float | None


@dataclass(frozen=True, slots=True)
class CauseFigure:
    """Falsely late dossiers of one cause: those still shown late, and those acknowledged since."""

    cause: FalseLateCause
    standing: int | None
    settled: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All at one instant; `None` is what could not be measured, which is never shown as 0."""

    taken_at: datetime
    states: Sequence[StateFigure]
    oldest_unsynced_seconds: float | None
    received: int | None
    synced_share: float | None
    causes: Sequence[CauseFigure]
    at_risk: AtRisk | None
    forecast: Forecast | None
    operations: Sequence[OperationHealth] | None
    outages: Outages | None
    unmeasured: Sequence[str]

    def state(self, wanted: DeliveryState) -> StateFigure:
        return next(figure for figure in self.states if figure.state is wanted)


def figures_of(snapshot: Snapshot, *, taken_at: datetime) -> Figures:
    """Add up what the queries gave, unit by unit."""
    states = _states(snapshot.unsynced, snapshot.tallies)
    received = None if snapshot.tallies is None else round(snapshot.tallies.total("received"))
    synced = states[0].count
    unsynced = snapshot.unsynced
    ages = None if unsynced is None else [group.oldest_age_seconds for group in unsynced if group.is_open]
    return Figures(
        taken_at=taken_at,
        states=states,
        oldest_unsynced_seconds=None if ages is None else max(ages, default=0.0),
        received=received,
        synced_share=synced / received if received and synced is not None else None,
        causes=_causes(snapshot.false_late, snapshot.tallies),
        at_risk=snapshot.at_risk,
        forecast=snapshot.forecast,
        operations=None if snapshot.portal is None else _operations(snapshot.portal),
        outages=snapshot.outages,
        unmeasured=[query for query in NEEDED if not snapshot.runs[query].up],
    )


def _states(unsynced: Sequence[Unsynced] | None, tallies: Tallies | None) -> list[StateFigure]:
    """Give the states in their own order; what was received and is not open is synced."""
    groups = unsynced or ()
    synced = None
    if unsynced is not None and tallies is not None:
        synced = round(tallies.total("received")) - sum(group.count for group in groups)
    figures = [StateFigure(DeliveryState.SYNCED, synced, None)]
    for state in DeliveryState:
        if state is DeliveryState.SYNCED:
            continue
        of_state = [group for group in groups if group.state == state]
        figure = StateFigure(
            state,
            sum(group.count for group in of_state),
            max((group.oldest_age_seconds for group in of_state if group.is_open), default=0.0),
        )
        figures.append(StateFigure(state, None, None) if unsynced is None else figure)
    return figures


def _causes(standing: Mapping[FalseLateCause, int] | None, tallies: Tallies | None) -> list[CauseFigure]:
    settled = None if tallies is None else tallies.by_label("false_late")
    return [
        CauseFigure(
            cause,
            None if standing is None else standing.get(cause, 0),
            None if settled is None else round(settled[cause]),
        )
        for cause in FalseLateCause
    ]


def _operations(health: Sequence[OperationHealth]) -> list[OperationHealth]:
    """Give every operation, also those never called. Logins reach no table: each worker counts its own."""
    known = {row.operation: row for row in health}
    return [
        known.get(operation, OperationHealth(operation.value, None, None, 0))
        for operation in Operation
        if operation in known or operation is not Operation.LOGIN
    ]
