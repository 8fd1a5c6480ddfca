"""The adapter's addresses. They are not published; the words in them are ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from services.mock_kit.exchange import Exchange, Reply
from services.mock_portal.adapter.actions import ACTIONS, AUTHORISE, NEXT_NUMBER, TAKE_FILES, Ask
from services.mock_portal.adapter.denial import Denied, bad_request
from services.mock_portal.answers import Refused
from services.mock_portal.fault_effects import INSTEAD_OF_ANSWER, Effect, refuse_before
from services.mock_portal.fault_rule import ActiveFault, FaultShape
from services.mock_portal.ledger import Call, Outcome
from services.mock_portal.portal import Portal
from services.mock_portal.request import WireRequest, header_of, parse_json
from services.mock_portal.wire import WireEndpoint

PATHS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        AUTHORISE: ("POST", "/adapter/token"),
        NEXT_NUMBER: ("GET", "/adapter/ho-so/so-tiep-theo"),
        TAKE_FILES: ("POST", "/adapter/tep-tin"),
        "ho-so": ("POST", "/adapter/ho-so"),
        "tien-do": ("POST", "/adapter/ho-so/tien-do"),
        "trang-thai": ("POST", "/adapter/ho-so/trang-thai"),
    }
)
AREA: Final = "/adapter/"

_BEARER: Final = "bearer"
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class AdapterRequest(WireRequest):
    """`raw` is what the ledger keeps; `sent` is what came."""

    value: object = None
    """The JSON body, form fields or query, whichever the action takes."""
    sent: bytes = b""
    content_type: str = ""
    token: str = ""

    @property
    def unit(self) -> str:
        """Organisation in the number of the first dossier; the call itself names none."""
        return next(iter(self.codes()), "").partition("-")[0]


class AdapterEndpoint(WireEndpoint):
    def __init__(self, portal: Portal, action: str) -> None:
        super().__init__(portal)
        self._action = action

    def _read(self, scope: Scope, raw: bytes) -> WireRequest:
        request = AdapterRequest(
            self._action,
            None,
            sent=raw,
            content_type=header_of(scope, b"content-type") or "",
            token=_token_in(header_of(scope, b"authorization") or ""),
        )
        try:
            _read_value(request, scope)
        except Refused as refusal:
            request.refusal = refusal
        return request

    async def _process(self, call: Call, request: WireRequest, fault: ActiveFault | None) -> Reply:
        if not isinstance(request, AdapterRequest):
            raise TypeError("the adapter reads its own requests")
        try:
            if fault is not None:
                self._meet(fault, request)
            status, answer = 200, {"code": 200, "message": "Thành công", **self._do(call, request)}
        except Denied as denied:
            status, answer = denied.status, {"code": denied.status, "message": denied.message}
        call.outcome = Outcome.ACCEPTED if status == 200 else Outcome.REFUSED  # noqa: PLR2004 - HTTP's own OK
        call.error_code, call.message = status, str(answer["message"])
        return Reply(status, json.dumps(answer, ensure_ascii=False).encode())

    def _do(self, call: Call, request: AdapterRequest) -> Mapping[str, object]:
        client = self._client_of(request)
        if request.refusal is not None:
            raise bad_request(str(request.refusal))
        return ACTIONS[self._action](
            Ask(
                self._portal,
                call,
                client,
                value=request.value,
                sent=request.sent,
                content_type=request.content_type,
            )
        )

    def _client_of(self, request: AdapterRequest) -> str:
        if self._action == AUTHORISE:
            return ""
        client = self._portal.adapter.client_of(request.token, self._portal.clock.now())
        if client is None:
            raise Denied(401, "access_token không hợp lệ hoặc đã hết hạn")
        return client

    def _meet(self, fault: ActiveFault, request: AdapterRequest) -> None:
        """Let the call meet a token that has ended, or a refusal by order."""
        if fault.rule.shape is FaultShape.SESSION_EXPIRED:
            self._portal.adapter.tokens.end(request.token)
        try:
            refuse_before(self._portal, fault, self._action, None)
        except Refused as refusal:
            raise Denied(401 if self._action == AUTHORISE else 400, str(refusal)) from refusal

    def _effects(self) -> Mapping[FaultShape, Effect]:
        return _WITH_OUTAGE_REPORTED if self._portal.settings.adapter_hides_outages else super()._effects()


async def report_unknown_path(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer for every other address under the adapter's: there is no such API."""
    await Exchange(scope, receive, send).answer(404, _denial(404, "API không tồn tại"))


def _read_value(request: AdapterRequest, scope: Scope) -> None:
    """Read what the action takes, and put JSON under `data`, where the ledger looks for dossiers.

    Raises `Refused` for a body that is not JSON.
    """
    if request.operation == NEXT_NUMBER:
        request.value = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    elif request.operation == AUTHORISE and request.content_type.startswith(_FORM):
        request.value = dict(parse_qsl(request.sent.decode("utf-8", "replace")))
    elif request.operation != TAKE_FILES:
        request.value, text = parse_json(request.sent)
        listed = isinstance(request.value, list)
        request.body = {"data": request.value if listed else [request.value]}
        if request.operation != AUTHORISE:
            request.raw = b'{"data":%b}' % text if listed else b'{"data":[%b]}' % text


def _token_in(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == _BEARER else ""


async def _report_outage(_portal: Portal, exchange: Exchange, _fault: ActiveFault) -> None:
    await exchange.answer(502, _denial(502, "Trục liên thông không kết nối được Cổng DVCQG"))


_WITH_OUTAGE_REPORTED: Final = MappingProxyType({**INSTEAD_OF_ANSWER, FaultShape.DOWN: _report_outage})


def _denial(status: int, message: str) -> bytes:
    return json.dumps({"code": status, "message": message}, ensure_ascii=False).encode()
