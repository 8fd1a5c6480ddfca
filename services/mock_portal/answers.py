"""The answer envelope: one code, one Vietnamese message, and a result array."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SUCCESS: Final = "0"
REFUSED: Final = "-1"
"""The generic failure code seen in province-side answers; no official list is public."""
ALREADY_EXISTS: Final = ("3", "-3")


@dataclass(frozen=True, slots=True)
class Answer:
    code: str
    message: str
    result: Sequence[object] = ()
    session: str | None = None

    @property
    def accepted(self) -> bool:
        return self.code == SUCCESS


class Refused(Exception):
    """The portal understood the call and says no; one code for the whole call."""

    def __init__(self, message: str, code: str = REFUSED) -> None:
        super().__init__(message)
        self.answer = Answer(code, message)


class ErrorCodeDrift:
    """Dresses a code as int or string from answer to answer; success also as `00`, and as HTTP 201."""

    def __init__(self, *, seed: int, enabled: bool) -> None:
        self._seed = seed
        self._enabled = enabled
        self._random = random.Random(seed)  # noqa: S311 - a repeatable run, not cryptography

    def restart(self) -> None:
        self._random = random.Random(self._seed)  # noqa: S311 - same reason

    def dress(self, code: str) -> int | str:
        if code == SUCCESS:
            return self._random.choice((0, "0", "00")) if self._enabled else 0
        if not self._enabled:
            return code
        try:
            number = int(code)
        except ValueError:
            return code
        return self._random.choice((number, code))

    def reading_status(self) -> int:
        """HTTP status of a public report: both are seen."""
        return self._random.choice((200, 201)) if self._enabled else 200

    def existing_code(self) -> str:
        return self._random.choice(ALREADY_EXISTS) if self._enabled else ALREADY_EXISTS[0]


def encode(answer: Answer, error_code: int | str) -> bytes:
    return _text_of(answer, error_code).encode()


def encode_wrapped(answer: Answer, error_code: int | str) -> bytes:
    """As a province's gateway passes it on: the portal's whole answer is a JSON text inside `message`."""
    wrapper = {"error_code": error_code, "message": _text_of(answer, error_code)}
    return json.dumps(wrapper, ensure_ascii=False).encode()


def _text_of(answer: Answer, error_code: int | str) -> str:
    envelope: dict[str, object] = {
        "error_code": error_code,
        "message": answer.message,
        "result": list(answer.result),
    }
    if answer.session is not None:
        envelope["session"] = answer.session
    return json.dumps(envelope, ensure_ascii=False)
