"""The ways in: direct SOAP, the provincial gateway that carries it, and the one that speaks JSON."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from starlette.types import Scope

from services.mock_kit.exchange import JSON_TYPE, XML_TYPE, Reply
from services.mock_population.answer_xml import fault_xml
from services.mock_population.credentials import (
    check_basic_hash,
    check_officer_key,
    check_platform_headers,
)
from services.mock_population.database import Database
from services.mock_population.json_object import read_texts
from services.mock_population.question import (
    LOOK_UP,
    Question,
    Refused,
    question_from_soap,
    question_from_values,
)

_ACCESS_FIELDS: Final = ("AccessKey", "SecretKey", "AppName", "PartnerCode", "PartnerCodeCus")
_OPERATION: Final = "NghiepVu"


@dataclass(frozen=True, slots=True)
class Way:
    """`ask` raises `Refused`; the others write an answer or a refusal down."""

    name: str
    ask: Callable[[Database, Scope, bytes], Question]
    tell: Callable[[str], Reply]
    refuse: Callable[[Database, Refused], Reply]


def _ask_directly(database: Database, scope: Scope, raw: bytes) -> Question:
    headers = headers_of(scope)
    check_platform_headers(headers, database.settings)
    check_basic_hash(headers, _address_of(scope, headers), database.clock.now(), database.settings)
    return question_from_soap(raw, database.settings)


def _ask_through_gateway(database: Database, _scope: Scope, raw: bytes) -> Question:
    body = read_texts(raw)
    database.tokens.check(body.get("accessToken", ""), database.clock.now())
    _check_access(body.get("lgspAccessToken", ""))
    check_officer_key(body.get("AuthHash", ""), database.settings)
    return question_from_soap(body.get("data", "").encode(), database.settings)


def _ask_in_json(database: Database, _scope: Scope, raw: bytes) -> Question:
    values = read_texts(raw)
    return question_from_values(values.pop(_OPERATION, LOOK_UP), values, database.settings)


def _check_access(encoded: str) -> None:
    try:
        access = read_texts(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError, Refused):
        access = {}
    if not all(access.get(name) for name in _ACCESS_FIELDS):
        raise Refused("lgspAccessToken không đúng", status=401)


def _tell_as_xml(xml: str) -> Reply:
    return Reply(200, xml.encode(), (XML_TYPE,))


def _tell_in_json(xml: str) -> Reply:
    return _envelope("0", xml)


def _refuse_by_fault(database: Database, refusal: Refused) -> Reply:
    xml = fault_xml(refusal.message, side=refusal.side, prefixes=database.prefixes.pick())
    return Reply(refusal.status, xml.encode(), (XML_TYPE,))


def _refuse_in_json(_database: Database, refusal: Refused) -> Reply:
    return _envelope("-1", refusal.message)


def _envelope(code: str, message: str) -> Reply:
    body = json.dumps({"error_code": code, "message": message}, ensure_ascii=False)
    return Reply(200, body.encode(), (JSON_TYPE,))


def headers_of(scope: Scope) -> Mapping[str, str]:
    """Give headers by lower-case name; of repeated ones the last."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _address_of(scope: Scope, headers: Mapping[str, str]) -> str:
    """Give the address as the caller wrote it, as far as a server can know it."""
    query = scope["query_string"].decode("latin-1")
    address = f"{scope['scheme']}://{headers.get('host', '')}{scope['path']}"
    return f"{address}?{query}" if query else address


DIRECT: Final = Way("direct", _ask_directly, _tell_as_xml, _refuse_by_fault)
GATEWAY: Final = Way("gateway", _ask_through_gateway, _tell_as_xml, _refuse_by_fault)
JSON_GATEWAY: Final = Way("json_gateway", _ask_in_json, _tell_in_json, _refuse_in_json)

PATHS: Final[Mapping[str, Way]] = MappingProxyType(
    {"/dancuquocgia": DIRECT, "/lgsp/dancuquocgia": GATEWAY, "/lgsp/json/dancuquocgia": JSON_GATEWAY}
)
