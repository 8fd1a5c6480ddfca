"""Turning what was raised into problem answers."""

from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from services.api.problems import Language, field_errors, problem_response, wanted_language
from services.core.domain.errors import DomainError
from services.core.persistence.faults import is_passing

#: Refusals of the framework, which knows numbers only.
_BY_STATUS: Final = {
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body-too-large",
}


def install(app: FastAPI) -> None:
    """Let every refusal leave as a problem."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused_by_framework)
    app.add_exception_handler(Exception, _failed)


def language_of(request: Request) -> Language:
    """Give the language that the caller asked for."""
    return wanted_language(request.headers.get("accept-language"))


async def _refused(request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, DomainError):
        raise refusal
    return problem_response(refusal.code, language_of(request), pointer=refusal.pointer, facts=refusal.facts)


async def _invalid(request: Request, failure: Exception) -> Response:
    if not isinstance(failure, RequestValidationError):
        raise failure
    errors = field_errors(failure.errors())
    return problem_response("validation-failed", language_of(request), errors=errors)


async def _refused_by_framework(request: Request, refusal: Exception) -> Response:
    """FastAPI wraps what goes wrong while a body is read, so our own refusal may be the cause."""
    if isinstance(refusal.__cause__, DomainError):
        return await _refused(request, refusal.__cause__)
    if not isinstance(refusal, HTTPException):
        raise refusal
    code = _BY_STATUS.get(HTTPStatus(refusal.status_code), "bad-request")
    response = problem_response(code, language_of(request))
    if refusal.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(_methods_at(request))
    return response


def _methods_at(request: Request) -> list[str]:
    """List the methods of an address, which may be spread over routers; the framework names those of one."""
    paths: dict[str, dict[str, object]] = request.app.openapi()["paths"]
    path = request.url.path
    return sorted(
        method.upper()
        for pattern, operations in paths.items()
        if compile_path(pattern)[0].match(path)
        for method in operations
    )


async def _failed(request: Request, failure: Exception) -> Response:
    code = "database-unavailable" if is_passing(failure) else "internal-error"
    return problem_response(code, language_of(request))
