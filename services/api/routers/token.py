"""Access tokens for desk clients: OAuth 2.0 client credentials, proven by a signed assertion (RFC 7523)."""

from http import HTTPStatus
from typing import Any, Final, Literal
from urllib.parse import parse_qs

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.api.dependencies import Transaction
from services.api.json_body import media_type
from services.api.runtime import Runtime
from services.core.application.issue_token import issue_token
from services.core.domain.access import NotAuthenticated, ScopeMissing

_FORM: Final = "application/x-www-form-urlencoded"
_BY_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Parameters of the grant, and room for some that we ignore.
_MOST_FIELDS: Final = 16
_BODY_BYTES: Final = 16_384


class TokenOut(BaseModel):
    """RFC 6749, 5.1. `expires_in` counts seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a kind
    expires_in: int
    scope: str


class TokenRefusal(BaseModel):
    """RFC 6749, 5.2."""

    error: str = Field(examples=["invalid_client"])


_REFUSAL: Final[dict[str, Any]] = {"model": TokenRefusal, "description": "RFC 6749, 5.2"}
_BODY: Final = {
    "required": True,
    "content": {
        _FORM: {
            "schema": {
                "type": "object",
                "required": ["grant_type", "client_assertion_type", "client_assertion"],
                "properties": {
                    "grant_type": {"const": "client_credentials"},
                    "client_assertion_type": {"const": _BY_ASSERTION},
                    "client_assertion": {"type": "string"},
                    "scope": {"type": "string"},
                },
            }
        }
    },
}

router = APIRouter(prefix="/v1", tags=["truy cập / access"])


@router.post(
    "/token",
    response_model=TokenOut,
    responses={400: _REFUSAL, 401: _REFUSAL},
    openapi_extra={"requestBody": _BODY},
    max_body_size=_BODY_BYTES,
)
async def create_token(request: Request, transaction: Transaction) -> Response:
    """Exchange a signed assertion for an access token of some minutes. Each assertion holds once."""
    fields = _fields_of(await request.body()) if media_type(request) == _FORM else None
    if fields is None:
        return _refuse("invalid_request")
    runtime: Runtime = request.app.state.runtime
    issuer = runtime.keys.believed.tokens
    if issuer is None or fields.get("grant_type") != "client_credentials":
        return _refuse("unsupported_grant_type")
    if fields.get("client_assertion_type") != _BY_ASSERTION or "client_assertion" not in fields:
        return _refuse("invalid_request")
    try:
        issued = await issue_token(
            transaction,
            assertion=fields["client_assertion"],
            wanted=fields["scope"].split() if "scope" in fields else None,
            issuer=issuer,
            now=runtime.clock.now(),
        )
    except NotAuthenticated:
        return _refuse("invalid_client", HTTPStatus.UNAUTHORIZED)
    except ScopeMissing:
        return _refuse("invalid_scope")
    shown = TokenOut(
        access_token=issued.text,
        expires_in=int(issuer.life.total_seconds()),
        scope=" ".join(issued.scopes),
    )
    return JSONResponse(shown.model_dump())


def _fields_of(body: bytes) -> dict[str, str] | None:
    """Read a form in which nothing is given twice."""
    try:
        fields = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    if any(len(values) != 1 for values in fields.values()):
        return None
    return {name: values[0] for name, values in fields.items()}


def _refuse(error: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Response:
    return JSONResponse({"error": error}, status_code=status)
