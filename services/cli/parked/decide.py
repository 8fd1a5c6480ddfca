"""Replaying and closing: count, ask, do, report."""

import json
import sys
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.operator import account, operator
from services.cli.parked.selection import Selection
from services.cli.transaction import in_transaction, with_sessions
from services.core.application.carry_out import CarriedOut, carry_out
from services.core.application.preview_intervention import InterventionPreview, preview_intervention
from services.core.domain.deadline import VIETNAM
from services.core.domain.intervention import Action, Decision, FilterNeeded
from services.core.persistence.engine import Sessions
from services.core.persistence.parked import ParkedFilter

#: What to say before and after.
_WORDS: Final = {
    Action.REPLAY: ("gửi lại / replay", "Đã gửi lại / replayed"),
    Action.CLOSE: ("đóng, không gửi nữa / close", "Đã đóng / closed"),
}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How sure the person is, and who it is."""

    everything: bool
    yes: bool
    by: str | None
    as_json: bool


def decide(
    action: Action, selection: Selection, confirmation: Confirmation, *, reason: str | None, per_minute: int
) -> None:
    """Count what is meant, ask, and do it to those that were counted; later ones stay parked.

    Exit codes: 0 done, or nothing to do; 1 refused, or the person said no; 2 wrongly called.
    """
    preview = in_transaction(partial(_previewed, selection, confirmation.everything))
    before, after = _WORDS[action]
    if preview.dossiers and not confirmation.yes:
        _ask(f"{preview.dossiers} hồ sơ / dossiers: {before}?")
    decision = Decision(action, confirmation.by or account(), reason)
    done = with_sessions(partial(_carry_out, decision, preview.wanted, per_minute))
    if confirmation.as_json:
        last = done.last_due_at and done.last_due_at.isoformat()
        typer.echo(json.dumps({"action": action, "dossiers": done.dossiers, "last_due_at": last}))
        return
    typer.echo(f"{after}: {done.dossiers}")
    if done.dossiers > 1 and done.last_due_at is not None:
        at = done.last_due_at.astimezone(VIETNAM).strftime("%H:%M:%S %d/%m/%Y")
        typer.echo(f"Hồ sơ cuối được gửi lúc / the last one goes at {at}")


async def _previewed(selection: Selection, everything: bool, session: AsyncSession) -> InterventionPreview:
    if not selection.narrows and not everything:
        raise FilterNeeded
    return await preview_intervention(session, wanted=await selection.resolve(session))


async def _carry_out(
    decision: Decision, wanted: ParkedFilter, per_minute: int, sessions: Sessions
) -> CarriedOut:
    return await carry_out(
        sessions,
        decision=decision,
        wanted=wanted,
        per_minute=per_minute,
        actor=replace(operator(), officer=decision.done_by),
        progress=_show_progress,
    )


def _show_progress(done: int, of: int) -> None:
    typer.echo(f"{done}/{of}", err=True)


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        typer.echo(f"{question}\nKhông hỏi được; hãy thêm --yes / cannot ask; add --yes", err=True)
        raise typer.Exit(2)
    if not typer.confirm(question, err=True):
        raise typer.Exit(1)
