"""Ours: the order and the pace of the sync worker, by the functions of the domain."""

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import inf
from typing import Final

from services.core.domain.delivery import DeliveryState, Operation, next_operation
from services.core.domain.order import Waiting, choose, claim_size, time_to_save
from services.core.domain.outcome import Throttled, was_missed
from services.core.domain.pace import (
    CallWindow,
    ConcurrencyLimit,
    Gate,
    GatePolicy,
    RetryBudget,
    answered,
    held,
    may_call,
    needs_probe,
    probed,
    tripped,
)
from services.simulation.leave import CALLS, Heard, Leave, Pacing
from services.simulation.portal import Answer
from services.simulation.round import WorkerTraits
from services.simulation.row import Row

_PUSHES: Final = (Operation.CREATE, Operation.UPDATE, Operation.PROGRESS)
#: So many more than wanted are looked at, as the worker's claim does.
_WINDOW: Final = 3
#: The next look where nothing says when: the worker's poll.
_POLL_SECONDS: Final = 1.0

#: What a row wants next, whether for the first time, and whether the dossier has ended.
_Kind = tuple[Operation, bool, bool]
_Entry = tuple[float, int, Row, Waiting[int]]


class FlagOrder:
    """Rows by flag, apart by what they want next; the domain chooses among those that come into question."""

    def __init__(self, chance: Callable[[], float], pacing: Pacing) -> None:
        self._rows: dict[_Kind, list[_Entry]] = {
            (operation, fresh, ended): []
            for operation in CALLS
            for fresh in (True, False)
            for ended in (True, False)
        }
        self._chance = chance
        self._pacing = pacing

    def __len__(self) -> int:
        return sum(map(len, self._rows.values()))

    def add(self, row: Row) -> None:
        """Take in a row whose time has come."""
        flag = inf if row.flagged_at is None else row.flagged_at.timestamp()
        waiting = Waiting(row.case.number, row.case.unit_id, row.flagged_at, averts=row.has_ended)
        insort(self._rows[_kind(row)], (flag, row.case.number, row, waiting))

    def refresh(self, row: Row) -> None:
        """Look again at a row whose dossier has moved on meanwhile."""
        for kind, rows in self._rows.items():
            flag = inf if row.flagged_at is None else row.flagged_at.timestamp()
            place = bisect_right(rows, (flag, row.case.number), key=lambda entry: entry[:2]) - 1
            if place >= 0 and rows[place][2] is row and kind != _kind(row):
                del rows[place]
                self.add(row)
                return

    def wanted(self) -> AbstractSet[Operation]:
        """Name the operations that rows wait for."""
        return {operation for (operation, _, _), rows in self._rows.items() if rows}

    def take(self, size: int, now: float, leave: Leave) -> Sequence[Row]:
        """Take what the domain chooses."""
        kinds = [
            rows
            for (operation, fresh, _), rows in self._rows.items()
            if rows and operation in leave.first and (fresh or leave.retries)
        ]
        if sum(map(len, kinds)) <= size:
            taken = [row for rows in kinds for _, _, row, _ in rows]
            for rows in kinds:
                rows.clear()
            return taken
        reach = self._pacing.reach
        found = {
            entry[1]: (entry, rows)
            for rows in kinds
            for entry in _in_question(rows, size, now + reach.total_seconds())
        }
        chosen = choose(
            [entry[3] for entry, _ in found.values()],
            size=size,
            now=datetime.fromtimestamp(now, UTC),
            chance=self._chance(),
            reach=reach,
        )
        taken = []
        for one in chosen:
            entry, rows = found[one.key]
            del rows[bisect_right(rows, entry[:2], key=lambda other: other[:2]) - 1]
            taken.append(entry[2])
        return taken


