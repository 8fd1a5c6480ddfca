"""Onboarding of citizens: how far units have got, and what is stuck with what to try next."""

import base64
import binascii
import json
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console.coverage_map import map_of, steps_of
from services.console.failures import NoSuchPlace
from services.console.places import read_unit
from services.console.reading import Reading
from services.console.rendering import render
from services.core.application.find_subtree import find_subtree
from services.core.application.list_attempts import list_attempts
from services.core.application.list_steps import list_steps
from services.core.application.read_coverage import read_coverage
from services.core.domain.deadline import VIETNAM
from services.core.domain.onboarding.attempt import UNENDED
from services.core.domain.onboarding.reason import ADVICE
from services.core.persistence.onboarding.attempts import AttemptFilter, AttemptMark

router = APIRouter(prefix="/onboarding")

ATTEMPTS_A_PAGE: Final = 50


@router.get("")
async def show_coverage(request: Request, session: Reading, unit: str = "") -> Response:
    """Show who has which step, of those eligible, against the target; in all and per unit."""
    root = await find_subtree(session, code=read_unit(unit))
    report = await read_coverage(session, path=root.path, today=_today())
    steps = {step.code: step for step in await list_steps(session)}
    return render(
        request,
        "onboarding.html",
        root=root,
        on=report.on,
        steps=steps_of(report, steps),
        map=map_of(report, steps),
    )


@router.get("/attempts")
async def show_attempts(
    request: Request, session: Reading, unit: str = "", after: str | None = None
) -> Response:
    """List attempts that wait for somebody, longest untouched first; never who they are about."""
    root = await find_subtree(session, code=read_unit(unit))
    wanted = AttemptFilter(path=root.path, on=_today(), states=UNENDED)
    place = _read_mark(after)
    page = await list_attempts(session, wanted=wanted, after=place, limit=ATTEMPTS_A_PAGE)
    return render(
        request,
        "onboarding_attempts.html",
        root=root,
        unit=unit,
        steps={step.code: step for step in await list_steps(session)},
        attempts=page.attempts,
        advice_for=ADVICE,
        is_first_page=place is None,
        next_place=None if page.last is None else _write_mark(page.last),
    )


def _today() -> date:
    return datetime.now(UTC).astimezone(VIETNAM).date()


def _write_mark(mark: AttemptMark) -> str:
    place = [mark.last_at.isoformat(), mark.person_id.hex, mark.step, mark.reference]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read_mark(place: str | None) -> AttemptMark | None:
    """Read what `_write_mark` wrote; raises `NoSuchPlace`."""
    if place is None:
        return None
    try:
        at, person, step, reference = json.loads(base64.b64decode(place, altchars=b"-_", validate=True))
        mark = AttemptMark(datetime.fromisoformat(at), UUID(hex=person), str(step), str(reference))
    except (binascii.Error, ValueError, TypeError, AttributeError) as fault:
        raise NoSuchPlace from fault
    if mark.last_at.tzinfo is None or "\x00" in mark.step + mark.reference:
        raise NoSuchPlace
    return mark
