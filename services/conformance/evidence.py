"""What the portal's ledger holds of one dossier, reduced to what a verdict rests on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from services.conformance.task import VIETNAM, Task
from services.mock_testing.answers import DossierLedger, ReceivedItem
from services.mock_testing.portal import PortalControl

DOSSIERS = "DongBoHoSoMC"
PROGRESS = "CapNhatTienDoHoSoMC"


@dataclass(frozen=True, slots=True)
class CallSeen:
    """One call about the dossier, several entries of it being one; seconds count from the hand-over."""

    number: int
    after_seconds: float
    service: str
    outcome: str
    fault: str | None
    error_code: int | str | None
    statuses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`stored` are the statuses on the portal, in order of arrival."""

    code: str
    wanted: tuple[int, ...]
    held: bool
    stored: tuple[int, ...]
    false_times: tuple[str, ...]
    doubled: tuple[int, ...]
    supplement_requests: int
    calls: tuple[CallSeen, ...]

    @property
    def complete(self) -> bool:
        """Whether every step is there, in order and once, with its own time."""
        return self.held and self.stored == self.wanted and not self.false_times

    @property
    def current(self) -> bool:
        """Whether the newest step is there, and no step at a time at which there was none."""
        return self.held and self.wanted[-1] in self.stored and not self.false_times

    def calls_of(self, service: str) -> list[CallSeen]:
        return [call for call in self.calls if call.service == service]

    def document(self) -> dict[str, Any]:
        return asdict(self)


def gather(portal: PortalControl, task: Task, *, since: datetime) -> Evidence:
    """Read the ledger about one dossier."""
    ledger = portal.ledger_of(task.code)
    if ledger is None:
        return Evidence(task.code, tuple(task.statuses), False, (), (), (), 0, ())
    verdict = portal.verdict_of(task.code)
    counted = Counter((entry.occurred, entry.status) for entry in ledger.progress)
    return Evidence(
        code=task.code,
        wanted=tuple(task.statuses),
        held=ledger.stored,
        stored=tuple(int(entry.status) for entry in ledger.progress),
        false_times=_false_times(task, ledger),
        doubled=tuple(int(status) for (_, status), count in counted.items() if count > 1),
        supplement_requests=0 if verdict is None else verdict.supplement_requests,
        calls=_calls(ledger.received, since),
    )


def _false_times(task: Task, ledger: DossierLedger) -> tuple[str, ...]:
    """Give the times on the portal at which the desk recorded no such step."""
    true = {(f"{step.occurred_at.astimezone(VIETNAM):%Y%m%d%H%M%S}", step.status) for step in task.steps}
    return tuple(
        f"{entry.status}: {entry.occurred}"
        for entry in ledger.progress
        if (entry.occurred, int(entry.status)) not in true
    )


def _calls(received: Sequence[ReceivedItem], since: datetime) -> tuple[CallSeen, ...]:
    by_number: dict[int, list[ReceivedItem]] = {}
    for item in received:
        by_number.setdefault(item.call, []).append(item)
    return tuple(_call(items, since) for items in by_number.values())


def _call(items: Sequence[ReceivedItem], since: datetime) -> CallSeen:
    first = items[0]
    return CallSeen(
        number=first.call,
        after_seconds=round((first.arrived_at - since).total_seconds(), 2),
        service=first.service,
        outcome=first.outcome,
        fault=first.fault,
        error_code=first.error_code,
        statuses=tuple(_status(item) for item in items if item.service == PROGRESS),
    )


def _status(received: ReceivedItem) -> int:
    """Give the status an entry came with; what is no status is 0."""
    item = received.item
    status = item.get("TrangThai") if isinstance(item, dict) else None
    return int(status) if isinstance(status, str) and status.isascii() and status.isdigit() else 0
