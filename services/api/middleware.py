"""Around every call: request id, headers, an access log without personal data, end of failures."""

import time
import traceback
from http import HTTPStatus
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.documentation import PAGE
from services.api.instruments import count_answer
from services.api.problems import problem_response, wanted_language
from services.core.persistence.faults import is_passing
from services.core.telemetry import correlation

log = structlog.get_logger()

_ALWAYS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_POLICY: Final = b"content-security-policy"
_RUNS_NOTHING: Final = (_POLICY, b"default-src 'none'; frame-ancestors 'none'")
_RUNS_OUR_SCRIPTS: Final = (
    _POLICY,
    (
        b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
        b" img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
    ),
)

_OUR_CODE: Final = "/services/"


class Envelope:
    """Outermost of all, so that also the framework's own answers get what every answer has.

    Pure ASGI: Starlette's middleware class would run routes in a task of their own, and cancel them halfway.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call; no failure of a route leaves this method."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = _Call(scope, receive, send)
        try:
            await self._app(scope, receive, call.send)
        except Exception as exc:  # noqa: BLE001 - it was answered further in, and ends here with a log line
            call.log_failure(exc)
        finally:
            call.log()


class _Call:
    """One call on its way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._headers = Headers(scope=scope)
        peer = scope.get("client")
        self._request_id = correlation.begin(
            self._headers.get(correlation.HEADER), device=None if peer is None else peer[0]
        )
        self._began = time.perf_counter()
        self._status: int | None = None
        self._replaced = False

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on, its head with our headers."""
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            if _is_plain_refusal(message):
                self._replaced = True
                await self._refuse_size()
                return
            self._complete(message)
        await self._send(message)

    def log_failure(self, exc: Exception) -> None:
        """Say where it went wrong. Texts of errors may hold personal data, so they are not logged."""
        fault = {"error": type(exc).__name__, "trace": _frames(exc)}
        if is_passing(exc):
            log.warning("request.unavailable", **fault)
        else:
            log.error("request.failed", **fault)

    def log(self) -> None:
        """Write the access log, and count: the route's pattern, because an address could hold anything."""
        method, route = self._scope["method"], getattr(self._scope.get("route"), "path", None)
        seconds = time.perf_counter() - self._began
        log.info(
            "request.answered",
            method=method,
            route=route,
            status=self._status,
            milliseconds=round(seconds * 1000, 1),
        )
        count_answer(method, route, status=self._status, seconds=seconds)

    async def _refuse_size(self) -> None:
        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(message)
            await self._send(message)

        language = wanted_language(self._headers.get("accept-language"))
        await problem_response("body-too-large", language)(self._scope, self._receive, send)

    def _complete(self, message: Message) -> None:
        self._status = int(message["status"])
        message["headers"] += [(b"x-request-id", self._request_id.encode()), *_ALWAYS]
        if any(name == _POLICY for name, _ in message["headers"]):
            return
        page = self._scope["path"].startswith(PAGE)
        message["headers"].append(_RUNS_OUR_SCRIPTS if page else _RUNS_NOTHING)


def _is_plain_refusal(message: Message) -> bool:
    """Recognise the one answer that the framework gives past all handlers: a body announced as too large."""
    if message["status"] != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return False
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")


def _frames(exc: BaseException) -> list[str]:
    """Say where it happened, in our own code and at the very end, without the texts of errors."""
    frames = traceback.extract_tb(exc.__traceback__)
    ours = [frame for frame in frames[:-1] if _OUR_CODE in frame.filename]
    return [
        f"{frame.filename.rpartition(_OUR_CODE)[2]}:{frame.lineno} {frame.name}"
        for frame in (*ours, frames[-1])
    ]
