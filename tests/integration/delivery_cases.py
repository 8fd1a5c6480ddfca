"""Dossiers as the desk leaves them for delivery, and a portal whose every answer can be ordered."""

from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text

from services.core.application.claiming import Claiming
from services.core.application.deliver_due import Delivered, Delivering, deliver_due
from services.core.application.pacing import Pacing
from services.core.application.settling import Settling
from services.core.domain.delivery import Operation, RetryPolicy
from services.core.domain.dossier import ENDING, EntryKind, ProgressEntry, Status
from services.core.domain.filing import DossierBody
from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    Found,
    LookUpOutcome,
    Outcome,
    PortalEntry,
    PortalRecord,
    Rejected,
    Unknown,
    Unsendable,
)
from services.core.domain.pace import ConcurrencyLimit, GatePolicy
from services.core.domain.ports import EntriesOf, Sent
from services.core.domain.verdict import Comparison, StatusAt, flag_while_running, view_of
from services.core.persistence.delivery_marks import MARKED
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from tests.roles import as_role

UNIT: Final = 1
#: Nothing waits: what is to be tried again is due at once.
AT_ONCE: Final = RetryPolicy(base=0, ask_after=0, linger=0)
AT_ONCE_AGAIN: Final = GatePolicy(open_seconds=0, open_cap_seconds=0, hold_seconds=0, hold_cap_seconds=0)
FINISHED: Final = (Status.RECEIVED, Status.IN_PROCESS, Status.FINISHED)


def delivering(sessions: Sessions, portal: "ScriptedPortal", **changes: Any) -> Delivering:
    sessions = as_role(sessions, DatabaseRole.WORKER)
    settings: dict[str, Any] = {
        "pacing": pacing_of(sessions),
        "policy": AT_ONCE,
        "claiming": Claiming(sessions),
        "settling": Settling(sessions, Comparison.INSTANT),
        "owner": "test",
        "lease": timedelta(seconds=60),
        "dossiers_per_claim": changes.get("dossiers_per_call", 50),
        "dossiers_per_call": 50,
        "entries_per_call": 200,
        "look_ups_at_once": 8,
        "jitter": lambda: 0.5,
    }
    return Delivering(sessions=sessions, portal=portal, **(settings | changes))


def pacing_of(sessions: Sessions, *, lanes: int = 4, gates: GatePolicy = AT_ONCE_AGAIN) -> Pacing:
    return Pacing(sessions, gates, ConcurrencyLimit(lanes), lambda: 0.5)


async def rounds(work: Delivering, most: int = 20) -> list[Delivered]:
    """Deliver until nothing is due."""
    done: list[Delivered] = []
    for _ in range(most):
        done.append(await deliver_due(work))
        if not done[-1].claimed:
            return done
    raise AssertionError(f"still busy after {most} rounds")


async def seed_catalogue(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO units (id, code, name, level, path, valid_from)"
                " VALUES (:id, 'H44.1', 'UBND xã Đồng Văn', 'commune', '/1/', '2025-07-01')"
            ),
            {"id": UNIT},
        )
        await session.execute(
            text(
                "INSERT INTO procedures (code, name, field_code, field_name, level, service_level)"
                " VALUES ('1.001193', 'Đăng ký khai sinh', 'LV1', 'Hộ tịch', 'commune', 'full')"
            )
        )


async def file_dossier(
    sessions: Sessions,
    code: str,
    statuses: Sequence[Status] = FINISHED,
    *,
    due_in: timedelta | None = timedelta(hours=8),
    origin: str = "desk",
    **delivery: Any,
) -> UUID:
    """Store a dossier whose steps were an hour apart, the last one a minute ago; extra columns by name."""
    now = datetime.now(UTC).replace(microsecond=0)
    steps = [
        StatusAt(status, now - timedelta(minutes=1) - timedelta(hours=len(statuses) - place))
        for place, status in enumerate(statuses, start=1)
    ]
    due_at = None if due_in is None else now + due_in
    view = view_of(steps, due_at=due_at, comparison=Comparison.INSTANT)
    ended_seq = next((seq for seq, s in enumerate(steps, 1) if s.status in ENDING), None)
    async with sessions.begin() as session:
        row = await session.execute(
            _DOSSIER,
            {
                "code": code,
                "origin": origin,
                "status": int(statuses[-1]),
                "last_seq": len(steps),
                "last_at": steps[-1].at,
                "received_at": steps[0].at,
                "due_at": due_at,
                "ended_at": view.ended_at,
            },
        )
        dossier_id: UUID = row.scalar_one()
        for seq, step in enumerate(steps, start=1):
            await session.execute(
                _ENTRY, {"id": dossier_id, "seq": seq, "status": int(step.status), "at": step.at}
            )
        columns: dict[str, Any] = {
            "dossier_id": dossier_id,
            "unit_id": UNIT,
            "state": "due",
            "target_version": 1,
            "target_seq": len(steps),
            "on_portal": origin == "portal",
            "flagged_at": flag_while_running(due_at, Comparison.INSTANT),
            "desk_flagged_at": view.flagged_at,
            "ended_at": view.ended_at,
            "ended_seq": ended_seq,
            "reported_at": None if ended_seq is None else now - timedelta(minutes=1),
            **delivery,
        }
        names = ", ".join(columns)
        values = ", ".join(f":{name}" for name in columns)
        await session.execute(text(f"INSERT INTO deliveries ({names}) VALUES ({values})"), columns)  # noqa: S608 - names of this file
    return dossier_id


