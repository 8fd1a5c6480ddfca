"""The portal's two wire addresses, log-in and call, with the ordered faults in their way."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from starlette.types import Receive, Scope, Send

from services.mock_portal import enquiries, holdings, intake
from services.mock_portal.answers import SUCCESS, Answer, Refused, encode
from services.mock_portal.exchange import BodyTooLarge, Exchange
from services.mock_portal.fault_effects import INSTEAD_OF_ANSWER, ON_THE_ANSWER
from services.mock_portal.faults import ActiveFault, FaultShape, Strike
from services.mock_portal.ledger import LOGIN, Call, Outcome
from services.mock_portal.portal import Portal
from services.mock_portal.request import WireRequest, read_request

PREFIXES: Final = ("/XrdAdapter", "/VXPAdapter")
LOGIN_PATH: Final = "/RestService/forward/mapi/login"
CALL_PATH: Final = "/RestService/forward/mapi/g"

Service = Callable[[Portal, Call, dict[str, object]], Answer]

SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {
        "DongBoHoSoMC": intake.push_dossiers,
        "CapNhatTienDoHoSoMC": intake.append_progress,
        "TraCuuHoSo": enquiries.look_up_dossier,
        "LayDanhSachTTHC": enquiries.list_procedures,
        "LayThuTuc": enquiries.show_procedure,
        "LayDanhMucCoQuan": enquiries.list_organisations,
        "LayDanhMucLinhVuc": enquiries.list_fields,
        "ThongKeHoSo": holdings.sum_up,
        "LayDanhSachHoSo": holdings.list_dossiers,
    }
)
_SERVICE_NAMES: Final = frozenset(SERVICES)


class WireEndpoint:
    """One wire address as an ASGI application; no framework stands between it and the bytes."""

    def __init__(self, portal: Portal, *, login: bool) -> None:
        self._portal = portal
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        try:
            raw = await exchange.read_body(limit=self._portal.settings.max_body_bytes)
        except BodyTooLarge:
            await exchange.answer(413, b"", headers=())
            return
        except ConnectionError:
            return
        request = read_request(scope, raw, services=_SERVICE_NAMES, login=self._login)
        await self._serve(exchange, request)

    async def _serve(self, exchange: Exchange, request: WireRequest) -> None:
        portal = self._portal
        strike = portal.faults.strike(request.operation, request.codes)
        await self._slow_down(strike, "request")
        call = portal.ledger.open_call(request.operation, arrived_at=portal.clock.now())
        self._note(call, request)
        fault = strike.fault
        if fault is not None:
            call.fault = fault.rule.shape.value
        if fault is not None and (effect := INSTEAD_OF_ANSWER.get(fault.rule.shape)):
            portal.ledger.close_call(call)
            await effect(portal, exchange, fault)
            return
        reply = self._process(call, request, fault)
        await portal.pause(portal.latency.draw_seconds())
        await self._slow_down(strike, "answer")
        if fault is not None and (spoil := ON_THE_ANSWER.get(fault.rule.shape)):
            await spoil(portal, exchange, fault, reply)
        else:
            await exchange.answer(200, reply)

    async def _slow_down(self, strike: Strike, manner: str) -> None:
        slow = strike.slow
        if slow is None or slow.rule.manner != manner:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(slow.delay_seconds()):
                await slow.over.wait()

    def _note(self, call: Call, request: WireRequest) -> None:
        items = request.items()
        if not items:
            return
        call.keep_body(request.raw)
        for index, code in items:
            self._portal.ledger.note_item(call, index, code)

    def _process(self, call: Call, request: WireRequest, fault: ActiveFault | None) -> bytes:
        portal = self._portal
        if fault is not None and fault.rule.shape is FaultShape.SESSION_EXPIRED:
            portal.sessions.end(request.body.get("session"))
        try:
            answer = self._answer(call, request)
        except Refused as refusal:
            answer = refusal.answer
        call.outcome = Outcome.ACCEPTED if answer.accepted else Outcome.REFUSED
        call.error_code = portal.drift.dress(answer.code)
        call.message = answer.message
        portal.ledger.close_call(call)
        return encode(answer, call.error_code)

    def _answer(self, call: Call, request: WireRequest) -> Answer:
        portal = self._portal
        if request.dstcode != portal.settings.dstcode:
            raise Refused("Mã đơn vị nhận (dstcode) không hợp lệ")
        if request.operation == LOGIN and request.refusal is None:
            return _log_in(portal, request.body)
        if request.refusal is not None:
            raise request.refusal
        if not portal.sessions.is_valid(request.body.get("session"), portal.clock.now()):
            raise Refused(
                "Phiên làm việc không tồn tại hoặc đã hết hạn, vui lòng đăng nhập lại",
                portal.settings.session_error_code,
            )
        unit = request.body.get("madonvi")
        if not isinstance(unit, str) or not unit:
            raise Refused("thiếu tham số madonvi")
        return SERVICES[request.operation](portal, call, request.body)


def _log_in(portal: Portal, body: dict[str, object]) -> Answer:
    username, password = body.get("username"), body.get("password")
    sent = isinstance(username, str) and isinstance(password, str) and username and password
    accounts = portal.settings.accounts
    if not sent or (accounts and accounts.get(str(username)) != password):
        raise Refused("Tên đăng nhập hoặc mật khẩu không đúng")
    return Answer(SUCCESS, "Đăng nhập thành công", session=portal.sessions.open(portal.clock.now()))
