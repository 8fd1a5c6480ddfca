"""Taking in what happened to citizens on their way into digital services."""

import json
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid5

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api.access import OnboardingFollower, OnboardingRecorder
from services.api.dependencies import IdempotencyKey, LanguageDep, Transaction, required
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute, media_type
from services.api.problems import Language, problem_document, problem_response
from services.api.refusals import MediaTypeUnsupported
from services.api.routers.batch import BATCH_BYTES, NDJSON
from services.api.routers.filing import REPLAYED
from services.api.schemas.lines import lines_of, read_line
from services.api.schemas.onboarding import EventIn, SingleEventIn, StandingQuery
from services.api.schemas.onboarding_answers import EventOut, StandingOut, StepStandingOut
from services.core.application.find_standing import find_standing
from services.core.application.receive_dossiers import Refusal
from services.core.application.record_onboarding import Noted, Sent, record_onboarding

_LINE_TYPES: Final = frozenset({NDJSON, "application/ndjson", "application/jsonl"})
_ONLY: Final = 1
_TAGS: Final = ["công dân số / onboarding"]

_BATCH_BODY: Final = {
    "required": True,
    "description": "An `EventIn` a line",
    "content": {NDJSON: {"schema": {"type": "string"}}},
}
_BATCH_ANSWER: Final[dict[str, Any]] = {
    "description": "A result a line",
    "content": {NDJSON: {"schema": {"type": "string"}}},
}

router = APIRouter(prefix="/v1/onboarding", tags=[*_TAGS], route_class=StrictRoute)
#: Its lines are read one by one, so the strict reading of a whole body is not for it.
batch_router = APIRouter(prefix="/v1/onboarding", tags=[*_TAGS])


@router.post(
    "/events",
    status_code=HTTPStatus.CREATED,
    response_model=EventOut,
    responses=refusals(HTTPStatus.CONFLICT, *WITH_BODY),
)
async def record_event(
    event: SingleEventIn,
    visit: OnboardingRecorder,
    transaction: Transaction,
    language: LanguageDep,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Record one event. A repeated call is answered as the first one, with `Idempotent-Replayed`."""
    event_id = event.id or uuid5(visit.caller.client_id, required(idempotency_key))
    outcomes = await record_onboarding(transaction, lines={_ONLY: event.sent_as(event_id)}, desk=visit.desk)
    outcome = outcomes[_ONLY]
    if isinstance(outcome, Refusal):
        return problem_response(outcome.code, language, pointer=outcome.pointer, facts=outcome.facts)
    return Response(
        json.dumps({"id": str(outcome.id)}),
        status_code=HTTPStatus.CREATED,
        media_type="application/json",
        headers={REPLAYED: "true"} if outcome.repeated else None,
    )


@batch_router.post(
    "/events:batch",
    response_class=Response,
    responses=refusals(*WITH_BODY) | {200: _BATCH_ANSWER},
    openapi_extra={"requestBody": _BATCH_BODY},
    max_body_size=BATCH_BYTES,
)
async def record_events(
    request: Request, visit: OnboardingRecorder, transaction: Transaction, language: LanguageDep
) -> Response:
    """Record up to 1,000 events, one JSON object a line. Good lines are kept, whatever the others are.

    Each event has its own id, so a batch may be repeated, cut up and mixed at will. The answer has a line
    for each, in order: `{"line": 1, "status": 201, "id": ...}`, with status 200 for an event that was
    stored before, or `{"line": 2, "status": 422, "problem": {...}}`.
    """
    if media_type(request) not in _LINE_TYPES:
        raise MediaTypeUnsupported(expected=NDJSON)
    lines = lines_of(await request.body(), read_event)
    outcomes = await record_onboarding(transaction, lines=lines, desk=visit.desk)
    rows = (_row(line, outcome, language) for line, outcome in outcomes.items())
    return Response("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), media_type=NDJSON)


@router.post("/standings:find", responses=refusals(*WITH_BODY))
async def show_standing(
    query: StandingQuery, visit: OnboardingFollower, transaction: Transaction
) -> StandingOut:
    """Show how far somebody has got with the help of the caller's units. The number is in the body only."""
    found = await find_standing(
        transaction, subject=query.subject.to_domain(), unit_code=query.unit_code, desk=visit.desk
    )
    return StandingOut(steps=[StepStandingOut.of(step) for step in found])


def read_event(line: bytes) -> Sent | Refusal:
    """Read one line of a batch; what is wrong with it is a value, because the other lines go on."""
    return read_line(line, lambda document: EventIn.model_validate(document).to_domain())


def _row(line: int, outcome: Noted | Refusal, language: Language) -> dict[str, Any]:
    if isinstance(outcome, Noted):
        status = HTTPStatus.OK if outcome.repeated else HTTPStatus.CREATED
        return {"line": line, "status": int(status), "id": str(outcome.id)}
    problem = problem_document(
        outcome.code, language, pointer=outcome.pointer, facts=outcome.facts, errors=outcome.errors
    )
    return {"line": line, "status": problem["status"], "problem": problem}
