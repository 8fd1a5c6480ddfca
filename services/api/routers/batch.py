"""Taking in many dossiers at once."""

import hashlib
import json
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response

from services.api.access import Filer
from services.api.dependencies import IdempotencyKey, LanguageDep, Transaction, required
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import media_type
from services.api.problems import Language, problem_document
from services.api.refusals import MediaTypeUnsupported
from services.api.routers.filing import REPLAYED
from services.api.schemas.answer import standing
from services.api.schemas.lines import lines_of, read_filing
from services.core.application.receive_dossiers import Received, Refusal, receive_dossiers
from services.core.domain.request import RequestKey

#: A thousand lines of a filing with many papers; a single filing has the limit of the service.
BATCH_BYTES: Final = 8 * 1024 * 1024

NDJSON: Final = "application/x-ndjson"

_LINE_TYPES: Final = frozenset({NDJSON, "application/ndjson", "application/jsonl"})

_BATCH_BODY: Final = {
    "required": True,
    "description": "A `FilingIn` a line",
    "content": {NDJSON: {"schema": {"type": "string"}}},
}
_BATCH_ANSWER: Final[dict[str, Any]] = {
    "description": "A result a line",
    "content": {NDJSON: {"schema": {"type": "string"}}},
}

router = APIRouter(prefix="/v1", tags=["tiếp nhận / filing"])


@router.post(
    "/dossiers:batch",
    response_class=Response,
    responses=refusals(HTTPStatus.CONFLICT, *WITH_BODY) | {200: _BATCH_ANSWER},
    openapi_extra={"requestBody": _BATCH_BODY},
    max_body_size=BATCH_BYTES,
)
async def create_dossiers(
    *,
    request: Request,
    visit: Filer,
    transaction: Transaction,
    language: LanguageDep,
    after_response: BackgroundTasks,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take in up to 1,000 dossiers, one JSON object a line. Good lines are kept, whatever the others are.

    The answer has a line for each, in order: `{"line": 1, "status": 201, "id": ..., "code": ..., "etag": ...,
    "due_at": ..., "delivery_state": "due"}` or `{"line": 2, "status": 422, "problem": {...}}`. Empty lines
    are passed over and keep their number.
    """
    if media_type(request) not in _LINE_TYPES:
        raise MediaTypeUnsupported(expected=NDJSON)
    body = await request.body()
    taken = await receive_dossiers(
        transaction,
        lines=lines_of(body, read_filing),
        request=RequestKey(
            "dossiers:batch", required(idempotency_key), hashlib.sha256(body).digest(), HTTPStatus.OK
        ),
        desk=visit.desk,
    )
    after_response.add_task(visit.runtime.doorbell.ring)
    rows = (_row(line, outcome, language) for line, outcome in taken.outcomes.items())
    return Response(
        "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows),
        media_type=NDJSON,
        headers={REPLAYED: "true"} if taken.replayed else None,
        background=after_response,
    )


def _row(line: int, outcome: Received | Refusal, language: Language) -> dict[str, Any]:
    if isinstance(outcome, Received):
        dossier = standing(outcome)
        return {"line": line, **dossier, "status": int(HTTPStatus.CREATED)}
    problem = problem_document(
        outcome.code, language, pointer=outcome.pointer, facts=outcome.facts, errors=outcome.errors
    )
    return {"line": line, "status": problem["status"], "problem": problem}
