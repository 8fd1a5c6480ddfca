"""What a snapshot is made of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.core.domain.delivery import DeliveryState
from services.core.domain.false_late import FalseLateCause
from services.core.domain.figures import DossierCounts
from services.core.domain.forecast import Forecast
from services.core.persistence.service_counts import ServiceCounts


@dataclass(frozen=True, slots=True)
class Unsynced:
    """Deliveries of one unit in one state.

    `park_cause` is why parked ones wait for a person, `park_kind` the fault or cause that their group begins
    with.
    """

    unit_id: int
    state: str
    park_cause: str | None
    park_kind: str | None
    count: int
    oldest_age_seconds: float

    @property
    def is_open(self) -> bool:
        """Tell whether there is still something to do; what a person has closed does not age."""
        return self.state != DeliveryState.CLOSED


@dataclass(frozen=True, slots=True)
class Flagged:
    """Deliveries of one unit that the portal calls late, and how many of them falsely."""

    unit_id: int
    count: int
    falsely: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Endings in time that the portal does not hold; each count includes those before it.

    `seconds_to_flag` is that of the most urgent one, `None` if there is none within 24 hours.
    """

    within_1h: int
    within_4h: int
    within_24h: int
    seconds_to_flag: float | None


@dataclass(frozen=True, slots=True)
class OperationHealth:
    """One operation of the portal, as all workers together have seen it."""

    operation: str
    last_success_at: datetime | None
    failing_since: datetime | None
    consecutive_failures: int


@dataclass(frozen=True, slots=True)
class GateState:
    """The circuit breaker of one operation: `open` lets only probes through, `held` is the portal's wish."""

    operation: str
    open: bool
    held: bool


@dataclass(frozen=True, slots=True)
class LastReconciliation:
    """The last comparison with the portal that has ended, if any, with its differences by direction."""

    finished_at: datetime | None
    differences: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outages:
    """All portal outages on record; `under_way` is 0 or 1."""

    count: int
    under_way: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Transactions:
    """What keeps dead row versions from being cleared away."""

    oldest_xmin: int
    oldest_age_seconds: float


@dataclass(frozen=True, slots=True)
class TallyRow:
    """`unit_id` is `None` where all units are added up."""

    name: str
    label: str
    unit_id: int | None
    value: float


@dataclass(frozen=True, slots=True)
class Tallies:
    """Running totals; what was never counted is 0."""

    rows: Sequence[TallyRow]

    def total(self, name: str) -> float:
        return sum(row.value for row in self.rows if row.name == name)

    def by_label(self, name: str) -> defaultdict[str, float]:
        found: defaultdict[str, float] = defaultdict(float)
        for row in self.rows:
            if row.name == name:
                found[row.label] += row.value
        return found

    def by_unit(self, name: str) -> defaultdict[int, float]:
        """Give 0 for every name that is not kept apart by unit."""
        found: defaultdict[int, float] = defaultdict(float)
        for row in self.rows:
            if row.name == name and row.unit_id is not None:
                found[row.unit_id] += row.value
        return found


@dataclass(frozen=True, slots=True)
class OnboardingSum:
    """One unit, step and measure over all days; `measure` is an outcome of events, `held` or `helped`."""

    unit_id: int
    step: str
    measure: str
    count: int


@dataclass(frozen=True, slots=True)
class WaitingAttempts:
    """Attempts at onboarding steps that wait for somebody, in one state."""

    state: str
    count: int
    oldest_age_seconds: float


@dataclass(frozen=True, slots=True)
class IndexPoints:
    """Points of a unit in this month; `indicator` is `TOTAL` for all of them."""

    unit_code: str
    indicator: str
    points: float


@dataclass(frozen=True, slots=True)
class QueryRun:
    """How a query fared."""

    up: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All measurements at one instant; `None` stands for a query that failed or was not asked for."""

    runs: Mapping[str, QueryRun]
    taken_at: datetime | None
    revision: str | None
    unsynced: Sequence[Unsynced] | None
    backlog: Mapping[tuple[str, str], int] | None
    tallies: Tallies | None
    refused: Mapping[str, int] | None
    unseen: int | None
    flagged: Sequence[Flagged] | None
    false_late: Mapping[FalseLateCause, int] | None
    at_risk: AtRisk | None
    forecast: Forecast | None
    portal: Sequence[OperationHealth] | None
    gates: Sequence[GateState] | None
    outages: Outages | None
    reconciliation: LastReconciliation | None
    dead_tuples: Mapping[str, int] | None
    transactions: Transactions | None
    dossier_counts: DossierCounts | None
    services: ServiceCounts | None
    acceptance_overdue: int | None
    onboarding: Sequence[OnboardingSum] | None
    attempts: Sequence[WaitingAttempts] | None
    population: Mapping[tuple[int, str], int] | None
    unit_codes: Mapping[int, str] | None
    index766: Sequence[IndexPoints] | None