async def record_entry(
    sessions: Sessions, dossier_id: UUID, status: Status, *, kind: EntryKind = EntryKind.PROGRESS
) -> None:
    """Append a line just now, by the rule of the desk's writes for the delivery row."""
    now = datetime.now(UTC)
    async with sessions.begin() as session:
        known = await session.execute(
            text(
                "SELECT e.seq, e.status, e.occurred_at, d.last_seq, d.due_at FROM dossiers d"
                " JOIN progress_entries e ON e.dossier_id = d.id AND e.kind = 'progress'"
                " WHERE d.id = :id ORDER BY e.seq"
            ),
            {"id": dossier_id},
        )
        lines = known.all()
        steps = {line.seq: StatusAt(Status(line.status), line.occurred_at) for line in lines}
        if kind is EntryKind.PROGRESS:
            steps[lines[0].last_seq + 1] = StatusAt(status, now)
        due_at = lines[0].due_at
        view = view_of(list(steps.values()), due_at=due_at, comparison=Comparison.INSTANT)
        ended_seq = next((seq for seq, step in steps.items() if step.at == view.ended_at), None)
        await session.execute(
            _CHANGE,
            {
                "id": dossier_id,
                "status": int(status),
                "kind": kind.value,
                "at": now,
                "flagged_at": flag_while_running(due_at, Comparison.INSTANT),
                "desk_flagged_at": view.flagged_at,
                "desk_ended_at": view.ended_at,
                "ended_seq": ended_seq,
            },
        )


_DOSSIER = text("""
INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq, last_occurred_at,
    channel, filing_mode, result_delivery, submitted_at, received_at, promised_at, due_at, ended_at, summary,
    applicant, components, fees, results)
VALUES (:code, :origin, 1, '1.001193', :status, 1, :last_seq, :last_at, 1, 'self', 0, :received_at,
    :received_at, :due_at, :due_at, :ended_at, 'Đăng ký khai sinh',
    '{"kind": 1, "name": "Nguyễn Thị Thử", "identity_number": null}', '[]', '[]', '[]')
RETURNING id
""")

_ENTRY = text("""
INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, text)
VALUES (:id, :seq, :status, :at, 'Cán bộ', 'Chuyển bước')
""")

_CHANGE = text(f"""
WITH changed AS (
    UPDATE dossiers SET version = version + 1, last_seq = last_seq + 1, status = :status,
        last_occurred_at = :at
    WHERE id = :id RETURNING id, version, last_seq
), entered AS (
    INSERT INTO progress_entries (dossier_id, seq, kind, status, occurred_at, officer, text)
    SELECT id, last_seq, :kind, :status, :at, 'Cán bộ', 'Chuyển bước' FROM changed
) {MARKED}
""")  # noqa: S608 - joins constants


async def delivery_of(sessions: Sessions, dossier_id: UUID) -> Row[Any]:
    async with sessions.begin() as session:
        rows = await session.execute(
            # A wait begins between the claim and now, so it is bounded from both sides.
            text(
                "SELECT *, next_attempt_at - now() AS waits, next_attempt_at - last_attempt_at AS from_claim"
                " FROM deliveries WHERE dossier_id = :id"
            ),
            {"id": dossier_id},
        )
        return rows.one()


async def states(sessions: Sessions) -> Counter[str]:
    async with sessions.begin() as session:
        return Counter(await session.scalars(text("SELECT state FROM deliveries")))


async def table(sessions: Sessions, query: str) -> list[tuple[Any, ...]]:
    async with sessions.begin() as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def change_row(sessions: Sessions, dossier_id: UUID, assignments: str) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text(f"UPDATE deliveries SET {assignments} WHERE dossier_id = :id"),  # noqa: S608 - written in tests
            {"id": dossier_id},
        )


