"""The sync worker of a rehearsal: lanes that claim, send and settle in virtual time."""

from collections.abc import Generator, Sequence
from functools import partial
from random import Random
from typing import Final

from services.core.domain.delivery import AskIn, DeliveryState, Operation, Park, ParkCause, RetryIn
from services.core.domain.outcome import was_taken
from services.core.domain.pace import Leave
from services.core.domain.verdict import Comparison
from services.simulation.case import Case
from services.simulation.line import Line, Order, wants_line
from services.simulation.pacing import Heard, Pacing
from services.simulation.parcel import Parcel
from services.simulation.portal import Answer, Portal
from services.simulation.round import Request, Round, WorkerTraits
from services.simulation.row import Row, new_row
from services.simulation.stakes import Stakes
from services.simulation.timeline import Timeline

#: From the commit to the first call: the bell, or the poll that takes its place.
RING_SECONDS: Final = 0.1
#: The worker's pause where there is no reason to go on at once.
POLL_SECONDS: Final = 1.0


#: What a lane waits for: seconds, answers to calls, or (`None`) the bell.
Wish = float | Sequence[Request] | None
Lane = Generator[Wish, Sequence[Heard], None]


class Worker:
    """Delivers until there is nothing left; what the portal refuses, the desk mends after a while."""

    def __init__(
        self,
        timeline: Timeline,
        portal: Portal,
        traits: WorkerTraits,
        *,
        order: Order,
        pacing: Pacing,
        comparison: Comparison,
        chance: Random,
        correction_seconds: float,
    ) -> None:
        self._correction_seconds = correction_seconds
        self._timeline = timeline
        self._portal = portal
        self._traits = traits
        self._line = Line(order)
        self._pacing = pacing
        self._comparison = comparison
        self._chance = chance
        self._rows: dict[int, Row] = {}
        self._stakes = Stakes()
        self._resting: list[Lane] = []
        self._alarm: float | None = None
        #: One lane at the gate is enough; it rings for the others when it has been let in.
        self._at_gate = False
        for _ in range(traits.calls_in_flight):
            self._resting.append(self._lane())
            next(self._resting[-1])

    def report(self, case: Case, seq: int) -> None:
        """Take in an entry that the desk has just written."""
        row = self._rows.get(case.number)
        if row is None:
            row = self._rows[case.number] = new_row(case, self._comparison)
        row.reported = seq
        self._stakes.add(row)
        self._mark(row)

    def _correct(self, row: Row) -> None:
        """Take in the body that the desk has mended after a refusal."""
        row.version += 1
        self._mark(row)

    def _mark(self, row: Row) -> None:
        if row.state in (DeliveryState.SYNCED, DeliveryState.PARKED):
            row.state = DeliveryState.DUE
            row.attempts = 0
            row.next_attempt_at = row.due_since = self._timeline.now
            self._line.add(row, self._timeline.now)
            self._ring()
        elif wants_line(row):
            self._line.refresh(row)

    def _lane(self) -> Lane:
        yield None
        while True:
            now = self._timeline.now
            ready = self._line.is_ready(now)
            leave = self._pacing.leave(now, self._line.wanted()) if ready else None
            if leave is None:
                yield None
            elif isinstance(leave, Leave):
                yield from self._deliver(leave)
            else:
                yield from self._wait_at_gate(leave)

    def _wait_at_gate(self, seconds: float) -> Lane:
        self._at_gate = True
        yield max(seconds, RING_SECONDS)
        self._at_gate = False

    def _deliver(self, leave: Leave) -> Lane:
        now = self._timeline.now
        size = self._pacing.claim_size(leave, now)
        parcels = [Parcel(row) for row in self._line.claim(size, now, leave)]
        self._pacing.begin(leave)
        self._ring()
        taken = 0

        def note(operation: Operation, heard: Heard, *, dossiers: int, retry: bool) -> None:
            nonlocal taken
            taken += was_taken(heard.answer)
            self._pacing.note(operation, heard, dossiers=dossiers, retry=retry, leave=leave)

        yield from Round(parcels, self._traits, leave, jitter=self._chance.random, note=note).run()
        self._pacing.end(leave, self._timeline.now, self._stakes.earliest)
        for parcel in parcels:
            self._settle(parcel, self._timeline.now)
        if leave.is_probe and taken:
            # Who waits at the gate would look again within a second; it need not know that it was opened.
            self._at_gate = False
        self._ring()
        if not parcels:
            yield from self._wait_at_gate(POLL_SECONDS)
        elif not taken:
            yield POLL_SECONDS

    def _settle(self, parcel: Parcel, now: float) -> None:
        row, stop = parcel.row, parcel.stop
        row.cursor = parcel.cursor
        row.judge(self._comparison)
        match stop:
            case None if parcel.in_flight:
                row.state, row.next_attempt_at = DeliveryState.UNKNOWN, now
            case None:
                row.attempts = 0
                row.due_since = row.next_attempt_at = now
                row.state = DeliveryState.DUE if row.is_open else DeliveryState.SYNCED
            case RetryIn(delay):
                row.state, row.next_attempt_at = DeliveryState.DUE, now + delay.total_seconds()
            case AskIn(delay):
                row.state, row.next_attempt_at = DeliveryState.UNKNOWN, now + delay.total_seconds()
            case Park(cause):
                changed = parcel.target != row.target
                fresh = cause is ParkCause.REFUSED and row.cursor.acked_version < parcel.target.version
                after = DeliveryState.DUE if fresh else DeliveryState.UNKNOWN
                row.state, row.next_attempt_at = (after if changed else DeliveryState.PARKED), now
                if cause is ParkCause.REFUSED and row.version == parcel.target.version:
                    self._timeline.at(now + self._correction_seconds, lambda: self._correct(row))
        if wants_line(row):
            self._line.add(row, now)

    def _ring(self) -> None:
        """Wake one lane if there is work, or set the alarm for when there will be."""
        now = self._timeline.now
        if not self._resting or self._at_gate:
            return
        if self._line.is_ready(now):
            lane = self._resting.pop()
            self._timeline.at(now + RING_SECONDS, lambda: self._go_on(lane, ()))
            return
        ready_at = self._line.next_ready()
        if ready_at is not None and (self._alarm is None or ready_at < self._alarm):
            self._alarm = ready_at
            self._timeline.at(ready_at, self._wake)

    def _wake(self) -> None:
        if self._alarm is not None and self._alarm <= self._timeline.now:
            self._alarm = None
        self._ring()

    def _go_on(self, lane: Lane, heard: Sequence[Heard]) -> None:
        wish = lane.send(heard)
        if wish is None:
            self._resting.append(lane)
            # A lane that has just found nothing to do is not woken at once; the alarm is for later.
            if not self._line.is_ready(self._timeline.now):
                self._ring()
        elif isinstance(wish, float):
            self._timeline.at(self._timeline.now + wish, lambda: self._go_on(lane, ()))
        else:
            self._call(lane, wish)

    def _call(self, lane: Lane, requests: Sequence[Request]) -> None:
        asked_at = self._timeline.now
        answers: dict[int, Heard] = {}

        def hear(n: int, answer: Answer) -> None:
            answers[n] = Heard(answer, self._timeline.now - asked_at)
            if len(answers) == len(requests):
                self._go_on(lane, [answers[n] for n in range(len(requests))])

        for n, request in enumerate(requests):
            self._portal.receive(
                request.operation,
                request.parts,
                patience=self._traits.call_seconds,
                answer=partial(hear, n),
            )
