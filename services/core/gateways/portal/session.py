"""The session at the portal: one for all calls, and one login at a time."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

from services.core.domain.outcome import AuthRefused, Failure, NotSent, Rejected, Throttled, outcome_name
from services.core.gateways.portal.exchange import Exchange, PortalAddress
from services.core.gateways.portal.reply import Answer
from services.core.gateways.portal.wire import encode

log = structlog.get_logger()

#: After a login that came to nothing; whoever waited for it shares the outcome.
_PAUSE_SECONDS: Final = 1.0
#: After a refused one, growing threefold each time: a few wrong passwords in a row can lock an account.
_REFUSED_SECONDS: Final = 5.0
_LONGEST_PAUSE_SECONDS: Final = 300.0


class PortalSession:
    """Hands out the present session, and gets a new one when it is refused or too old."""

    def __init__(self, exchange: Exchange, address: PortalAddress, on_login: Callable[[str], None]) -> None:
        self._exchange = exchange
        self._address = address
        self._on_login = on_login
        self._lock = asyncio.Lock()
        self._session: str | None = None
        self._good_until = 0.0
        self._failure: Failure | None = None
        self._pause_until = 0.0
        self._refusals = 0

    async def get(self, *, refused: str | None, until: float) -> str | Failure:
        """Give a session other than the refused one; `until` is of the event loop's clock."""
        try:
            async with asyncio.timeout_at(until):
                await self._lock.acquire()
        except TimeoutError:
            return NotSent("waited for a login")
        try:
            return self._usable(refused) or self._held_back() or await self._log_in(until)
        finally:
            self._lock.release()

    def _usable(self, refused: str | None) -> str | None:
        fresh = self._session != refused and time.monotonic() < self._good_until
        return self._session if fresh else None

    def _held_back(self) -> Failure | None:
        return self._failure if time.monotonic() < self._pause_until else None

    async def _log_in(self, until: float) -> str | Failure:
        self._session = None
        address = self._address
        credentials = encode({"username": address.username, "password": address.password})
        answer = await self._exchange.send(address.login_path, credentials, until=until)
        if isinstance(answer, Answer) and answer.succeeded and answer.session:
            self._session, self._refusals = answer.session, 0
            self._good_until = time.monotonic() + address.session_seconds
            self._on_login("accepted")
            log.info("portal.logged_in")
            return answer.session
        self._failure = _login_failure(answer)
        self._pause_until = time.monotonic() + self._pause(self._failure)
        self._on_login(outcome_name(self._failure))
        log.warning("portal.login_failed", outcome=outcome_name(self._failure))
        return self._failure

    def _pause(self, failure: Failure) -> float:
        if not isinstance(failure, AuthRefused):
            return _PAUSE_SECONDS
        self._refusals += 1
        return min(_LONGEST_PAUSE_SECONDS, _REFUSED_SECONDS * 3.0 ** min(self._refusals - 1, 10))


def _login_failure(answer: Answer | Failure) -> Failure:
    """Translate a failed login: the call behind it never left."""
    match answer:
        case Answer(code=code) | Rejected(code=code):
            return AuthRefused(f"login answered {code}")
        case AuthRefused() | Throttled():
            return answer
        case _:
            return NotSent(f"login {outcome_name(answer)}")