@dataclass(frozen=True, slots=True)
class Act:
    """What the portal does with one call: how many items it keeps (`None` for all), what it answers."""

    outcome: Outcome | LookUpOutcome
    keeps: int | None = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One call as the portal saw it."""

    operation: Operation
    codes: tuple[str, ...]
    seqs: tuple[int, ...] = ()


@dataclass(slots=True)
class Held:
    """What the portal holds of one dossier."""

    bodies: list[DossierBody] = field(default_factory=list)
    entries: list[PortalEntry] = field(default_factory=list)


class ScriptedPortal:
    """A portal with a store. Unless ordered otherwise it keeps what it gets and says so."""

    def __init__(self) -> None:
        self.held: defaultdict[str, Held] = defaultdict(Held)
        self.calls: list[Seen] = []
        self.acts: defaultdict[Operation, deque[Act]] = defaultdict(deque)
        #: Answer to every call while it stands; nothing is kept.
        self.down: Outcome | None = None
        self.refuses: set[str] = set()
        self.refuses_entries_of: set[str] = set()
        #: Whether a refused call leaves the items before the bad one behind.
        self.keeps_before_refusal = False
        self.stumbles_over: set[str] = set()
        #: What our side cannot put into the portal's words.
        self.cannot_write: set[str] = set()
        self.shows_history = True
        #: Runs while the call is out.
        self.meanwhile: Callable[[Seen], Awaitable[None]] | None = None

    def order(self, operation: Operation, *acts: Act) -> None:
        self.acts[operation].extend(acts)

    def statuses(self, code: str) -> list[int]:
        # Asked of `held` itself, an unknown dossier would be there from then on.
        return [int(entry.status) for entry in self.held[code].entries] if code in self.held else []

    def doubled(self) -> list[str]:
        """Dossiers with an entry that is there twice."""
        return [code for code, held in self.held.items() if len(set(held.entries)) < len(held.entries)]

    def count(self, operation: Operation) -> int:
        return sum(call.operation is operation for call in self.calls)

    async def push_dossiers(self, bodies: Sequence[DossierBody], *, create: bool) -> Sent:
        operation = Operation.CREATE if create else Operation.UPDATE
        left_out = {body.code: "TenTTHC is missing" for body in bodies if body.code in self.cannot_write}
        bodies = [body for body in bodies if body.code not in left_out]
        if not bodies:
            return Sent(Unsendable("nothing is left to send"), b"", left_out)
        seen = Seen(operation, tuple(body.code for body in bodies))
        act = await self._act(seen) or self._judge_bodies(seen, create=create)
        for body in bodies[: act.keeps]:
            self.held[body.code].bodies.append(body)
        assert not isinstance(act.outcome, Found)
        return Sent(act.outcome, b"digest of bodies", left_out)

    async def push_entries(self, batch: Sequence[EntriesOf]) -> Sent:
        items = [(of.code, entry) for of in batch for entry in of.entries]
        seen = Seen(Operation.PROGRESS, tuple(of.code for of in batch), tuple(e.seq for _, e in items))
        act = await self._act(seen) or self._judge_entries(items)
        for code, entry in items[: act.keeps]:
            self.held[code].entries.append(_shown(entry))
        assert not isinstance(act.outcome, Found)
        return Sent(act.outcome, b"digest of entries")

    async def look_up(self, code: str) -> LookUpOutcome:
        act = await self._act(Seen(Operation.LOOK_UP, (code,)))
        if act is not None:
            assert not isinstance(act.outcome, Accepted | AlreadyExists)
            return act.outcome  # type: ignore[return-value]  # no test orders a push's outcome here
        if code not in self.held:
            return Found(None)
        return Found(PortalRecord(code, tuple(self.held[code].entries) if self.shows_history else None))

    async def _act(self, seen: Seen) -> Act | None:
        self.calls.append(seen)
        if self.meanwhile is not None:
            await self.meanwhile(seen)
        if self.acts[seen.operation]:
            return self.acts[seen.operation].popleft()
        if self.down is not None:
            return Act(self.down)
        if self.stumbles_over.intersection(seen.codes) and seen.operation is not Operation.LOOK_UP:
            return Act(Unknown("HTTP 500"))
        return None

    def _judge_bodies(self, seen: Seen, *, create: bool) -> Act:
        for place, code in enumerate(seen.codes):
            keeps = place if self.keeps_before_refusal else 0
            if code in self.refuses:
                return Act(Rejected("-1", f"Hồ sơ {code}: MaTTHC không có trong danh mục"), keeps)
            if create and code in self.held:
                return Act(AlreadyExists(f"Hồ sơ {code} đã tồn tại"), keeps)
            if not create and code not in self.held:
                return Act(Rejected("-1", f"Hồ sơ {code} chưa có"), keeps)
        return Act(Accepted("Đồng bộ hồ sơ thành công"), None)

    def _judge_entries(self, items: Sequence[tuple[str, ProgressEntry]]) -> Act:
        for place, (code, _) in enumerate(items):
            keeps = place if self.keeps_before_refusal else 0
            if code in self.refuses_entries_of or code not in self.held:
                return Act(Rejected("-1", f"Hồ sơ {code}: NguoiXuLy quá dài"), keeps)
        return Act(Accepted("Cập nhật tiến độ thành công"), None)


def _shown(entry: ProgressEntry) -> PortalEntry:
    return PortalEntry(entry.occurred_at.replace(microsecond=0), entry.status)
