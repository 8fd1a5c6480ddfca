"""The portal of a rehearsal: takes as much as it can, fails when the forecast says so, and judges."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from services.core.domain.delivery import Operation
from services.core.domain.dossier import ProgressEntry
from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    Found,
    LookUpOutcome,
    NotSent,
    Outcome,
    PortalEntry,
    PortalRecord,
    Rejected,
    Throttled,
    Unknown,
)
from services.core.domain.verdict import Comparison
from services.simulation.case import FIRST_VERSION, Case
from services.simulation.timeline import Timeline
from services.simulation.weather import Forecast, State

Answer = Outcome | LookUpOutcome

#: What a caller gets without anything having been stored, by the state of the portal.
_FAULTS: Final[dict[State, Answer]] = {
    State.DOWN: NotSent("connection refused"),
    State.HANG: Unknown("time-out", lingering=True),
    State.ERROR: Unknown("unreadable answer"),
    State.BUSY: Throttled(timedelta(seconds=30)),
}
_TIMED_OUT: Final = Unknown("time-out", lingering=True)
_CUT_OFF: Final = Unknown("connection lost")
_ANSWER_LOST: Final = Unknown("answer lost")
_REFUSED_QUICKLY: Final = 0.1


@dataclass(frozen=True, slots=True)
class PortalTraits:
    """What the portal can do, in seconds of its time per call and per dossier in it, one after another.

    `latency` comes on top without occupying it; while slow, everything takes `slow_factor` times as long.
    `answer_loss` is the share of calls that are done and never answered.
    """

    seconds_per_call: float
    seconds_per_dossier: float
    latency: float
    slow_factor: float = 20.0
    answer_loss: float = 0.0
    comparison: Comparison = Comparison.INSTANT


@dataclass(frozen=True, slots=True)
class Part:
    """What one call says of one dossier."""

    case: Case
    version: int
    entries: Sequence[ProgressEntry] = ()


@dataclass(slots=True, eq=False)
class Record:
    """What the portal holds of a dossier, and what it has shown of it.

    `flag_at` is when it turns late unless more arrives, `late_from` when it did. Times in seconds.
    """

    case: Case
    flag_at: float | None
    version: int = 0
    known: tuple[int, ...] = ()
    stored_at: dict[int, float] = field(default_factory=dict)
    late_from: float | None = None
    duplicates: int = 0


class Portal:
    """Answers calls in virtual time.

    `calls` counts every one, `lost` the dossiers in unanswered pushes, `taken` those in pushes that were
    answered with consent, by minute since the epoch.
    """

    def __init__(
        self,
        timeline: Timeline,
        traits: PortalTraits,
        forecast: Forecast,
        cases: Sequence[Case],
        chance: Random,
    ) -> None:
        self.calls: Counter[Operation] = Counter()
        self.lost = 0
        self.taken: Counter[int] = Counter()
        self.records = {
            case.number: Record(case, _moment(case.flagged_at((), traits.comparison))) for case in cases
        }
        self._timeline = timeline
        self._traits = traits
        self._forecast = forecast
        self._chance = chance
        self._free_at = 0.0

    def seconds_for(self, dossiers: int) -> float:
        """Say how long a call begun now takes with nobody else in the queue."""
        traits = self._traits
        seconds = traits.seconds_per_call + dossiers * traits.seconds_per_dossier + traits.latency
        return seconds * self._slowness()

    def busy_for(self, now: float) -> float:
        """Say how long the portal still works on the calls that it has taken."""
        return max(0.0, self._free_at - now)

    def receive(
        self,
        operation: Operation,
        parts: Sequence[Part],
        *,
        patience: float,
        answer: Callable[[Answer], None],
    ) -> None:
        """Take a call; `answer` is given what the caller sees, after at most `patience` seconds."""
        self.calls[operation] += 1
        now, state = self._timeline.now, self._forecast.state(self._timeline.now)
        if state in _FAULTS:
            waited = patience if state is State.HANG else min(patience, _REFUSED_QUICKLY)
            self._later(now + waited, answer, _FAULTS[state])
            return
        pace = self._slowness()
        worked = pace * (self._traits.seconds_per_call + len(parts) * self._traits.seconds_per_dossier)
        self._free_at = max(now, self._free_at) + worked
        done_at = self._free_at + pace * self._traits.latency
        if (fault := self._forecast.fault_within(now, done_at)) is not None:
            cut_off = fault.begins_at < now + patience and fault.state is not State.HANG
            seen_at = max(now, fault.begins_at) if cut_off else now + patience
            self._later(seen_at, answer, _CUT_OFF if cut_off else _TIMED_OUT)
            return
        self._do(operation, parts, done_at, now + patience, answer)

    def _slowness(self) -> float:
        slow = self._forecast.state(self._timeline.now) is State.SLOW
        return self._traits.slow_factor if slow else 1.0

    def _do(
        self,
        operation: Operation,
        parts: Sequence[Part],
        done_at: float,
        given_up_at: float,
        answer: Callable[[Answer], None],
    ) -> None:
        lost = self._chance.random() < self._traits.answer_loss

        def work() -> None:
            result = self._result(operation, parts)
            heard = done_at <= given_up_at and not lost
            if heard:
                if isinstance(result, Accepted):
                    self.taken[int(done_at // 60)] += len(parts)
                answer(result)
                return
            if operation is not Operation.LOOK_UP:
                self.lost += len(parts)
            if done_at <= given_up_at:
                answer(_ANSWER_LOST)

        self._timeline.at(done_at, work)
        if done_at > given_up_at:
            self._later(given_up_at, answer, _TIMED_OUT)

    def _later(self, moment: float, answer: Callable[[Answer], None], value: Answer) -> None:
        self._timeline.at(moment, lambda: answer(value))

    def _result(self, operation: Operation, parts: Sequence[Part]) -> Answer:
        records = [self.records[part.case.number] for part in parts]
        match operation:
            case Operation.LOOK_UP:
                return Found(_shown(records[0]))
            case Operation.PROGRESS:
                if any(record.version == 0 for record in records):
                    return Rejected("2", "no such dossier")
            case Operation.CREATE if any(record.version > 0 for record in records):
                return AlreadyExists("already exists")
            case Operation.UPDATE if any(record.version == 0 for record in records):
                return Rejected("2", "no such dossier")
        if operation is not Operation.PROGRESS and any(
            part.case.refused and part.version == FIRST_VERSION for part in parts
        ):
            return Rejected("1", "procedure unknown")
        for part, record in zip(parts, records, strict=True):
            self._store(operation, part, record)
        return Accepted("0")

    def _store(self, operation: Operation, part: Part, record: Record) -> None:
        now = self._timeline.now
        if record.flag_at is not None and record.flag_at <= now and record.late_from is None:
            record.late_from = record.flag_at
        if operation is not Operation.PROGRESS:
            record.version = part.version
        for entry in part.entries:
            record.duplicates += entry.seq in record.stored_at
            record.stored_at.setdefault(entry.seq, now)
            record.known = (*record.known, entry.seq)
        record.flag_at = _moment(part.case.flagged_at(record.known, self._traits.comparison))


def _moment(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _shown(record: Record) -> PortalRecord | None:
    if record.version == 0:
        return None
    sent = [record.case.entries[seq - 1] for seq in record.known]
    entries = tuple(PortalEntry(entry.occurred_at, entry.status) for entry in sent)
    return PortalRecord(str(record.case.number), entries)
