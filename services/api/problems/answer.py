"""Problem documents and responses (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from services.api.problems.facts import shown
from services.api.problems.fields import FieldError, in_language
from services.api.problems.language import Language
from services.api.problems.table import PROBLEMS
from services.core.telemetry import correlation

MEDIA_TYPE: Final = "application/problem+json"

_NO_FACTS: Final[Mapping[str, object]] = {}


#: What is still coming in of the call is not waited for.
_WITH_REST_UNREAD: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})


class _Forgiving(dict[str, str]):
    """A sentence may name a fact that this refusal does not have."""

    def __missing__(self, name: str) -> str:
        return "…"


def problem_document(
    code: str,
    language: Language,
    *,
    pointer: str | None = None,
    facts: Mapping[str, object] = _NO_FACTS,
    errors: Sequence[FieldError] = (),
) -> dict[str, Any]:
    """Say no: `facts` also stand in the document, for programs."""
    row = PROBLEMS[code]
    words = _Forgiving(shown(facts, language), count=str(len(errors)))
    detail = row.detail.in_(language).format_map(words)
    document: dict[str, Any] = {
        "type": f"urn:lienthong:problem:{code}",
        "title": row.title.in_(language),
        "status": int(row.status),
        "code": code,
        "detail": detail,
        "request_id": correlation.current(),
    }
    if facts:
        document["facts"] = dict(facts)
    if errors:
        document["errors"] = [in_language(error, language) for error in errors]
    elif pointer is not None:
        document["errors"] = [{"code": code, "pointer": pointer, "detail": detail}]
    return document


def problem_response(code: str, language: Language, **parts: Any) -> Response:
    """Answer with a problem; `parts` are those of `problem_document`."""
    row = PROBLEMS[code]
    headers = {"Content-Language": language.value, "Vary": "Accept-Language"}
    wait = parts.get("facts", _NO_FACTS).get("retry_after", row.retry_after)
    if wait is not None:
        headers["Retry-After"] = str(wait)
    if row.status in _WITH_REST_UNREAD:
        headers["Connection"] = "close"
    if code == "not-authenticated":
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        json.dumps(problem_document(code, language, **parts), ensure_ascii=False),
        status_code=row.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )
