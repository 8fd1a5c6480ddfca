"""Dossiers that wait for a person: listing them, grouping them, sending them on, giving them up."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from services.api.access import ParkedDecider, ParkedReader, Visit
from services.api.dependencies import IdempotencyKey, LanguageDep, Transaction, required
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute
from services.api.routers.filing import REPLAYED, fingerprint
from services.api.schemas.parked import (
    CloseIn,
    GroupQuery,
    InterventionOut,
    ParkedDossierOut,
    ParkedGroupsOut,
    ParkedPageOut,
    ParkedQuery,
    ParkedSelection,
    ReplayIn,
    read_place,
    write_place,
)
from services.core.application.answer_once import answer_once
from services.core.application.group_parked import group_parked
from services.core.application.intervene import intervene
from services.core.application.list_parked import list_parked
from services.core.application.record import actor_of
from services.core.domain.intervention import REPLAYED_A_MINUTE, Action, Decision
from services.core.domain.request import RequestKey
from services.core.persistence.parked import ParkedFilter

_REFUSALS = refusals(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, *WITH_BODY)


router = APIRouter(prefix="/v1", tags=["chờ cán bộ xử lý / parked"], route_class=StrictRoute)


@dataclass(frozen=True, slots=True)
class Call:
    """A decision that somebody may take, told apart from others by its key."""

    session: AsyncSession
    visit: Visit
    request: Request
    key: str
    after_response: BackgroundTasks


async def take_call(
    *,
    request: Request,
    visit: ParkedDecider,
    transaction: Transaction,
    after_response: BackgroundTasks,
    idempotency_key: IdempotencyKey = None,
) -> Call:
    """Gather what replaying and closing need."""
    return Call(transaction, visit, request, required(idempotency_key), after_response)


CallDep = Annotated[Call, Depends(take_call, scope="function")]


@router.get("/parked", responses=refusals(HTTPStatus.NOT_FOUND))
async def show_parked(
    query: Annotated[ParkedQuery, Query()], visit: ParkedReader, transaction: Transaction
) -> ParkedPageOut:
    """List parked dossiers of the caller's units, longest waiting first, a page at a time."""
    page = await list_parked(
        transaction,
        wanted=await _filter(transaction, visit, query),
        after=read_place(query.cursor),
        limit=query.limit,
    )
    items = [ParkedDossierOut.of(dossier) for dossier in page.dossiers]
    return ParkedPageOut(items=items, next_cursor=write_place(page.last))


@router.get("/parked/groups", responses=refusals(HTTPStatus.NOT_FOUND))
async def show_groups(
    query: Annotated[GroupQuery, Query()],
    visit: ParkedReader,
    transaction: Transaction,
    language: LanguageDep,
) -> ParkedGroupsOut:
    """Group parked dossiers by what helps: one cause, one fix. Also counts what a decision would concern."""
    summary = await group_parked(
        transaction, wanted=await _filter(transaction, visit, query), limit=query.limit
    )
    return ParkedGroupsOut.of(summary, language)


@router.post("/parked:replay", response_model=InterventionOut, responses=_REFUSALS)
async def replay(selection: ReplayIn, call: CallDep) -> Response:
    """Send parked dossiers on, however often they were tried, the most urgent first, up to 1,000 a call.

    A single one goes at once, many go one after the other, a hundred a minute. `parked_to` leaves out what is
    parked after one has looked.
    """
    return await _decide(call, selection, Action.REPLAY)


@router.post("/parked:close", response_model=InterventionOut, responses=_REFUSALS)
async def close(selection: CloseIn, call: CallDep) -> Response:
    """Give parked dossiers up: they are not sent any more, unless the desk changes them."""
    return await _decide(call, selection, Action.CLOSE)


async def _decide(call: Call, selection: ReplayIn, action: Action) -> Response:
    selection.check_narrowed()
    visit = call.visit
    wanted = await _filter(call.session, visit, selection)
    decision = Decision(action, visit.caller.actor, selection.reason)

    async def work() -> dict[str, object]:
        done = await intervene(
            call.session,
            decision=decision,
            wanted=wanted,
            per_minute=REPLAYED_A_MINUTE,
            actor=actor_of(visit.caller),
        )
        return InterventionOut.model_validate(done).model_dump(mode="json")

    request = RequestKey(f"parked:{action}", call.key, fingerprint(await call.request.json()), HTTPStatus.OK)
    answer = await answer_once(call.session, client_id=visit.caller.client_id, request=request, work=work)
    call.after_response.add_task(visit.runtime.doorbell.ring)
    return Response(
        json.dumps(answer.document),
        media_type="application/json",
        headers=None if answer.is_new else {REPLAYED: "true"},
        background=call.after_response,
    )


async def _filter(session: AsyncSession, visit: Visit, selection: ParkedSelection) -> ParkedFilter:
    return selection.to_domain(await visit.reach(session, selection.unit))
