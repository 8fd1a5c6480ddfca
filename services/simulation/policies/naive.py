"""The common pusher, as its code was found in the field (portal-interface 5.3)."""

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

from services.core.domain.delivery import Operation
from services.core.domain.dossier import ProgressEntry
from services.core.domain.outcome import Accepted, AlreadyExists, Found, Rejected, Throttled
from services.simulation.case import FIRST_VERSION, Case
from services.simulation.portal import Answer, Part, Portal
from services.simulation.timeline import Timeline

TICK_SECONDS: Final = 45.0
ROWS_PER_TICK: Final = 10
MOST_TRIES: Final = 10
#: It sets a read time-out and nothing else.
READ_SECONDS: Final = 60.0

_Call = tuple[Operation, Part]


@dataclass(slots=True, eq=False)
class Job:
    """A row of the queue: a dossier, not what happened to it. What is newest when it is sent travels."""

    case: Case
    tries: int = 0


class NaivePusher:
    """Ticks; takes the oldest rows; asks, pushes the body, pushes the newest entry, one call after the other.

    * An exception (time-out, lost connection, unreadable answer) falls through to `return true`: the row
      counts as sent.
    * A clear error, also that of a connection that was refused, costs a try; after ten the row is given up,
      and nothing takes it up again but the dossier's next entry.
    * A look-up without an answer means "not there", so a known dossier is created again and refused.
    * A dossier that waits is not queued twice, so entries in between never travel.
    """

    def __init__(self, timeline: Timeline, portal: Portal) -> None:
        self._timeline = timeline
        self._portal = portal
        self._jobs: deque[Job] = deque()
        self._queued: dict[int, Job] = {}
        self._reported: dict[int, int] = {}
        self._ticking = False

    def report(self, case: Case, seq: int) -> None:
        """Queue a dossier that is not queued yet."""
        self._reported[case.number] = seq
        if case.number in self._queued:
            return
        job = self._queued[case.number] = Job(case)
        self._jobs.append(job)
        if not self._ticking:
            self._ticking = True
            self._tick_at(self._timeline.now)

    def _tick_at(self, moment: float) -> None:
        ticks = moment // TICK_SECONDS + 1
        self._timeline.at(ticks * TICK_SECONDS, lambda: self._go_on(self._tick(), None))

    def _tick(self) -> Generator[_Call, Answer, None]:
        for job in [self._jobs.popleft() for _ in range(min(ROWS_PER_TICK, len(self._jobs)))]:
            failed = yield from self._send(job)
            job.tries += failed
            if failed and job.tries < MOST_TRIES:
                self._jobs.append(job)
            else:
                del self._queued[job.case.number]

    def _send(self, job: Job) -> Generator[_Call, Answer, bool]:
        """Give whether the row stays in the queue."""
        case = job.case
        entry = case.entries[self._reported[case.number] - 1]
        answer = yield Operation.LOOK_UP, Part(case, 0)
        known = isinstance(answer, Found) and answer.record is not None
        answer = yield (Operation.UPDATE if known else Operation.CREATE), Part(case, FIRST_VERSION)
        if not isinstance(answer, Accepted):
            return _is_clear(answer)
        answer = yield Operation.PROGRESS, Part(case, FIRST_VERSION, _only(entry))
        return _is_clear(answer)

    def _go_on(self, tick: Generator[_Call, Answer, None], answer: Answer | None) -> None:
        try:
            operation, part = next(tick) if answer is None else tick.send(answer)
        except StopIteration:
            self._ticking = bool(self._jobs)
            if self._jobs:
                self._tick_at(self._timeline.now)
            return
        self._portal.receive(
            operation, [part], patience=READ_SECONDS, answer=lambda heard: self._go_on(tick, heard)
        )


def _only(entry: ProgressEntry) -> tuple[ProgressEntry, ...]:
    return (entry,)


def _is_clear(answer: Answer) -> bool:
    """Say whether the pusher notices that it failed."""
    return isinstance(answer, Rejected | AlreadyExists | Throttled)
