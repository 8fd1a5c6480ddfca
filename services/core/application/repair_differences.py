"""Record what a comparison found and, if asked to, set the repairs going at a limited rate."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from services.core.domain.reconciliation import Difference, Repair, in_doubt
from services.core.domain.verdict import Comparison, flag_while_running
from services.core.persistence.engine import Sessions
from services.core.persistence.reconciliations import (
    Asking,
    Effect,
    Finding,
    Parking,
    ReconciliationRepository,
    Run,
)

_AT_ONCE: Final = 500
#: Repairs are scheduled at most this far ahead; a row that waits longer would be taken for a stuck one.
REACH: Final = timedelta(hours=6)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class LeadLost(Exception):
    """Another run has taken over; `findings` are those that were written down before."""

    def __init__(self) -> None:
        super().__init__()
        self.findings: list[Finding] = []


async def repair_differences(
    sessions: Sessions,
    run: Run,
    differences: Sequence[Difference],
    *,
    repair: bool,
    comparison: Comparison,
    per_minute: int,
    lease: timedelta,
    progress: Callable[[int, int], None],
) -> list[Finding]:
    """Write down all differences, those due first; raises `LeadLost`.

    What is repaired and its record are one transaction. The worker does the calls, when their time comes.
    """
    ordered = sorted(differences, key=_urgency)
    findings: list[Finding] = []
    slots = None
    for start in range(0, len(ordered), _AT_ONCE):
        part = ordered[start : start + _AT_ONCE]
        async with sessions.begin() as session:
            runs = ReconciliationRepository(session)
            if not await runs.renew(run, lease=lease):
                lost = LeadLost()
                lost.findings = findings
                raise lost
            slots = slots or _Slots(await runs.next_slot(), per_minute, run.started_at + REACH)
            done = await _mend(runs, part, slots, comparison) if repair else _reported(part)
            await runs.record(run, done)
        findings += done
        progress(len(findings), len(ordered))
    return findings


class _Slots:
    """Times for repairs, evenly spaced, up to the last one that is allowed."""

    def __init__(self, first: datetime, per_minute: int, last: datetime) -> None:
        self._next, self._last = first, last
        self._gap = timedelta(minutes=1) / per_minute

    def take(self) -> datetime | None:
        slot = self._next
        if slot > self._last:
            return None
        self._next = slot + self._gap
        return slot


def _reported(differences: Sequence[Difference]) -> list[Finding]:
    return [Finding(difference, Effect.REPORTED) for difference in differences]


async def _mend(
    runs: ReconciliationRepository,
    differences: Sequence[Difference],
    slots: _Slots,
    comparison: Comparison,
) -> list[Finding]:
    by_repair = {repair: [d for d in differences if d.repair is repair] for repair in Repair}
    return [
        *await _ask(runs, by_repair[Repair.ASK], slots, comparison),
        *await _park(runs, by_repair[Repair.PARK]),
        *(Finding(difference, Effect.LEFT_TO_PERSON) for difference in by_repair[Repair.PERSON]),
    ]


async def _ask(
    runs: ReconciliationRepository,
    differences: Sequence[Difference],
    slots: _Slots,
    comparison: Comparison,
) -> list[Finding]:
    scheduled = [(difference, slots.take()) for difference in differences]
    askings = [
        Asking(
            ours=difference.ours,
            cursor=in_doubt(difference.ours, difference.theirs),
            flagged_at=flag_while_running(difference.ours.due_at, comparison),
            scheduled_at=slot,
            cause=_cause(difference),
        )
        for difference, slot in scheduled
        if slot is not None and difference.ours is not None
    ]
    asked = await runs.ask(askings) if askings else set()
    return [
        Finding(difference, Effect.POSTPONED)
        if slot is None
        else _mended(difference, asked, Effect.ASKED, slot)
        for difference, slot in scheduled
    ]


async def _park(runs: ReconciliationRepository, differences: Sequence[Difference]) -> list[Finding]:
    parkings = [Parking(d.ours, _cause(d)) for d in differences if d.ours is not None]
    parked = await runs.park(parkings) if parkings else set()
    return [_mended(difference, parked, Effect.PARKED, None) for difference in differences]


def _mended(
    difference: Difference, taken: AbstractSet[UUID], effect: Effect, scheduled_at: datetime | None
) -> Finding:
    if difference.ours is None or difference.ours.dossier_id not in taken:
        return Finding(difference, Effect.MOVED_ON)
    return Finding(difference, effect, scheduled_at)


def _cause(difference: Difference) -> str:
    if difference.theirs is None:
        return "the portal does not list it"
    acknowledged = 0 if difference.ours is None else difference.ours.held.entries
    return f"the portal lists {difference.theirs.entries} entries, {acknowledged} were acknowledged"


def _urgency(difference: Difference) -> tuple[datetime, str]:
    due_at = None if difference.ours is None else difference.ours.due_at
    return (due_at or _NEVER, difference.code)
