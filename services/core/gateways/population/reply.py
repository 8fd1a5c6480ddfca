"""What an answer of the population database means. Only a readable answer says anything of a person."""

import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from services.core.domain.lookup import Outcome, Question, Refusal, Refused, Unavailable, Unknown, judged
from services.core.gateways.population import wire

_SUCCESS: Final = frozenset({"0", "00"})
_MOST_DIGITS: Final = 6


def read_soap(question: Question, status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Read the answer of the exchange platform; a fault comes under status 500."""
    if (failure := _failure(status, headers)) is not None:
        return failure
    if not body.strip():
        return Unavailable(f"HTTP {status}, empty")
    if status not in (HTTPStatus.OK, HTTPStatus.INTERNAL_SERVER_ERROR):
        return Unavailable(f"HTTP {status}")
    return _judged(question, body, status)


def read_message(question: Question, status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Read the answer of a provincial gateway: JSON with the XML inside `message`."""
    if (failure := _failure(status, headers)) is not None:
        return failure
    if status != HTTPStatus.OK or not body.strip():
        return Unavailable(f"HTTP {status}" if body.strip() else f"HTTP {status}, empty")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return Unknown("no JSON")
    if not isinstance(content, dict) or not isinstance(message := content.get("message"), str):
        return Unknown("no message")
    if str(content.get("error_code")) in _SUCCESS:
        return _judged(question, message, status)
    return Refused(Refusal.BY_DATABASE, wire.without_numbers(message))


def _judged(question: Question, body: bytes | str, status: int) -> Outcome:
    try:
        return judged(question, wire.people(body))
    except wire.Fault as fault:
        if fault.by_caller:
            return Refused(Refusal.BY_DATABASE, fault.words)
        return Unavailable(f"fault: {fault.words}")
    except wire.Unreadable as exc:
        # A page of a server that is down says nothing; an unreadable 200 may hold an answer.
        return Unknown(str(exc)) if status == HTTPStatus.OK else Unavailable(f"HTTP {status}")


def _failure(status: int, headers: Mapping[str, str]) -> Unavailable | None:
    """Recognise what speaks of the caller's rights or of patience, not of the question."""
    wanted = headers.get("retry-after", "").strip()
    patience = wanted.isascii() and wanted.isdigit() and len(wanted) <= _MOST_DIGITS
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return Unavailable(f"HTTP {status}, credentials")
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and wanted):
        return Unavailable(f"HTTP {status}", timedelta(seconds=int(wanted)) if patience else None)
    return None
