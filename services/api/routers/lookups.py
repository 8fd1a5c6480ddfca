"""Look-ups in the population database: by hand, and in figures."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from services.api.access import Asker, FigureReader, LookUpReader, Visit
from services.api.dependencies import LanguageDep, Transaction, reference_of
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute
from services.api.schemas.lookup import LookUpIn, LookUpOut, LookUpReportOut, LookUpReportQuery
from services.core.application.ask_by_hand import (
    AboutDossier,
    AboutPerson,
    LookUpBudgetSpent,
    ask_by_hand,
    count_over_budget,
)
from services.core.application.read_look_up import read_look_up, wait_for_look_up
from services.core.application.record import actor_of, record
from services.core.application.report_look_ups import report_look_ups
from services.core.domain.audit import Act, Action
from services.core.domain.figures import Period
from services.core.persistence.reach import begin_reaching

log = structlog.get_logger()

router = APIRouter(prefix="/v1", tags=["tra cứu dân cư / look-ups"], route_class=StrictRoute)


@router.post(
    "/lookups",
    responses={
        HTTPStatus.ACCEPTED: {"model": LookUpOut, "description": "No answer yet; `Location` leads to it"},
        **refusals(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS, *WITH_BODY),
    },
)
async def ask(wish: LookUpIn, visit: Asker, language: LanguageDep, response: Response) -> LookUpOut:
    """Ask about the applicant of a dossier, or about a person for a stated reason; first in the queue.

    The answer is waited for some seconds. Without one the call ends with 202, and the question goes on by
    itself. What officer and unit may ask in 24 hours is limited.
    """
    about = wish.about_person() or wish.about_dossier(reference_of(wish.dossier or ""))
    look_up_id = await _request(visit, about)
    runtime = visit.runtime
    await runtime.doorbell.ring()
    look_up = await wait_for_look_up(
        runtime.sessions, look_up_id=look_up_id, caller=visit.caller, seconds=runtime.look_up_wait_seconds
    )
    if not look_up.is_settled:
        response.status_code = HTTPStatus.ACCEPTED
    response.headers["Location"] = f"/v1/lookups/{look_up.id}"
    return LookUpOut.of(look_up, language)


@router.get("/lookups/{lookup}", responses=refusals(HTTPStatus.NOT_FOUND))
async def show(
    lookup: Annotated[UUID, Path(description="Id of the look-up")],
    visit: LookUpReader,
    transaction: Transaction,
    language: LanguageDep,
) -> LookUpOut:
    """Show where a look-up stands."""
    look_up = await read_look_up(transaction, look_up_id=lookup, caller=visit.caller)
    act = Act(Action.LOOK_UP_READ, (str(look_up.id),))
    await record(transaction, actor=actor_of(visit.caller), act=act)
    return LookUpOut.of(look_up, language)


@router.get("/reports/lookups", responses=refusals())
async def show_report(
    query: Annotated[LookUpReportQuery, Query()], visit: FigureReader, transaction: Transaction
) -> LookUpReportOut:
    """Report the look-up rate as published, the share of verified applicants, and where the rest is."""
    path = await visit.reach(transaction, query.unit)
    period = Period(query.first, query.last)
    report = await report_look_ups(transaction, period=period, within=path, by=query.by)
    return LookUpReportOut.of(report)


async def _request(visit: Visit, wish: AboutDossier | AboutPerson) -> UUID:
    """Commit the question before its answer is waited for; one that is over the budget leaves an alarm."""
    runtime = visit.runtime
    try:
        async with begin_reaching(runtime.sessions, visit.caller.unit_path) as session:
            return await ask_by_hand(session, wish=wish, desk=visit.desk, budget=runtime.look_up_budget)
    except LookUpBudgetSpent as refusal:
        log.warning("look_ups.over_budget", whose=refusal.facts["whose"], unit_id=refusal.unit_id)
        async with begin_reaching(runtime.sessions, visit.caller.unit_path) as session:
            await count_over_budget(session, refusal, wish=wish, desk=visit.desk)
        raise
