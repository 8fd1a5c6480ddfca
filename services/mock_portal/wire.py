"""The portal's two wire addresses, log-in and call, with the ordered faults in their way."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from starlette.types import Receive, Scope, Send

from services.mock_portal import enquiries, holdings, intake
from services.mock_portal.answers import SUCCESS, Answer, Refused, encode
from services.mock_portal.exchange import BodyTooLarge, Exchange, Reply
from services.mock_portal.fault_effects import refuse_before
from services.mock_portal.faults import ActiveFault
from services.mock_portal.ledger import LOGIN, Call, Outcome
from services.mock_portal.portal import Portal
from services.mock_portal.reception import receive_call
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

        async def process(call: Call, fault: ActiveFault | None) -> Reply:
            return self._process(call, request, fault)

        await receive_call(self._portal, exchange, request, process)

    def _process(self, call: Call, request: WireRequest, fault: ActiveFault | None) -> Reply:
        portal = self._portal
        try:
            if fault is not None:
                refuse_before(portal, fault, request.operation, request.session)
            answer = self._answer(call, request)
        except Refused as refusal:
            answer = refusal.answer
        call.outcome = Outcome.ACCEPTED if answer.accepted else Outcome.REFUSED
        call.error_code = portal.drift.dress(answer.code)
        call.message = answer.message
        return Reply(200, encode(answer, call.error_code))

    def _answer(self, call: Call, request: WireRequest) -> Answer:
        portal = self._portal
        if request.dstcode != portal.settings.dstcode:
            raise Refused("Mã đơn vị nhận (dstcode) không hợp lệ")
        if request.operation == LOGIN and request.refusal is None:
            return _log_in(portal, request.body)
        if request.refusal is not None:
            raise request.refusal
        if not portal.sessions.is_valid(request.session, portal.clock.now()):
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
