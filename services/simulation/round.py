"""One round of delivery in virtual time: the calls for one claim, in the worker's order.

The same course as `core.application.delivery_round`, without database and network; every decision on the way
is the domain's.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.core.domain.delivery import Operation, RetryPolicy, ask_again, next_step
from services.core.domain.outcome import (
    AlreadyExists,
    AuthRefused,
    Failure,
    Found,
    NotSent,
    Outcome,
    Rejected,
    Throttled,
    was_taken,
)
from services.core.domain.pace import PUSHES, Leave
from services.simulation.pacing import Heard
from services.simulation.parcel import Parcel
from services.simulation.portal import Part

_HALVED: Final = (Rejected, AlreadyExists)


@dataclass(frozen=True, slots=True)
class Request:
    """One call to make."""

    operation: Operation
    parts: Sequence[Part]


#: Yields calls to be made at the same time, and is sent what was heard of them, in that order.
Course = Generator[Sequence[Request], Sequence[Heard], None]


@dataclass(frozen=True, slots=True)
class WorkerTraits:
    """The worker's settings, by the names of `core.config`."""

    calls_in_flight: int = 8
    dossiers_per_call: int = 50
    dossiers_per_claim: int = 50
    entries_per_call: int = 200
    look_ups_at_once: int = 8
    call_seconds: float = 20.0
    probe_seconds: float = 5.0
    probe_cap_seconds: float = 15.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)


class Note(Protocol):
    """Hears of every call; `retry` if all of its `dossiers` had been tried before."""

    def __call__(self, operation: Operation, heard: Heard, *, dossiers: int, retry: bool) -> None: ...


class Round:
    """The course of one claim."""

    def __init__(
        self,
        parcels: Sequence[Parcel],
        traits: WorkerTraits,
        leave: Leave,
        *,
        jitter: Callable[[], float],
        note: Note,
    ) -> None:
        self._parcels = parcels
        self._traits = traits
        self._leave = leave
        self._calls = 0
        self._jitter = jitter
        self._note = note
        self._halted: Throttled | AuthRefused | NotSent | None = None

    def run(self) -> Course:
        """Send what is certain, many to a call; then ask about what is unknown, one by one, and send it."""
        for suspects in (False, True):
            if suspects:
                yield from self._ask()
            group = [parcel for parcel in self._parcels if parcel.ask_first is suspects]
            for operation in PUSHES if group else ():
                while self._may_call(operation) and (parts := self._parts(operation, group)):
                    for part in parts:
                        yield from self._push(operation, part)

    def _may_call(self, operation: Operation) -> bool:
        return operation in self._leave.calls and not (self._leave.is_probe and self._calls)

    def _ask(self) -> Course:
        group = [parcel for parcel in self._parcels if parcel.ask_first]
        at_once = self._traits.look_ups_at_once
        for start in range(0, len(group), at_once):
            chunk = group[start : start + at_once]
            if self._halted is not None:
                for parcel in chunk:
                    self._ask_again(parcel, self._halted)
                continue
            requests = [Request(Operation.LOOK_UP, [parcel.load(Operation.LOOK_UP, 0)]) for parcel in chunk]
            for parcel, heard in zip(chunk, (yield requests), strict=True):
                self._hear(Operation.LOOK_UP, heard, [parcel])
                answer = heard.answer
                if isinstance(answer, Found):
                    parcel.take_record(answer.record)
                elif isinstance(answer, Failure):
                    self._ask_again(parcel, answer)

    def _ask_again(self, parcel: Parcel, failure: Failure) -> None:
        parcel.stop = ask_again(
            failure, attempt=parcel.attempt, policy=self._traits.retry, jitter=self._jitter()
        )

    def _parts(self, operation: Operation, group: Sequence[Parcel]) -> list[list[Parcel]]:
        dossiers, entries = self._traits.dossiers_per_call, self._traits.entries_per_call
        wanting = [parcel for parcel in group if parcel.wants(operation)]
        if len(wanting) <= 1:
            return [wanting] if wanting else []
        parts: list[list[Parcel]] = []
        room = 0
        for parcel in sorted(wanting, key=lambda p: p.company(dossiers), reverse=True):
            needed = min(parcel.entries_left(), entries) if operation is Operation.PROGRESS else 0
            if not parts or needed > room or len(parts[-1]) >= parcel.company(dossiers):
                parts.append([])
                room = entries
            parts[-1].append(parcel)
            room -= needed
        return parts

    def _push(self, operation: Operation, part: Sequence[Parcel]) -> Course:
        if self._halted is not None:
            self._apply(self._halted, operation, part)
            return
        parts = [parcel.load(operation, self._traits.entries_per_call) for parcel in part]
        (heard,) = yield [Request(operation, parts)]
        self._hear(operation, heard, part)
        answer = heard.answer
        if len(part) > 1 and operation is not Operation.PROGRESS and isinstance(answer, _HALVED):
            half = len(part) // 2
            yield from self._push(operation, part[:half])
            yield from self._push(operation, part[half:])
        elif not isinstance(answer, Found):
            self._apply(answer, operation, part)

    def _apply(self, outcome: Outcome, operation: Operation, part: Sequence[Parcel]) -> None:
        for parcel in part:
            step = next_step(
                outcome,
                alone=len(part) == 1,
                attempt=parcel.attempt,
                policy=self._traits.retry,
                jitter=self._jitter(),
            )
            parcel.apply(step, operation)

    def _hear(self, operation: Operation, heard: Heard, part: Sequence[Parcel]) -> None:
        self._calls += 1
        retry = all(parcel.attempt > 1 for parcel in part)
        self._note(operation, heard, dossiers=len(part), retry=retry)
        if not was_taken(heard.answer):
            silent = NotSent("the portal did not answer others")
            self._halted = heard.answer if isinstance(heard.answer, Throttled | AuthRefused) else silent