class WorkerPacing:
    """What `core.application.pacing` does with the domain's gates, for one process and without a database."""

    def __init__(
        self,
        policy: GatePolicy,
        limit: ConcurrencyLimit,
        *,
        traits: WorkerTraits,
        jitter: Callable[[], float],
    ) -> None:
        self._policy = policy
        self._limit = limit
        self._traits = traits
        self._jitter = jitter
        self._budget = RetryBudget()
        self._rounds = 0
        self._probing = False
        #: Whether any gate is not as it was at the start.
        self._troubled = False
        self._windows = {operation: CallWindow() for operation in Operation}
        self._gates = {operation: Gate() for operation in Operation}

    @property
    def reach(self) -> timedelta:
        """Give the time within which a flag cannot be averted any more."""
        return time_to_save(self._limit.usual_seconds)

    def leave(self, now: float, wanted: AbstractSet[Operation]) -> Leave | float | None:
        """Give leave for a round or a probe."""
        if self._rounds >= self._limit.calls:
            return None
        if not self._troubled:
            return Leave(self._size, retries=self._budget.allows_retry(now))
        at = datetime.fromtimestamp(now, UTC)
        due = frozenset(op for op, gate in self._gates.items() if needs_probe(gate, at))
        if due & wanted and not self._probing:
            return Leave(1, due, due, is_probe=True)
        allowed = frozenset(op for op in CALLS if may_call(self._gates[op], at))
        if not allowed & wanted:
            return self._wait(at, wanted)
        return Leave(self._size, allowed, allowed, retries=self._budget.allows_retry(now))

    def begin(self, leave: Leave) -> None:
        """Count a round as under way."""
        self._rounds += 1
        self._probing |= leave.is_probe

    def note(self, operation: Operation, heard: Heard, now: float, *, retry: bool, leave: Leave) -> None:
        """Take in a call."""
        answer, seconds = heard.answer, heard.seconds
        trips = self._windows[operation].add(answer, now, seconds=seconds)
        good = not was_missed(answer)
        if operation in _PUSHES:
            self._budget.note(retry=retry, good=good, answered=good)
            if good and not isinstance(answer, Throttled):
                self._limit.succeeded(now, seconds=seconds, in_flight=self._rounds)
            else:
                self._limit.distressed(now, seconds=seconds)
        if trips or self._troubled or isinstance(answer, Throttled):
            self._apply(operation, answer, datetime.fromtimestamp(now, UTC), trips=trips, leave=leave)

    def end(self, leave: Leave, now: float) -> None:
        """Count a round as over, and put off the probes that were not made: nobody wanted that call."""
        self._rounds -= 1
        if not leave.is_probe:
            return
        self._probing = False
        at = datetime.fromtimestamp(now, UTC)
        for operation in leave.first:
            gate = self._gates[operation]
            if gate.good_probes == 0 and gate.open_until is not None and gate.open_until <= at:
                later = at + timedelta(seconds=self._policy.open_seconds)
                self._gates[operation] = replace(gate, open_until=later)

    def _apply(
        self, operation: Operation, answer: Answer, at: datetime, *, trips: bool, leave: Leave
    ) -> None:
        gates, gate, good = self._gates, self._gates[operation], not was_missed(answer)
        was_open = gate.is_open
        if isinstance(answer, Throttled):
            gate = held(gate, at, self._policy, wanted=answer.retry_after)
        if leave.is_probe:
            gate = probed(gate, at, self._policy, good=good, jitter=self._jitter())
        elif trips:
            gate = tripped(gate, at, self._policy, jitter=self._jitter())
        gates[operation] = gate
        self._troubled = any(its.is_open or its.held_until is not None for its in gates.values())
        for other, its in gates.items() if leave.is_probe else ():
            if other is not operation and its.is_open:
                gates[other] = answered(its, at) if good else _not_before(its, gate)
        if was_open and not gate.is_open and operation in _PUSHES:
            self._limit.restart()

    @property
    def _size(self) -> int:
        return claim_size(
            per_call=self._traits.dossiers_per_call,
            at_most=self._traits.dossiers_per_claim,
            call_seconds=self._limit.usual_seconds,
        )

    def _wait(self, at: datetime, wanted: AbstractSet[Operation]) -> float:
        """Give the seconds until one of these operations may be let through."""
        moments = [
            moment
            for gate in (self._gates[operation] for operation in wanted)
            for moment in (gate.open_until, gate.held_until)
            if moment is not None and moment > at
        ]
        return (min(moments) - at).total_seconds() if moments else _POLL_SECONDS


def worker_pacing(traits: WorkerTraits, jitter: Callable[[], float]) -> WorkerPacing:
    """Build it from the worker's settings, as the worker does."""
    policy = GatePolicy(
        open_seconds=traits.probe_seconds,
        open_cap_seconds=traits.probe_cap_seconds,
        probe_seconds=1.5 * traits.call_seconds,
    )
    limit = ConcurrencyLimit(traits.calls_in_flight)
    return WorkerPacing(policy, limit, traits=traits, jitter=jitter)


def _kind(row: Row) -> _Kind:
    fresh = row.attempts == 0
    if row.state is DeliveryState.UNKNOWN:
        return Operation.LOOK_UP, fresh, row.has_ended
    operation = next_operation(row.cursor, row.target)
    assert operation is not None  # noqa: S101 - only open rows stand in line
    return operation, fresh, row.has_ended


def _in_question(rows: Sequence[_Entry], size: int, horizon: float) -> list[_Entry]:
    """Give the most urgent of those that can be saved, of the flagged, and of those that never will be."""
    first = bisect_right(rows, horizon, key=lambda entry: entry[0])
    return [*rows[: min(size, first)], *islice(rows, first, first + _WINDOW * size)]


def _not_before(gate: Gate, other: Gate) -> Gate:
    """Let an open gate wait as long as one whose call has just failed: one probe speaks for all."""
    if gate.open_until is None or other.open_until is None or gate.open_until >= other.open_until:
        return gate
    return replace(gate, open_until=other.open_until)
