"""The request id that travels from the desk through logs to the portal."""

import re
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

import structlog

HEADER: Final = "X-Request-Id"
_SANE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: Our own ids are spelt in letters, so that the net under the logs never takes one for a number.
_LETTERS: Final = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
#: Twelve or nine digits in a row could be somebody's identity number.
_COULD_BE_A_PERSON: Final = re.compile(r"[0-9]{9,}")
#: Not bound to the logs: the audit log is the place for it.
_device: ContextVar[str | None] = ContextVar("device", default=None)


def begin(request_id: str | None, *, device: str | None = None) -> str:
    """Bind the caller's request id to this task's logs, or a new one if theirs is missing or unfit.

    `device` is the address or machine that the call comes from.
    """
    _device.set(device)
    fit = request_id is not None and _SANE.fullmatch(request_id) and not _COULD_BE_A_PERSON.search(request_id)
    chosen = request_id if fit and request_id is not None else uuid4().hex.translate(_LETTERS)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=chosen)
    return chosen


def current() -> str | None:
    """Give the request id of this task, if any."""
    value: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return value


def device() -> str | None:
    """Give the address or machine that this task's call comes from, if it is known."""
    return _device.get()
