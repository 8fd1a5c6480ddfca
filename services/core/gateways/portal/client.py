"""Calls to the portal: one session for all, an end to every call, and no exception that leaves this file."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import structlog

from services.core.domain.delivery import (
    AuthRefused,
    Failure,
    Found,
    LookUpOutcome,
    NotSent,
    Rejected,
    Throttled,
    Unknown,
    outcome_name,
)
from services.core.domain.filing import DossierBody
from services.core.domain.ports import EntriesOf, Sent
from services.core.gateways.portal import wire
from services.core.gateways.portal.reply import Answer, outcome_of_push, read
from services.core.telemetry import correlation

log = structlog.get_logger()

#: Faults after which the portal cannot have seen a byte of the request.
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class PortalAddress:
    """Where the portal is and who we are there; `call_seconds` ends any call, whatever drips in."""

    url: str
    login_path: str
    call_path: str
    dstcode: str
    organisation_code: str
    username: str
    password: str
    call_seconds: float
    reply_bytes: int
    connections: int


class PortalClient:
    """A `PortalGateway` over HTTP. One instance per process; close it at the end."""

    def __init__(
        self, address: PortalAddress, *, on_login: Callable[[str], None] = lambda _outcome: None
    ) -> None:
        self._address = address
        self._on_login = on_login
        self._http = httpx.AsyncClient(
            base_url=address.url,
            headers={"Accept": "application/json", "Charset": "utf-8", "dstcode": address.dstcode},
            timeout=httpx.Timeout(address.call_seconds, connect=3.0, pool=1.0),
            limits=httpx.Limits(max_connections=address.connections, keepalive_expiry=4.0),
            follow_redirects=False,
            trust_env=False,
        )
        self._session: str | None = None
        self._login = asyncio.Lock()

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def push_dossiers(self, bodies: Sequence[DossierBody], *, create: bool) -> Sent:
        """Send bodies; a body that cannot be encoded is refused here, before anything leaves."""
        try:
            data = [wire.dossier(body) for body in bodies]
        except wire.Unsendable as exc:
            return Sent(Rejected("unsendable", f"{exc} is missing"), b"")
        return await self._push("DongBoHoSoMC", isUpdating="False" if create else "True", data=data)

    async def push_entries(self, batch: Sequence[EntriesOf]) -> Sent:
        """Append entries."""
        data = [wire.entry(of.code, entry) for of in batch for entry in of.entries]
        return await self._push("CapNhatTienDoHoSoMC", data=data)

    async def look_up(self, code: str) -> LookUpOutcome:
        """Ask what is there; an answer about another dossier proves nothing."""
        answer = await self._call("TraCuuHoSo", {"mahoso": code})
        if not isinstance(answer, Answer):
            return answer
        if not answer.succeeded or answer.result is None:
            return Unknown(f"look-up answered {answer.code}")
        return _found(code, answer.result)

    async def _push(self, service: str, *, data: list[wire.Wire], **parameters: Any) -> Sent:
        encoded = _encode(data)
        answer = await self._call(service, parameters, encoded)
        outcome = outcome_of_push(answer) if isinstance(answer, Answer) else answer
        return Sent(outcome, hashlib.sha256(encoded).digest())

    async def _call(
        self, service: str, parameters: dict[str, str], data: bytes | None = None
    ) -> Answer | Failure:
        """Call with the present session; a refused session was not worked on, so one repeat is safe."""
        session = self._session or await self._renew(None)
        if not isinstance(session, str):
            return session
        answer = await self._send_in(session, service, parameters, data)
        if isinstance(answer, Answer) and answer.session_refused:
            session = await self._renew(session)
            if not isinstance(session, str):
                return session
            answer = await self._send_in(session, service, parameters, data)
        return answer

    async def _send_in(
        self, session: str, service: str, parameters: dict[str, str], data: bytes | None
    ) -> Answer | Failure:
        address = self._address
        content = _encode(
            {"session": session, "madonvi": address.organisation_code, "service": service, **parameters}
        )
        if data is not None:
            content = content[:-1] + b',"data":' + data + b"}"
        return await self._send(address.call_path, content)

    async def _renew(self, refused: str | None) -> str | Failure:
        """Log in once for all who wait; whoever comes second finds the new session already there."""
        async with self._login:
            if self._session is not None and self._session != refused:
                return self._session
            self._session = None
            address = self._address
            credentials = _encode({"username": address.username, "password": address.password})
            answer = await self._send(address.login_path, credentials)
            if isinstance(answer, Answer) and answer.succeeded and answer.session:
                self._session = answer.session
                self._on_login("accepted")
                log.info("portal.logged_in")
                return answer.session
            failure = _login_failure(answer)
            self._on_login(outcome_name(failure))
            log.warning("portal.login_failed", outcome=outcome_name(failure))
            return failure

    async def _send(self, path: str, content: bytes) -> Answer | Failure:
        headers = {"Content-Type": "application/json"}
        if (request_id := correlation.current()) is not None:
            headers[correlation.HEADER] = request_id
        try:
            # httpx limits each read, not the call: a byte every second would keep it open for ever.
            async with asyncio.timeout(self._address.call_seconds):
                return await self._exchange(path, content, headers)
        except _NOT_SENT as exc:
            return NotSent(type(exc).__name__)
        except (httpx.HTTPError, TimeoutError) as exc:
            return Unknown(type(exc).__name__)

    async def _exchange(self, path: str, content: bytes, headers: dict[str, str]) -> Answer | Failure:
        async with self._http.stream("POST", path, content=content, headers=headers) as response:
            received = bytearray()
            async for chunk in response.aiter_bytes():
                received += chunk
                if len(received) > self._address.reply_bytes:
                    return Unknown("reply too large")
            return read(response.status_code, response.headers, bytes(received), now=datetime.now(UTC))


def _encode(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _login_failure(answer: Answer | Failure) -> Failure:
    """Translate a failed login: the call behind it never left."""
    if isinstance(answer, Answer):
        return AuthRefused(f"login answered {answer.code}")
    if isinstance(answer, AuthRefused | Throttled):
        return answer
    return NotSent(f"login {type(answer).__name__}")


def _found(code: str, result: list[Any]) -> LookUpOutcome:
    if not result:
        return Found(None)
    try:
        records = [wire.record(item) for item in result]
    except (ValueError, TypeError, AttributeError):
        return Unknown("unreadable record")
    if len(records) != 1 or records[0].code != code:
        return Unknown("answer about another dossier")
    return Found(records[0])
