"""What one process takes on at a time, and for how long it waits for what was announced.

Heads that come slowly never reach the application: that is for the proxy in front (docs/limits.md).
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import problem_response, wanted_language
from services.api.refusals import BodyTooSlow, HeadTooLarge, Overloaded
from services.core.domain.errors import DomainError

#: Probes are answered however busy it is: a process that is restarted for being busy helps nobody.
_ALWAYS: Final = frozenset({"/healthz", "/readyz"})
_HEAD_BYTES: Final = 32_768
_HEADERS: Final = 100
#: Of a body that nobody wants, so much is read all the same: who is still sending would find the connection
#: reset, and never read why.
_LINGER_BYTES: Final = 8_388_608


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one process. A body may take `body_seconds`, and a second more for each `body_rate` bytes of it.

    `in_flight` calls are worked on at once, `None` for any number; those whose body is still coming in do not
    count.
    """

    in_flight: int | None = None
    body_seconds: float = 30.0
    body_rate: int = 1024


class Shelter:
    """Refuses what is too much, inside the envelope and around everything else."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on once there is room for it."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self._app(scope, receive, send)
            return
        call = _Call(self, scope, receive, send)
        try:
            call.begin()
            await self._app(scope, call.receive, call.send)
        except DomainError as refusal:
            language = wanted_language(Headers(scope=scope).get("accept-language"))
            await problem_response(refusal.code, language)(scope, receive, send)
        finally:
            call.end()

    def admit(self) -> None:
        """Take one more on; raises `Overloaded`."""
        if self._limits.in_flight is not None and self._in_flight >= self._limits.in_flight:
            raise Overloaded
        self._in_flight += 1

    def release(self) -> None:
        """Let go of one that was admitted."""
        self._in_flight -= 1

    def allowance(self, received: int) -> float:
        """Give the seconds that a body may have taken when so many bytes of it are here."""
        return self._limits.body_seconds + received / self._limits.body_rate


class _Call:
    """One call: admitted once its body is complete, so that slow bodies keep nobody else out."""

    def __init__(self, shelter: Shelter, scope: Scope, receive: Receive, send: Send) -> None:
        self._shelter, self._scope, self._receive, self._send = shelter, scope, receive, send
        headers = Headers(scope=scope)
        self._has_body = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
        self._lingers = self._has_body and "expect" not in headers
        self._is_admitted = False
        self._received = 0
        self._began: float | None = None

    def begin(self) -> None:
        """Look at the head; raises `HeadTooLarge` or, for a call without a body, `Overloaded`."""
        head = self._scope["headers"]
        size = sum(len(name) + len(value) for name, value in head) + len(self._scope["query_string"])
        if size > _HEAD_BYTES or len(head) > _HEADERS:
            raise HeadTooLarge
        if not self._has_body:
            self._admit()

    async def receive(self) -> Message:
        """Give the next part; raises `BodyTooSlow`, or `Overloaded` where the body ends."""
        if self._is_admitted:
            return await self._receive()
        message = await self._next()
        if not message.get("more_body", False):
            self._admit()
        return message

    async def send(self, message: Message) -> None:
        """Answer, once the caller can be expected to listen."""
        if message["type"] == "http.response.start":
            await self._linger()
        await self._send(message)

    def end(self) -> None:
        """Make room."""
        if self._is_admitted:
            self._shelter.release()

    def _admit(self) -> None:
        self._shelter.admit()
        self._is_admitted = True

    async def _next(self) -> Message:
        now = asyncio.get_running_loop().time()
        self._began = self._began or now
        try:
            async with asyncio.timeout_at(self._began + self._shelter.allowance(self._received)):
                message = await self._receive()
        except TimeoutError as exc:
            raise BodyTooSlow from exc
        self._received += len(message.get("body", b""))
        self._lingers = self._lingers and bool(message.get("more_body", False))
        return message

    async def _linger(self) -> None:
        with suppress(BodyTooSlow):
            while self._lingers and self._received < _LINGER_BYTES:
                await self._next()
