"""Compare what the portal should hold with what it says it holds, and mend what differs.

Sums per bucket first; only buckets whose sums differ are looked into. Without `repair` nothing but the record
of the run is written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import structlog

from services.core.application.record import record
from services.core.application.repair_differences import LeadLost, repair_differences
from services.core.domain.audit import Act, Action, Actor
from services.core.domain.catalogue import UnknownUnit
from services.core.domain.holdings import Bucket, Sum
from services.core.domain.outcome import Failure, outcome_name
from services.core.domain.ports import PortalHoldings
from services.core.domain.reconciliation import Difference, compare, differing, windows
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.persistence.holdings import HoldingsRepository
from services.core.persistence.reconciliations import Finding, ReconciliationRepository, Run

log = structlog.get_logger()

#: Days in one question for sums: a week of 200 units is an answer of 200 kB.
WINDOW_DAYS: Final = 7
#: So many calls without an answer in a row mean that the rest would have none either.
_PATIENCE: Final = 3


class Source(StrEnum):
    """Where the portal's side comes from."""

    SERVICE = "service"
    REPORT = "report"


class Ending(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"  #: the portal did not tell everything, or another run took the lead


class Stage(StrEnum):
    """What a run is busy with."""

    SUMS = "sums"
    BUCKETS = "buckets"
    REPAIRS = "repairs"


#: Told the stage, how much of it is done, and of how much.
Progress = Callable[[Stage, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """What a run works with.

    `taken_at` is when the holdings were taken, `None` if that is now. Dossiers that were touched in the
    `horizon` before it are not compared. `per_minute` limits how fast repairs reach the portal. Repairs
    are on record as ordered `by` somebody, or else by the `owner`.
    """

    sessions: Sessions
    holdings: PortalHoldings
    source: Source
    taken_at: datetime | None
    comparison: Comparison
    owner: str
    horizon: timedelta
    lease: timedelta
    per_minute: int
    by: Actor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Dossiers received from `first` to `last`, local days; of a unit and those below it, or of all."""

    first: date
    last: date
    unit_code: str | None
    repair: bool


@dataclass(slots=True)
class Reconciled:
    """What a run found. `dossiers_*` count what was compared by sums, `unread` buckets stayed closed."""

    run_id: int
    ending: Ending = Ending.COMPLETE
    failure: str | None = None
    calls: int = 0
    buckets: int = 0
    differing: int = 0
    unread: int = 0
    in_flight: int = 0
    dossiers_ours: int = 0
    dossiers_theirs: int = 0
    findings: list[Finding] = field(default_factory=list)

    def fall_short(self, reason: str) -> None:
        """Note why the run is not complete."""
        self.ending, self.failure = Ending.INCOMPLETE, reason


async def reconcile(
    reconciling: Reconciling, scope: Scope, *, progress: Progress = lambda _stage, _done, _total: None
) -> Reconciled | None:
    """Run once; `None` while another run is under way. Raises `UnknownUnit`.

    A run that dies leaves the lead to its lease, and changes nothing that it has not recorded.
    """
    prefixes = await _prefixes(reconciling, scope)
    run = await _begin(reconciling, scope)
    if run is None:
        return None
    work = _Comparison(reconciling, scope, run, progress, prefixes)
    result = work.result
    try:
        differences = await work.look_into(await work.differing())
        result.findings = await repair_differences(
            reconciling.sessions,
            run,
            differences,
            repair=scope.repair,
            comparison=reconciling.comparison,
            per_minute=reconciling.per_minute,
            lease=reconciling.lease,
            progress=lambda done, total: progress(Stage.REPAIRS, done, total),
        )
    except LeadLost as lost:
        result.findings = lost.findings
        result.fall_short("lead lost")
    await _finish(reconciling, run, result)
    return result


class _Comparison:
    """The reading half of a run: no dossier is changed here, and no transaction is open during a call."""

    def __init__(
        self,
        reconciling: Reconciling,
        scope: Scope,
        run: Run,
        progress: Progress,
        prefixes: Sequence[str] | None,
    ) -> None:
        self.result = Reconciled(run.id)
        self._reconciling = reconciling
        self._scope = scope
        self._run = run
        self._progress = progress
        self._prefixes = prefixes
        taken_at = min(run.started_at, reconciling.taken_at or run.started_at)
        self._quiet_since = taken_at - reconciling.horizon

    async def differing(self) -> list[Bucket]:
        """Name the buckets whose sums differ."""
        found: list[Bucket] = []
        parts = windows(self._scope.first, self._scope.last, days=WINDOW_DAYS)
        for done, (first, last) in enumerate(parts, start=1):
            self.result.calls += 1
            theirs = await self._reconciling.holdings.sums(first, last)
            if isinstance(theirs, Failure):
                self.result.fall_short(outcome_name(theirs))
                break
            if self._prefixes is not None:
                theirs = {bucket: theirs[bucket] for bucket in theirs if bucket.prefix in self._prefixes}
            ours = await self._our_sums(first, last)
            found += differing(ours, theirs)
            self.result.buckets += len(ours.keys() | theirs.keys())
            self.result.dossiers_ours += sum(one.dossiers for one in ours.values())
            self.result.dossiers_theirs += sum(one.dossiers for one in theirs.values())
            self._progress(Stage.SUMS, done, len(parts))
        self.result.differing = len(found)
        return found

    async def _our_sums(self, first: date, last: date) -> dict[Bucket, Sum]:
        """Sum up our side day by day: 30,000 dossiers take about a second."""
        ours: dict[Bucket, Sum] = {}
        async with self._reconciling.sessions.begin() as session:
            await _keep_lead(ReconciliationRepository(session), self._reconciling, self._run)
            holdings = HoldingsRepository(session)
            for day, _ in windows(first, last, days=1):
                ours |= await holdings.sums(day, day, prefixes=self._prefixes)
        return ours

    async def look_into(self, buckets: Sequence[Bucket]) -> list[Difference]:
        """Compare buckets dossier by dossier; a dossier that turns up in two of them counts once."""
        found: dict[str, Difference] = {}
        unanswered = 0
        for done, bucket in enumerate(buckets, start=1):
            differences = None if unanswered >= _PATIENCE else await self._look_into(bucket)
            if differences is None:
                unanswered += 1
                self.result.unread += 1
            else:
                unanswered = 0
                for difference in differences:
                    found.setdefault(difference.code, difference)
            self._progress(Stage.BUCKETS, done, len(buckets))
        return list(found.values())

    async def _look_into(self, bucket: Bucket) -> list[Difference] | None:
        self.result.calls += 1
        theirs = await self._reconciling.holdings.dossiers(bucket)
        if isinstance(theirs, Failure):
            self.result.fall_short(outcome_name(theirs))
            return None
        # Read after the portal was, so that what both have since agreed on is no difference.
        async with self._reconciling.sessions.begin() as session:
            await _keep_lead(ReconciliationRepository(session), self._reconciling, self._run)
            ours = await HoldingsRepository(session).dossiers(
                bucket, codes=[held.code for held in theirs], quiet_since=self._quiet_since
            )
        compared = compare(bucket, ours, theirs)
        self.result.in_flight += compared.in_flight
        return compared.differences


async def _prefixes(reconciling: Reconciling, scope: Scope) -> list[str] | None:
    if scope.unit_code is None:
        return None
    async with reconciling.sessions() as session:
        units = await HoldingsRepository(session).units_within(scope.unit_code)
    if not units:
        raise UnknownUnit(unit=scope.unit_code)
    return [unit.code for unit in units]


async def _begin(reconciling: Reconciling, scope: Scope) -> Run | None:
    async with reconciling.sessions.begin() as session:
        if scope.repair:
            units = () if scope.unit_code is None else (scope.unit_code,)
            by = reconciling.by or Actor(name=reconciling.owner)
            await record(session, actor=by, act=Act(Action.RECONCILE_REPAIR, units))
        return await ReconciliationRepository(session).begin(
            owner=reconciling.owner,
            source=reconciling.source.value,
            first_day=scope.first,
            last_day=scope.last,
            unit_code=scope.unit_code,
            repairing=scope.repair,
            lease=reconciling.lease,
        )


async def _keep_lead(runs: ReconciliationRepository, reconciling: Reconciling, run: Run) -> None:
    if not await runs.renew(run, lease=reconciling.lease):
        raise LeadLost


async def _finish(reconciling: Reconciling, run: Run, result: Reconciled) -> None:
    names = ("buckets", "differing", "unread", "in_flight")
    async with reconciling.sessions.begin() as session:
        await ReconciliationRepository(session).finish(
            run, outcome=result.ending.value, counts={name: getattr(result, name) for name in names}
        )
    log.info(
        "reconciliation.finished",
        run=run.id,
        outcome=result.ending.value,
        buckets=result.buckets,
        differing=result.differing,
        differences=len(result.findings),
        repaired=sum(finding.repaired for finding in result.findings),
    )
