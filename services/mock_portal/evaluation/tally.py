"""What is counted of the dossiers of one department in one period."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from services.mock_portal import body_facts as facts
from services.mock_portal.evaluation.period import Period
from services.mock_portal.evaluation.scoring import Share
from services.mock_portal.store import Body
from services.mock_portal.verdict import Standing, Verdict


@dataclass(frozen=True, slots=True)
class Counted:
    """One dossier that falls in the period: received or finished in it."""

    procedure: str
    """National code."""
    body: Body
    received_at: datetime
    verdict: Verdict
    disliked: bool

    @property
    def late(self) -> bool:
        return self.verdict.standing is Standing.LATE

    def has(self, fact: int) -> bool:
        return bool(self.body.facts & fact)

    @property
    def processing_days(self) -> float | None:
        """Days from reception to result without supplement time; `None` without a result (9 or 10)."""
        verdict = self.verdict
        if verdict.ended_at is None or verdict.ended_by not in ("status_9", "status_10"):
            return None
        return (verdict.ended_at - self.received_at - verdict.supplement).total_seconds() / 86_400


@dataclass(slots=True)
class Tally:
    received: int = 0
    """Received or finished in the period: the denominator of most indicators."""
    received_in_period: int = 0
    late: int = 0
    late_or_disliked: int = 0
    completed: int = 0
    days: list[float] = field(default_factory=list)
    by_fact: dict[int, int] = field(default_factory=dict)
    online_late: int = 0
    digitised_with_result: int = 0
    paid_of_due: int = 0
    procedures: set[str] = field(default_factory=set)
    procedures_by_fact: dict[int, set[str]] = field(default_factory=dict)

    def add(self, counted: Counted, period: Period) -> None:
        self.received += 1
        self.received_in_period += period.holds(counted.received_at)
        self.late += counted.late
        self.late_or_disliked += counted.late or counted.disliked
        self.completed += counted.verdict.finished
        if counted.processing_days is not None:
            self.days.append(counted.processing_days)
        self.online_late += counted.late and counted.has(facts.ONLINE)
        self.digitised_with_result += counted.has(facts.DIGITISED_INPUT) and counted.has(facts.RESULT_FILE)
        self.paid_of_due += counted.has(facts.FEE_DUE) and counted.has(facts.PAID_ONLINE)
        for fact in _bits(counted.body.facts):
            self.by_fact[fact] = self.by_fact.get(fact, 0) + 1

    def note_procedure(self, counted: Counted) -> None:
        """Remember which procedure did what, also outside the filter of the question."""
        self.procedures.add(counted.procedure)
        for fact in _bits(counted.body.facts):
            self.procedures_by_fact.setdefault(fact, set()).add(counted.procedure)

    @property
    def on_time(self) -> Share:
        return Share(self.received - self.late, self.received)

    @property
    def mean_days(self) -> float:
        return sum(self.days) / len(self.days) if self.days else 0.0

    def with_fact(self, fact: int) -> int:
        return self.by_fact.get(fact, 0)

    def procedures_with(self, fact: int) -> set[str]:
        return self.procedures_by_fact.get(fact, set())


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest
        number ^= lowest
