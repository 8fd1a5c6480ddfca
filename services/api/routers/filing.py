"""Taking in one dossier."""

import hashlib
import json
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response

from services.api.access import Filer
from services.api.dependencies import IdempotencyKey, Statement, required
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute
from services.api.schemas.answer import DossierStanding, standing, tag
from services.api.schemas.filing import FilingIn
from services.core.application.receive_dossiers import receive_dossier
from services.core.domain.request import RequestKey

#: Tells a repeated call that its answer is that of the first one.
REPLAYED: Final = "Idempotent-Replayed"

router = APIRouter(prefix="/v1", tags=["tiếp nhận / filing"], route_class=StrictRoute)


@router.post(
    "/dossiers",
    status_code=HTTPStatus.CREATED,
    response_model=DossierStanding,
    responses=refusals(HTTPStatus.CONFLICT, *WITH_BODY),
)
async def create_dossier(
    *,
    filing: FilingIn,
    request: Request,
    visit: Filer,
    statement: Statement,
    after_response: BackgroundTasks,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a dossier in. It gets its number and due time here, and is queued for the portal.

    `Location` and `ETag` lead to it. A repeated call is answered as the first one, with the header
    `Idempotent-Replayed`.
    """
    received, replayed = await receive_dossier(
        statement,
        filing=filing.to_domain(),
        request=RequestKey(
            "dossiers", required(idempotency_key), fingerprint(await request.json()), HTTPStatus.CREATED
        ),
        desk=visit.desk,
    )
    after_response.add_task(visit.runtime.doorbell.ring)
    headers = {"Location": f"/v1/dossiers/{received.id}", "ETag": tag(received.edition)}
    return Response(
        json.dumps(standing(received)),
        status_code=HTTPStatus.CREATED,
        media_type="application/json",
        headers=headers | ({REPLAYED: "true"} if replayed else {}),
        background=after_response,
    )


def fingerprint(document: Any) -> bytes:
    """Hash what was said, not how it was laid out."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).digest()
