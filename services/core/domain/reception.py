"""Taking a dossier in: from what the desk says to the first lines of its history."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from services.core.domain.citizen import CitizenField
from services.core.domain.code import DossierCode
from services.core.domain.dossier import ENDING, EntryInTheFuture, ProgressEntry, Status
from services.core.domain.errors import DomainError
from services.core.domain.filing import (
    Agent,
    Applicant,
    Channel,
    Component,
    Fee,
    FilingMode,
    Origin,
    Result,
    ResultDelivery,
)
from services.core.domain.life import Life, Move, advance, begin
from services.core.domain.promise import Terms
from services.core.domain.verdict import Comparison, View, flag_while_running, judged, view_of


class SubmittedAfterReception(DomainError):
    """The citizen filed before the desk received; the facts give the time of reception."""

    code = "submitted-after-reception"


class AgentNotWanted(DomainError):
    """Who files for themselves has nobody who acts for them."""

    code = "agent-not-wanted"


class AgentNeeded(DomainError):
    """A dossier filed in the owner's place does not say by whom, and on what ground."""

    code = "agent-needed"


class CodeNeeded(DomainError):
    """A dossier born on the portal keeps the portal's number, so it has to be told."""

    code = "code-needed"


class CodeNotWanted(DomainError):
    """A dossier of ours gets its number here; another system's number would collide one day."""

    code = "code-not-wanted"


@dataclass(frozen=True, slots=True)
class Step:
    """A line that the desk reports. `occurred_at` is `None` for "just now"."""

    status: Status
    officer: str
    text: str
    occurred_at: datetime | None = None
    department: str | None = None
    second_supplement_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Filing:
    """What the desk hands over. `steps` is never empty: the last one says where the dossier stands.

    `imported` marks a dossier that an older system took in and worked on. `prefilled` names values that the
    desk took from the citizen's record instead of asking for them.
    """

    procedure_code: str
    unit_code: str
    origin: Origin
    code: str | None
    channel: Channel
    filing_mode: FilingMode
    result_delivery: ResultDelivery
    applicant: Applicant
    summary: str
    steps: tuple[Step, ...]
    submitted_at: datetime | None = None
    due_at: datetime | None = None
    note: str | None = None
    components: tuple[Component, ...] = ()
    fees: tuple[Fee, ...] = ()
    results: tuple[Result, ...] = ()
    imported: bool = False
    agent: Agent | None = field(default=None, repr=False)
    prefilled: frozenset[CitizenField] = frozenset()


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry with what else is to be remembered of it, in JSON's types; never personal data."""

    entry: ProgressEntry
    facts: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reception:
    """A filing that passed: ready to be stored as it is. `code` is `None` where the database allots one.

    `acceptance_due_at` is by when the desk must have answered an online filing, `answered_at` when it did.
    """

    filing: Filing
    code: str | None
    life: Life
    history: tuple[Recorded, ...]
    submitted_at: datetime
    view: View
    ended_seq: int | None
    flagged_at: datetime | None
    acceptance_due_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def receiving_officer(self) -> str:
        """Name who took the dossier in, or who wrote it down if nobody has yet."""
        steps = self.filing.steps
        return next((step.officer for step in steps if step.status is Status.RECEIVED), steps[0].officer)


def check_agent(mode: FilingMode, agent: Agent | None, *, told: bool = True) -> None:
    """Raise `AgentNotWanted`, or `AgentNeeded` where it is `told` who filed."""
    if agent is not None and mode is FilingMode.SELF:
        raise AgentNotWanted(pointer="/agent")
    if agent is None and mode is FilingMode.ON_BEHALF and told:
        raise AgentNeeded(pointer="/agent")


