"""Taking dossiers in, one at a time or many."""

import hashlib
import json
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response

from services.api.access import Writer
from services.api.dependencies import LanguageDep, RequestKeyText, RuntimeDep, Transaction, desk_of
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute, media_type
from services.api.problems import Language, problem_document
from services.api.refusals import MediaTypeUnsupported
from services.api.schemas.answer import DossierStanding, standing
from services.api.schemas.filing import FilingIn
from services.api.schemas.lines import lines_of
from services.core.application.receive_dossiers import (
    Received,
    Refusal,
    receive_dossier,
    receive_dossiers,
)
from services.core.domain.request import RequestKey

#: A thousand lines of a filing with many papers; a single filing has the limit of the service.
BATCH_BYTES: Final = 8 * 1024 * 1024

NDJSON: Final = "application/x-ndjson"

_REPLAYED: Final = "Idempotent-Replayed"

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

router = APIRouter(prefix="/v1", tags=["hồ sơ / dossiers"])
single = APIRouter(route_class=StrictRoute)


@single.post(
    "/dossiers",
    status_code=HTTPStatus.CREATED,
    response_model=DossierStanding,
    responses=refusals(HTTPStatus.CONFLICT, *WITH_BODY),
)
async def create_dossier(
    *,
    filing: FilingIn,
    request: Request,
    caller: Writer,
    key: RequestKeyText,
    runtime: RuntimeDep,
    transaction: Transaction,
    after_response: BackgroundTasks,
) -> Response:
    """Take a dossier in. It gets its number and due time here, and is queued for the portal.

    `Location` and `ETag` lead to it. A repeated call is answered as the first one, with the header
    `Idempotent-Replayed`.
    """
    received, replayed = await receive_dossier(
        transaction,
        filing=filing.to_domain(),
        request=RequestKey("dossiers", key, _fingerprint(await request.json()), HTTPStatus.CREATED),
        desk=desk_of(caller, runtime),
    )
    after_response.add_task(runtime.doorbell.ring)
    headers = {"Location": f"/v1/dossiers/{received.id}", "ETag": f'"{received.edition}"'}
    return Response(
        json.dumps(standing(received)),
        status_code=HTTPStatus.CREATED,
        media_type="application/json",
        headers=headers | ({_REPLAYED: "true"} if replayed else {}),
        background=after_response,
    )


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
    caller: Writer,
    key: RequestKeyText,
    runtime: RuntimeDep,
    transaction: Transaction,
    language: LanguageDep,
    after_response: BackgroundTasks,
) -> Response:
    """Take in up to 1,000 dossiers, one JSON object a line. Good lines are kept, whatever the others are.

    The answer has a line for each, in order: `{"line": 1, "status": 201, "dossier": {...}}` or
    `{"line": 2, "status": 422, "problem": {...}}`. Empty lines are passed over and keep their number.
    """
    if media_type(request) not in _LINE_TYPES:
        raise MediaTypeUnsupported(expected=NDJSON)
    body = await request.body()
    taken = await receive_dossiers(
        transaction,
        lines=lines_of(body),
        request=RequestKey("dossiers:batch", key, hashlib.sha256(body).digest(), HTTPStatus.OK),
        desk=desk_of(caller, runtime),
    )
    after_response.add_task(runtime.doorbell.ring)
    rows = (_row(line, outcome, language) for line, outcome in taken.outcomes.items())
    return Response(
        "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows),
        media_type=NDJSON,
        headers={_REPLAYED: "true"} if taken.replayed else None,
        background=after_response,
    )


router.include_router(single)


def _fingerprint(document: Any) -> bytes:
    """Hash what was said, not how it was laid out."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).digest()


def _row(line: int, outcome: Received | Refusal, language: Language) -> dict[str, Any]:
    if isinstance(outcome, Received):
        return {"line": line, "status": int(HTTPStatus.CREATED), "dossier": standing(outcome)}
    problem = problem_document(
        outcome.code, language, pointer=outcome.pointer, facts=outcome.facts, errors=outcome.errors
    )
    return {"line": line, "status": problem["status"], "problem": problem}
