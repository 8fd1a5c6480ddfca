"""Replaying and closing: first whom it concerns, then a reason, then it is done and on record."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.failures import Notice, show_notice
from services.console.form import give_token, keep_token, read_form
from services.console.reading import Reading, RuntimeDep, reading
from services.console.rendering import render
from services.console.selection import Typed, read_action, read_selection, read_typed
from services.core.application.carry_out import carry_out
from services.core.application.group_parked import group_parked
from services.core.application.preview_intervention import InterventionPreview, preview_intervention
from services.core.domain.audit import Actor
from services.core.domain.intervention import REPLAYED_A_MINUTE, Action
from services.core.domain.park_help import help_for
from services.core.domain.wording import Bilingual
from services.core.persistence.parked import ParkedSummary

router = APIRouter(prefix="/parked/decision")

_GROUPS_SHOWN: Final = 5
_NOTHING_TYPED: Final = Typed("", "", {})
NOBODY_WAITS: Final = Notice(
    HTTPStatus.CONFLICT,
    Bilingual("Không còn hồ sơ nào chờ", "None of them waits any more"),
    Bilingual(
        "Chưa có gì thay đổi: hồ sơ đã được gửi lại, đã đóng hoặc đã có thay đổi trước đó.",
        "Nothing has changed: they were replayed, closed or changed before.",
    ),
)


@router.get("")
async def preview(
    request: Request, session: Reading, action: str, group: str = "", dossier: str = ""
) -> Response:
    """Show how many dossiers it concerns and what will happen; nothing is done yet."""
    wanted = read_selection(group=group, dossier=dossier, until="")
    found = await preview_intervention(session, wanted=wanted)
    summary = await group_parked(session, wanted=found.wanted, limit=_GROUPS_SHOWN)
    return _form(request, read_action(action), found, summary, _NOTHING_TYPED)


@router.post("")
async def decide(request: Request, runtime: RuntimeDep) -> Response:
    """Do it to those that were counted, and show the record of it; a second try concerns nobody."""
    fields = await read_form(request)
    action = read_action(fields.get("action", ""))
    wanted = read_selection(
        group=fields.get("group", ""), dossier=fields.get("dossier", ""), until=fields.get("until", "")
    )
    typed = read_typed(fields)
    if typed.faults:
        async with reading(runtime.sessions) as session:
            found = await preview_intervention(session, wanted=wanted)
            summary = await group_parked(session, wanted=found.wanted, limit=_GROUPS_SHOWN)
        return _form(request, action, found, summary, typed)
    decision = typed.decision(action)
    done = await carry_out(
        runtime.sessions,
        decision=decision,
        wanted=wanted,
        per_minute=REPLAYED_A_MINUTE,
        actor=Actor("console", officer=decision.done_by, device=request.client and request.client.host),
    )
    if not done.records:
        return show_notice(request, NOBODY_WAITS)
    record = f"/{done.records[0]}" if len(done.records) == 1 else ""
    return RedirectResponse(f"/interventions{record}", status_code=HTTPStatus.SEE_OTHER)


def _form(
    request: Request, action: Action, found: InterventionPreview, summary: ParkedSummary, typed: Typed
) -> Response:
    token, wanted = give_token(request), found.wanted
    whom = {"action": action.value, "group": wanted.group or "", "dossier": wanted.dossier or ""}
    response = render(
        request,
        "decision.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.faults else HTTPStatus.OK,
        address=f"{router.prefix}?{urlencode(whom)}",
        action=action,
        preview=found,
        summary=summary,
        help_for=help_for,
        typed=typed,
        token=token,
        per_minute=REPLAYED_A_MINUTE,
    )
    keep_token(response, token)
    return response