def take_in(filing: Filing, terms: Terms, *, now: datetime, comparison: Comparison) -> Reception:
    """Check a filing against the life of a dossier and reckon its due time.

    Raises the refusals of `domain.life` and of this module; pointers are those of the filing's JSON form.
    """
    code = _code_of(filing)
    # Registers of older systems do not tell who filed.
    check_agent(filing.filing_mode, filing.agent, told=not filing.imported)
    moves = [_move(step, now) for step in filing.steps]
    agreed = filing.due_at if filing.imported or filing.origin is Origin.PORTAL else None
    if agreed is None:
        moves[0] = replace(moves[0], due_at=filing.due_at)
    lives = _live_through(moves, replace(terms, agreed_due=agreed), now=now, imported=filing.imported)
    life = lives[-1]
    history = _history(filing.steps, moves, lives)
    entries = [recorded.entry for recorded in history]
    view = desk_view(entries, life.due_at, comparison)
    submitted_at = _submitted_at(filing, moves[0].occurred_at, now)
    online = filing.channel is Channel.ONLINE
    return Reception(
        filing=filing,
        code=code,
        life=life,
        history=history,
        submitted_at=submitted_at,
        view=view,
        ended_seq=ending_seq(entries, view),
        flagged_at=flag_while_running(life.due_at, comparison),
        acceptance_due_at=terms.acceptance(submitted_at) if online else None,
        answered_at=_answered_at(moves),
    )


def desk_view(entries: Sequence[ProgressEntry], due_at: datetime | None, comparison: Comparison) -> View:
    """Judge a dossier by all that the desk knows."""
    return view_of(judged(entries), due_at=due_at, comparison=comparison)


def ending_seq(entries: Sequence[ProgressEntry], view: View) -> int | None:
    """Give the number of the entry that stopped the clock, if one did."""
    if view.ended_at is None:
        return None
    return next(
        entry.seq
        for entry in entries
        if entry.status in ENDING and entry.travels and entry.occurred_at == view.ended_at
    )


def _code_of(filing: Filing) -> str | None:
    if filing.origin is Origin.DESK and not filing.imported:
        if filing.code is not None:
            raise CodeNotWanted(pointer="/code")
        return None
    if filing.code is None:
        if filing.origin is Origin.PORTAL:
            raise CodeNeeded(pointer="/code")
        return None
    return DossierCode.parse(filing.code, pointer="/code").text


def _move(step: Step, now: datetime) -> Move:
    return Move(
        status=step.status,
        occurred_at=step.occurred_at or now,
        second_supplement_confirmed=step.second_supplement_confirmed,
    )


def _live_through(moves: Sequence[Move], terms: Terms, *, now: datetime, imported: bool) -> list[Life]:
    lives: list[Life] = []
    for number, move in enumerate(moves):
        try:
            lives.append(advance(lives[-1], move, terms, now=now) if lives else begin(move, terms, now=now))
        except DomainError as refusal:
            refusal.pointer = _pointer(refusal.pointer, number, imported=imported)
            raise
    return lives


def _pointer(pointer: str | None, number: int, *, imported: bool) -> str | None:
    """Lead from a field of one step to the filing's field."""
    if pointer == "/due_at":
        return pointer
    if imported:
        return f"/history/{number}{pointer or ''}"
    return "/received_at" if pointer == "/occurred_at" else pointer


def _history(steps: Sequence[Step], moves: Sequence[Move], lives: Sequence[Life]) -> tuple[Recorded, ...]:
    dues: list[tuple[datetime | None, datetime | None]] = [(None, None)]
    dues += [(before.due_at, after.due_at) for before, after in pairwise(lives)]
    return tuple(
        Recorded(
            ProgressEntry(
                seq=seq,
                status=step.status,
                occurred_at=move.occurred_at,
                officer=step.officer,
                department=step.department,
                text=step.text,
            ),
            due_change(before, after),
        )
        for seq, (step, move, (before, after)) in enumerate(zip(steps, moves, dues, strict=True), start=1)
    )


def due_change(before: datetime | None, after: datetime | None) -> dict[str, Any] | None:
    """Keep the old and the new due time with the entry that moved one to the other.

    A first promise is not a move.
    """
    if before is None or after is None or before == after:
        return None
    return {"due_before": before.isoformat(), "due_after": after.isoformat()}


def _answered_at(moves: Sequence[Move]) -> datetime | None:
    """Give the time of the first step that somebody at the desk took."""
    return next((move.occurred_at for move in moves if move.status is not Status.REGISTERED), None)


def _submitted_at(filing: Filing, first_at: datetime, now: datetime) -> datetime:
    submitted_at = filing.submitted_at or first_at
    if submitted_at > first_at:
        raise SubmittedAfterReception(pointer="/submitted_at", received_at=first_at.isoformat())
    if submitted_at > now:
        raise EntryInTheFuture(pointer="/submitted_at", now=now.isoformat())
    return submitted_at
