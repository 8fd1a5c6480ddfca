"""Answers that parse but lie: another dossier's, or of another type than agreed."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final


def with_wrong_echo(reply: bytes, codes: Sequence[str]) -> bytes:
    """Let the answer speak of another dossier; one that names none gets a foreign `MaHoSo`."""
    if not codes:
        return reply
    wrong = {code: _other(code) for code in codes}
    answer: Any = json.loads(reply)
    changed = _replaced(answer, wrong)
    if changed == answer and isinstance(changed, dict):
        changed = {**changed, "result": [{"MaHoSo": wrong[code]} for code in codes]}
    return _written(changed)


def with_wrong_types(reply: bytes, manner: str, draw: random.Random) -> bytes:
    """Change the answer's types in one of `WRONG_TYPES`, drawn evenly when the manner is `any`."""
    chosen = draw.choice(sorted(_SPOILERS)) if manner == "any" else manner
    answer: Any = json.loads(reply)
    if not isinstance(answer, dict):
        return reply
    return _SPOILERS[chosen](answer)


def _other(code: str) -> str:
    return code[:-1] + ("8" if code.endswith("9") else "9")


def _replaced(value: Any, wrong: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(member, wrong) for name, member in value.items()}
    if isinstance(value, list):
        return [_replaced(member, wrong) for member in value]
    if not isinstance(value, str):
        return value
    for code, other in wrong.items():
        value = value.replace(code, other)
    return value


def _written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _with(field: str, value: object) -> Callable[[dict[str, Any]], bytes]:
    return lambda answer: _written({**answer, field: value})


def _renamed(answer: dict[str, Any]) -> bytes:
    """Keys as a sister service writes them: `errorCode`, `message`, `result`."""
    return _written({{"error_code": "errorCode"}.get(name, name): value for name, value in answer.items()})


_SPOILERS: Final[Mapping[str, Callable[[dict[str, Any]], bytes]]] = MappingProxyType(
    {
        "code_null": _with("error_code", None),
        "code_list": _with("error_code", [0]),
        "code_word": _with("error_code", "SUCCESS"),
        "code_true": _with("error_code", True),
        "message_object": _with("message", {"vi": "thành công"}),
        "message_null": _with("message", None),
        "result_null": _with("result", None),
        "result_object": _with("result", {}),
        "result_text": _with("result", "[]"),
        "renamed_keys": _renamed,
        "array": lambda answer: _written([answer]),
        "text": lambda answer: _written(json.dumps(answer, ensure_ascii=False)),
        "null": lambda _answer: b"null",
        "empty": lambda _answer: b"",
    }
)
WRONG_TYPES: Final = tuple(_SPOILERS)
