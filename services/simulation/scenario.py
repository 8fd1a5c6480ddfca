"""What a rehearsal plays: dossiers, a portal, its weather, and the worker's settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from services.simulation.case import Case
from services.simulation.portal import PortalTraits
from services.simulation.round import WorkerTraits
from services.simulation.traffic import Traffic
from services.simulation.weather import Climate, Forecast, Window


def seeded(seed: int, use: str) -> Random:
    """Give the chance of one part, so that a change in one does not change what the others draw."""
    return Random(f"{seed} {use}")  # noqa: S311 - a rehearsal that can be repeated, nothing secret


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario. `traffic` draws dossiers for a seed, or `recorded` gives them as they were.

    `outages` are fixed windows; `climate` draws further ones for a seed, between the first and last dossier's
    day. `correction_seconds` is how long the desk takes to mend a refused body.
    """

    name: str
    about: str
    portal: PortalTraits
    worker: WorkerTraits
    traffic: Traffic | None = None
    recorded: Sequence[Case] = ()
    outages: Sequence[Window] = ()
    climate: Climate | None = None
    correction_seconds: float = 14_400.0

    def cases(self, seed: int) -> Sequence[Case]:
        """Give the dossiers in the order of their reception."""
        if self.traffic is None:
            return self.recorded
        return self.traffic.draw(seeded(seed, "traffic"))

    def forecast(self, cases: Sequence[Case], seed: int) -> Forecast:
        """Give the weather from the first reception to the last report."""
        if self.climate is None:
            return Forecast(self.outages)
        start = cases[0].reported_at[0]
        end = max(case.reported_at[-1] for case in cases)
        drawn = self.climate.draw(start, end, seeded(seed, "weather"))
        return Forecast([*self.outages, *drawn])
