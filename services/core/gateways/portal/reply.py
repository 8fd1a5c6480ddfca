"""What an answer of the portal means. Only its own clear words count as success or refusal.

The portal answers business refusals with HTTP 200 and one code for the whole call; the type of the code
drifts (portal-interface 1.2, 1.5). Everything that cannot be read is `Unknown`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

from services.core.domain.delivery import (
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
        return self.code in _SUCCESS or (
            self.code in _LOOK_AT_MESSAGE and "thành công" in self.message.lower()
        )

    @property
    def session_refused(self) -> bool:
        """Tell whether the portal wants a new login; it then has looked at nothing else."""
        words = self.message.lower()
        return not self.succeeded and ("phiên" in words or "session" in words)


def read(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Answer | Failure:
    """Give the envelope of a 200 answer, or the failure that the answer amounts to."""
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in headers
    ):
        return Throttled(retry_after(headers.get("retry-after"), now=now))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return AuthRefused(f"HTTP {status}")
    if status != HTTPStatus.OK and status not in _REFUSING:
        return Unknown(f"HTTP {status}")
    envelope = _envelope(body)
    if envelope is None:
        return Unknown(f"HTTP {status}, unreadable body of {len(body)} bytes")
    if status in _REFUSING:
        return Rejected(f"HTTP {status}", envelope.message)
    return envelope


def outcome_of_push(answer: Answer) -> Outcome:
    """Classify a readable answer to a create, update or progress call."""
    if answer.succeeded:
        return Accepted(answer.message)
    if answer.session_refused:
        return AuthRefused(answer.message)
    if "đã tồn tại" in answer.message.lower():
        return AlreadyExists(answer.message)
    return Rejected(answer.code, answer.message)


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Read seconds or an HTTP date; garbage and the past mean that nothing was asked for."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return timedelta(seconds=min(int(value), 86_400))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return wait if wait > timedelta() else None


def _envelope(body: bytes) -> Answer | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or "error_code" not in content:
        return None
    inner = _inner(content)
    result = inner.get("result")
    session = inner.get("session")
    return Answer(
        code=str(inner["error_code"]).strip(),
        message=str(inner.get("message") or "")[:_SHOWN],
        result=result if isinstance(result, list) else None,
        session=session if isinstance(session, str) and session else None,
    )


def _inner(content: dict[str, Any]) -> dict[str, Any]:
    """Unwrap a gateway's answer, whose `message` is the JSON text of the portal's (portal-interface 1.2)."""
    message = content.get("message")
    if not isinstance(message, str) or not message.lstrip().startswith("{"):
        return content
    try:
        inner = json.loads(message)
    except (ValueError, RecursionError):
        return content
    return inner if isinstance(inner, dict) and "error_code" in inner else content
