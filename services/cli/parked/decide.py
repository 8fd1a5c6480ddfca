"""Replaying and closing: count, ask, do, report."""

import json
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.operator import account, operator
from services.cli.parked.selection import Selection
from services.cli.transaction import in_transaction, with_sessions
from services.core.application.count_parked import count_parked
from services.core.application.intervene import intervene
from services.core.application.record import record
from services.core.domain import audit
from services.core.domain.audit import Act
from services.core.domain.deadline import VIETNAM
from services.core.domain.intervention import Action, Decision, FilterNeeded
from services.core.persistence.engine import Sessions
from services.core.persistence.parked import ParkedFilter

#: What to say before and after.
_WORDS: Final = {
    Action.REPLAY: ("gửi lại / replay", "Đã gửi lại / replayed"),
    Action.CLOSE: ("đóng, không gửi nữa / close", "Đã đóng / closed"),
}

_ACTS: Final = {Action.REPLAY: audit.Action.PARKED_REPLAY, Action.CLOSE: audit.Action.PARKED_CLOSE}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How sure the person is, and who it is."""

    everything: bool
    yes: bool
    by: str | None
    as_json: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What all calls together came to."""

    dossiers: int
    last_due_at: datetime | None


def decide(
    action: Action, selection: Selection, confirmation: Confirmation, *, reason: str | None, per_minute: int
) -> None:
    """Count what is meant, ask, and do it to those that were counted; later ones stay parked.

    Exit codes: 0 done, or nothing to do; 1 refused, or the person said no; 2 wrongly called.
    """
    wanted, number = in_transaction(partial(_counted, selection, confirmation.everything))
    before, after = _WORDS[action]
    if number and not confirmation.yes:
        _ask(f"{number} hồ sơ / dossiers: {before}?")
    decision = Decision(action, confirmation.by or account(), reason)
    done = with_sessions(partial(_carry_out, decision, wanted, per_minute))
    if confirmation.as_json:
        last = done.last_due_at and done.last_due_at.isoformat()
        typer.echo(json.dumps({"action": action, "dossiers": done.dossiers, "last_due_at": last}))
        return
    typer.echo(f"{after}: {done.dossiers}")
    if done.dossiers > 1 and done.last_due_at is not None:
        at = done.last_due_at.astimezone(VIETNAM).strftime("%H:%M:%S %d/%m/%Y")
        typer.echo(f"Hồ sơ cuối được gửi lúc / the last one goes at {at}")


async def _counted(selection: Selection, everything: bool, session: AsyncSession) -> tuple[ParkedFilter, int]:
    if not selection.narrows and not everything:
        raise FilterNeeded
    wanted = await selection.resolve(session)
    counted = await count_parked(session, wanted=wanted)
    if wanted.dossier is not None:
        return wanted, counted.dossiers
    until = min(wanted.parked_to or counted.counted_at, counted.counted_at)
    return replace(wanted, parked_to=until), counted.dossiers


async def _carry_out(decision: Decision, wanted: ParkedFilter, per_minute: int, sessions: Sessions) -> Done:
    """Decide in calls of their own transactions, until nothing is left or nothing can be had."""
    total, last_due_at = 0, None
    while True:
        async with sessions.begin() as session:
            done = await intervene(session, decision=decision, wanted=wanted, per_minute=per_minute)
            objects = () if done.id is None else (str(done.id),)
            act = Act(_ACTS[decision.action], objects, purpose=decision.reason)
            await record(session, actor=replace(operator(), officer=decision.done_by), act=act)
        total, last_due_at = total + done.dossiers, done.last_due_at or last_due_at
        if not done.left or not done.dossiers:
            return Done(total, last_due_at)
        typer.echo(f"{total}/{total + done.left}", err=True)


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        typer.echo(f"{question}\nKhông hỏi được; hãy thêm --yes / cannot ask; add --yes", err=True)
        raise typer.Exit(2)
    if not typer.confirm(question, err=True):
        raise typer.Exit(1)
