"""What an answer of the portal means. Only its own clear words count as success or refusal.

The portal answers business refusals with HTTP 200 and one code for the whole call; the type of the code
drifts (portal-interface 1.2, 1.5). Everything that cannot be read, or contradicts itself, is `Unknown`.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    AuthRefused,
    Failure,
    Outcome,
    Rejected,
    Throttled,
    Unknown,
)

_SUCCESS: Final = frozenset({"0", "00"})
#: "Answer understood; look at the message" (portal-interface 1.5).
_LOOK_AT_MESSAGE: Final = frozenset({"3", "-3"})
_REFUSING: Final = frozenset({400, 404, 405, 410, 413, 415, 422})
_SHOWN: Final = 300
_LONGEST_WAIT: Final = timedelta(days=1)
_MOST_DIGITS: Final = 9

_SUCCESSFUL: Final = "thành công"
_UNSUCCESSFUL: Final = re.compile(r"\b(không|chưa)( được)? thành công\b")
_EXISTS: Final = "đã tồn tại"
#: "Phiên" alone will not do: "phiên bản" is a version.
_NO_SESSION: Final = ("phiên làm việc", "phiên đăng nhập", "hết phiên", "session", "đăng nhập lại")
#: Words with which a system speaks of itself, not of what it was sent (no official list is public).
_ITS_OWN_FAULT: Final = ("lỗi hệ thống", "bảo trì", "quá tải", "thử lại sau")
#: The portal may quote an identity number; its words are kept and shown.
_IDENTITY_NUMBER: Final = re.compile(r"(?<![0-9])(?:[0-9]{12}|[0-9]{9})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Answer:
    """A readable answer envelope; `code` is text whatever its type on the wire."""

    code: str
    message: str
    result: list[Any] | None
    session: str | None

    @property
    def succeeded(self) -> bool:
        """Tell whether the portal reports success."""
        if self._denies:
            return False
        return self.code in _SUCCESS or (self.code in _LOOK_AT_MESSAGE and _SUCCESSFUL in self._words)

    @property
    def contradicts_itself(self) -> bool:
        """Tell whether code and message say different things."""
        return self.code in _SUCCESS and self._denies

    @property
    def session_refused(self) -> bool:
        """Tell whether the portal wants a new login; it then has looked at nothing else."""
        return not self.succeeded and any(words in self._words for words in _NO_SESSION)

    @property
    def blames_itself(self) -> bool:
        """Tell whether the portal has a trouble of its own, so that nothing is known of what was sent."""
        return not self.succeeded and any(words in self._words for words in _ITS_OWN_FAULT)

    @property
    def says_exists(self) -> bool:
        """Tell whether the portal holds already what it got."""
        return not self.succeeded and _EXISTS in self._words

    @property
    def _denies(self) -> bool:
        return _UNSUCCESSFUL.search(self._words) is not None

    @property
    def _words(self) -> str:
        return self.message.lower()


def read(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Answer | Failure:
    """Give the envelope of a 200 answer, or the failure that the answer amounts to."""
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in headers
    ):
        return Throttled(retry_after(headers.get("retry-after"), now=now))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return AuthRefused(f"HTTP {status}")
    if status != HTTPStatus.OK and status not in _REFUSING:
        # A gateway that gave up waiting says nothing of the server behind it.
        return Unknown(f"HTTP {status}", lingering=status == HTTPStatus.GATEWAY_TIMEOUT)
    envelope = _envelope(body)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Rejected(f"HTTP {status}", envelope.message if envelope else "")
    if envelope is None:
        return Unknown(f"HTTP {status}, unreadable body of {len(body)} bytes")
    if status in _REFUSING:
        return Rejected(f"HTTP {status}", envelope.message)
    return envelope


def outcome_of_push(answer: Answer, *, may_exist: bool) -> Outcome:
    """Classify a readable answer to a create, update or progress call.

    `may_exist` for a call that fails because the portal holds already what it carries; an update does not.
    """
    if answer.succeeded:
        return Accepted(answer.message)
    if answer.contradicts_itself or answer.blames_itself:
        return Unknown(f"{answer.code}: {answer.message}")
    if may_exist and answer.says_exists:
        return AlreadyExists(answer.message)
    return Rejected(answer.code, answer.message)


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Read seconds or an HTTP date; garbage and the past mean that nothing was asked for."""
    if value is None:
        return None
    digits = value.strip()
    if digits.isascii() and digits.isdigit():
        return timedelta(seconds=int(digits)) if len(digits) <= _MOST_DIGITS else _LONGEST_WAIT
    try:
        at = parsedate_to_datetime(value)
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return None
    return wait if wait > timedelta() else None


def _envelope(body: bytes) -> Answer | None:
    try:
        content = _unwrapped(json.loads(body))
    except (ValueError, RecursionError):
        return None
    if content is None:
        return None
    code, result, session = content["error_code"], content.get("result"), content.get("session")
    if not isinstance(code, int | str) or isinstance(code, bool) or code == "":
        return None
    return Answer(
        code=str(code).strip()[:_SHOWN],
        message=_shown(content.get("message")),
        result=result if isinstance(result, list) else None,
        session=session if isinstance(session, str) and session else None,
    )


def _unwrapped(content: Any) -> dict[str, Any] | None:
    """Give the portal's own envelope.

    A gateway's answer has the JSON text of it as `message` (portal-interface 1.2). If that cannot be read,
    nothing can: the code of the wrapping speaks of the gateway only. Raises `ValueError`.
    """
    if not isinstance(content, dict) or "error_code" not in content:
        return None
    message = content.get("message")
    if isinstance(message, str) and message.lstrip().startswith("{"):
        message = json.loads(message)
    if not isinstance(message, dict):
        return content
    return message if "error_code" in message else None


def _shown(message: Any) -> str:
    """Cut a message to what is kept of it; accents are composed, so that words can be found in it."""
    text = "" if message is None else str(message)
    composed = unicodedata.normalize("NFC", text[: 4 * _SHOWN])
    return _IDENTITY_NUMBER.sub("[number]", composed)[:_SHOWN]
