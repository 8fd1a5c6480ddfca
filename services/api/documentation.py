"""Making the OpenAPI document say what the service does, refusals included."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from services.api.problems import MEDIA_TYPE
from services.api.schemas.problem import ProblemOut

DESCRIPTION: Final = """
Dossiers of the one-stop-shop desk, and how far they have got on their way to the national portal.

* Times are RFC 3339 with an offset, in and out. Texts are stored in Unicode NFC.
* A creation carries an `Idempotency-Key`: repeated with the same key and body it gives the same answer.
* A change carries the dossier's ETag in `If-Match`.
* Refusals are RFC 9457 problems with stable codes, in Vietnamese or, on `Accept-Language: en`, in English.
"""

PAGE: Final = "/docs"
_SCRIPTS: Final = f"{PAGE}/static"

_EXAMPLE: Final = {
    "type": "urn:lienthong:problem:illegal-transition",
    "title": "Không chuyển được trạng thái",
    "status": 409,
    "code": "illegal-transition",
    "detail": "Hồ sơ ở trạng thái 9 (đã xử lý xong), không chuyển sang 4 (đang xử lý) được. Được phép: "
    "10 (đã trả kết quả).",
    "request_id": "3f6c1e0c4d8c4a7d9d3b8a7f9f0e2d11",
    "facts": {"present": 9, "wanted": 4, "allowed": [10]},
    "errors": [{"code": "illegal-transition", "pointer": "/status", "detail": "…"}],
}

#: Any call with a key may meet these.
_ALWAYS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

#: What a body may lead to.
WITH_BODY: Final = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def refusals(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Declare the refusals of a route, beside those that every route has."""
    return {
        int(status): {"model": ProblemOut, "description": status.phrase}
        for status in sorted({*_ALWAYS, *statuses})
    }


def install(app: FastAPI, *, with_page: bool) -> None:
    """Make the document, and serve a page to read it on a machine that reaches nobody else."""
    _install_document(app)
    if with_page:
        _install_page(app)


def _install_page(app: FastAPI) -> None:
    """FastAPI's own page loads its scripts from outside."""
    app.mount(_SCRIPTS, StaticFiles(packages=[("fastapi_offline", "static")]))

    @app.get(PAGE, include_in_schema=False)
    async def show_page() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=str(app.openapi_url),
            title=app.title,
            swagger_js_url=f"{_SCRIPTS}/swagger-ui-bundle.js",
            swagger_css_url=f"{_SCRIPTS}/swagger-ui.css",
            swagger_favicon_url=f"{_SCRIPTS}/favicon.png",
        )


def _install_document(app: FastAPI) -> None:
    """Have refusals documented under their own media type, which FastAPI cannot be told."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(generate())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the documented way to extend the document


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    for operations in document["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                if _is_problem(response):
                    schema = next(iter(response.pop("content").values()))["schema"]
                    response["content"] = {MEDIA_TYPE: {"schema": schema, "example": _EXAMPLE}}
    return document


def _is_problem(response: dict[str, Any]) -> bool:
    contents = response.get("content", {}).values()
    return any(content.get("schema", {}).get("$ref", "").endswith("/ProblemOut") for content in contents)
