"""Around every call: headers, a log line without personal data, end of failures."""

import time
import traceback
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console.failures import is_away
from services.core.telemetry import correlation

log = structlog.get_logger()

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    # Others learn nothing; our own forms say where they come from, which `no-referrer` would hide, too.
    (b"referrer-policy", b"same-origin"),
)

#: Files of ours that a browser may keep if it asks whether they are still the same.
_FILES: Final = "/static/"


class Envelope:
    """Outermost of all, so that also the framework's own answers get what every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call; no failure of a page leaves this method."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = correlation.begin(Headers(scope=scope).get(correlation.HEADER))
        began = time.perf_counter()
        status: int | None = None

        async def send_complete(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message["headers"] += [*_ALWAYS, _cache_header(scope), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_complete)
        except Exception as exc:  # noqa: BLE001 - it was answered further in, and ends here with a log line
            _log_failure(exc)
        finally:
            # The route's pattern, because an address could hold anything.
            log.info(
                "request.answered",
                method=scope["method"],
                route=getattr(scope.get("route"), "path", None),
                status=status,
                milliseconds=round((time.perf_counter() - began) * 1000, 1),
            )


def _cache_header(scope: Scope) -> tuple[bytes, bytes]:
    return b"cache-control", b"no-cache" if scope["path"].startswith(_FILES) else b"no-store"


def _log_failure(exc: Exception) -> None:
    """Say where it went wrong. Texts of errors may hold personal data, so they are not logged."""
    frame = traceback.extract_tb(exc.__traceback__)[-1]
    fault = {"error": type(exc).__name__, "at": f"{frame.name}:{frame.lineno}"}
    if is_away(exc):
        log.warning("request.unavailable", **fault)
    else:
        log.error("request.failed", **fault)
