"""Reading one wire call: from raw bytes to the service it asks for."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs

from starlette.types import Scope

from services.mock_portal.answers import Refused
from services.mock_portal.ledger import LOGIN, UNKNOWN_SERVICE


@dataclass(slots=True)
class WireRequest:
    """`refusal` stands when the envelope is wrong already; then `body` is empty."""

    operation: str
    dstcode: str | None
    raw: bytes = b""
    body: dict[str, object] = field(default_factory=dict)
    refusal: Refused | None = None
    wrapped: bool = False
    """Asked to be answered as through a province's gateway."""

    def items(self) -> list[tuple[int, str]]:
        """Index and dossier code of every element of `data` that carries one."""
        data = self.body.get("data")
        if not isinstance(data, list):
            return []
        return [
            (index, code)
            for index, item in enumerate(data)
            if isinstance(item, dict) and isinstance(code := item.get("MaHoSo"), str)
        ]

    @property
    def unit(self) -> str:
        unit = self.body.get("madonvi")
        return unit if isinstance(unit, str) else ""

    @property
    def session(self) -> object:
        return self.body.get("session")

    def procedures(self) -> list[str]:
        """Every procedure that the call names."""
        data = self.body.get("data")
        items = (
            [item.get("MaTTHC") for item in data if isinstance(item, dict)] if isinstance(data, list) else []
        )
        return [code for code in (*items, self.body.get("maTTHC")) if isinstance(code, str)]

    def codes(self) -> list[str]:
        """Every dossier the call is about."""
        asked = self.body.get("mahoso")
        return [code for _, code in self.items()] + ([asked] if isinstance(asked, str) else [])


def read_request(
    scope: Scope,
    raw: bytes,
    *,
    services: frozenset[str],
    login: bool,
    given: Mapping[str, object] = MappingProxyType({}),
) -> WireRequest:
    """Read a call of the first generation; what is `given` beside the body wins over it."""
    dstcode = header_of(scope, b"dstcode")
    if dstcode is None:
        dstcode = _queried(scope, "dstcode")
    wrapped = header_of(scope, _WRAP_HEADER) is not None
    try:
        body, raw = parse_object(raw)
    except Refused as refusal:
        return WireRequest(LOGIN if login else UNKNOWN_SERVICE, dstcode, refusal=refusal, wrapped=wrapped)
    body.update(given)
    if login:
        return WireRequest(LOGIN, dstcode, raw, body, wrapped=wrapped)
    service = body.get("service")
    if isinstance(service, str) and service in services:
        return WireRequest(service, dstcode, raw, body, wrapped=wrapped)
    unknown = Refused("Dịch vụ (service) không tồn tại")
    return WireRequest(UNKNOWN_SERVICE, dstcode, refusal=unknown, wrapped=wrapped)


def header_of(scope: Scope, name: bytes) -> str | None:
    """First value of a header; `name` in lower case."""
    for held, value in scope["headers"]:
        if held == name:
            header: str = value.decode("latin-1")
            return header
    return None


def _queried(scope: Scope, name: str) -> str | None:
    query = scope["query_string"]
    if not query:
        return None
    values = parse_qs(query.decode("latin-1")).get(name)
    return values[0] if values else None


def parse_object(raw: bytes) -> tuple[dict[str, object], bytes]:
    """Parse one JSON object, and give back the bytes to keep of it.

    Raises `Refused` as `parse_json` does, and when it is no object.
    """
    body, raw = parse_json(raw)
    if not isinstance(body, dict):
        raise Refused("Nội dung gửi phải là đối tượng JSON")
    return body, raw


def parse_json(raw: bytes) -> tuple[object, bytes]:
    """Parse JSON, and give back the bytes to keep of it.

    Raises `Refused`: not UTF-8, not JSON, numbers that JSON does not know, or so deep that the ledger
    could not show it.
    """
    if b"\\ud" in raw or b"\\uD" in raw:
        raw = _without_lone_surrogates(raw)
    try:
        value: object = _DECODER.decode(raw.decode())
    except (ValueError, RecursionError) as error:
        raise Refused("Nội dung gửi không phải JSON hợp lệ") from error
    if _may_nest_deeply(raw) and _nests_deeper_than(_MAX_DEPTH, value):
        raise Refused(f"Nội dung gửi lồng nhau quá {_MAX_DEPTH} tầng")
    return value, raw


def _may_nest_deeply(raw: bytes) -> bool:
    """Peel innermost brackets layer by layer; brackets inside texts may raise a false alarm only."""
    brackets = raw.translate(None, _ALL_BUT_BRACKETS)
    for _ in range(_MAX_DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)


def _nests_deeper_than(depth: int, value: object) -> bool:
    if not isinstance(value, dict | list):
        return False
    members = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_nests_deeper_than(depth - 1, member) for member in members)


def _without_lone_surrogates(raw: bytes) -> bytes:
    """Escaped halves of a character parse, but can never be written as UTF-8 again."""
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return raw


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


_WRAP_HEADER: Final = b"x-mock-gateway"
# The deepest field of the real exchange, a paper of a supplement, lies seven levels down.
_MAX_DEPTH: Final = 32
_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
