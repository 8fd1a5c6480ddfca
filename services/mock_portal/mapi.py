"""The first generation: log-in for a session, then every service through one address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from starlette.types import Scope

from services.mock_kit.exchange import Reply
from services.mock_portal import dictionaries, enquiries, holdings, intake, questions, ratings
from services.mock_portal.answers import SUCCESS, Answer, Refused, encode, encode_wrapped
from services.mock_portal.fault_effects import refuse_before
from services.mock_portal.fault_rule import ActiveFault
from services.mock_portal.ledger import LOGIN, Call, Outcome
from services.mock_portal.portal import Portal
from services.mock_portal.request import WireRequest, read_request
from services.mock_portal.strictness import Strictness
from services.mock_portal.wire import WireEndpoint

PREFIXES: Final = ("/XrdAdapter", "/VXPAdapter")
LOGIN_PATH: Final = "/RestService/forward/mapi/login"
CALL_PATH: Final = "/RestService/forward/mapi/g"

_ENVELOPE: Final = frozenset({"session", "madonvi", "service"})


@dataclass(frozen=True, slots=True)
class Service:
    answer: Callable[[Portal, Call, dict[str, object]], Answer]
    parameters: frozenset[str] = frozenset()
    """What the call carries besides the envelope; anything else is refused in strict mode."""


def _dictionary(name: str) -> Service:
    return Service(dictionaries.reader_of(name), frozenset(dictionaries.FILTERS.get(name, ())))


SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {
        "DongBoHoSoMC": Service(intake.push_dossiers, frozenset({"isUpdating", "data"})),
        "CapNhatTienDoHoSoMC": Service(intake.append_progress, frozenset({"data"})),
        "TraCuuHoSo": Service(enquiries.look_up_dossier, frozenset({"mahoso"})),
        "TraCuuTechID": Service(enquiries.find_account, frozenset({"provider", "mstorcmnd"})),
        "ThongKeHoSo": Service(holdings.sum_up, frozenset({"tungay", "denngay"})),
        "LayDanhSachHoSo": Service(holdings.list_dossiers, frozenset({"madonvihoso", "ngay"})),
        "LayDanhSachTTHC": Service(enquiries.list_procedures),
        "LayThuTuc": Service(enquiries.show_procedure, frozenset({"maTTHC"})),
        "LayQDCB": Service(dictionaries.show_decision, frozenset({"idQDCB"})),
        "LayDanhMucCoQuan": Service(dictionaries.list_organisations),
        "LayDanhMucLinhVuc": Service(dictionaries.list_fields),
        "LayDanhMucLePhi": Service(dictionaries.list_fees),
        "LayDanhMucNhomThuTuc": Service(dictionaries.list_groups),
        "LayDanhMucThuTucThuocLoai": Service(dictionaries.list_by_type, frozenset({"maLoai"})),
        **{name: _dictionary(name) for name in dictionaries.SEEDED},
        "LayDanhSachHoiDapGuiTuDVCQG": Service(questions.list_for_unit),
        "LayDanhSachHoiDapBoCoQuan": Service(questions.list_published),
        "LayNoiDungTraLoiTheoCauHoi": Service(questions.show_reply, frozenset({"idCauHoi"})),
        "DongBoHoiDap": Service(questions.take_published, frozenset({"data"})),
        "DongBoKetQuaHoiDapGuiTuDVCQG": Service(questions.take_replies, frozenset({"data"})),
        "DongBoDanhGia": Service(ratings.take_ratings, frozenset({"data"})),
        "DongBoTrangThaiHoSo": Service(intake.take_notice_statuses, frozenset({"type", "data"})),
    }
)
_SERVICE_NAMES: Final = frozenset(SERVICES)


class MapiEndpoint(WireEndpoint):
    def __init__(self, portal: Portal, *, login: bool) -> None:
        super().__init__(portal)
        self._login = login

    def _read(self, scope: Scope, raw: bytes) -> WireRequest:
        return read_request(scope, raw, services=_SERVICE_NAMES, login=self._login)

    async def _process(self, call: Call, request: WireRequest, fault: ActiveFault | None) -> Reply:
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
        wrapped = self._wraps(request)
        return Reply(200, (encode_wrapped if wrapped else encode)(answer, call.error_code))

    def _wraps(self, request: WireRequest) -> bool:
        return request.wrapped or self._portal.settings.gateway_mode

    def _answer(self, call: Call, request: WireRequest) -> Answer:
        self._admit(request)
        if request.operation == LOGIN:
            return _log_in(self._portal, request.body)
        unit = request.body.get("madonvi")
        if not isinstance(unit, str) or not unit:
            raise Refused("thiếu tham số madonvi")
        service = SERVICES[request.operation]
        if self._portal.settings.strictness is Strictness.STRICT:
            _check_parameters(request.body, service.parameters)
        return service.answer(self._portal, call, request.body)

    def _admit(self, request: WireRequest) -> None:
        """Check what stands around the call itself: destination, envelope, session."""
        portal = self._portal
        if request.dstcode != portal.settings.dstcode:
            raise Refused("Mã đơn vị nhận (dstcode) không hợp lệ")
        if request.refusal is not None:
            raise request.refusal
        if request.operation == LOGIN:
            return
        if not portal.sessions.is_valid(request.session, portal.clock.now()):
            raise Refused(
                "Phiên làm việc không tồn tại hoặc đã hết hạn, vui lòng đăng nhập lại",
                portal.settings.session_error_code,
            )


def _check_parameters(body: dict[str, object], documented: frozenset[str]) -> None:
    for name in body:
        if name not in documented and name not in _ENVELOPE:
            shown = name if name.isprintable() else "?"
            raise Refused(f"tham số {shown[:100]} không có trong tài liệu")


def _log_in(portal: Portal, body: dict[str, object]) -> Answer:
    username, password = body.get("username"), body.get("password")
    sent = isinstance(username, str) and isinstance(password, str) and username and password
    accounts = portal.settings.accounts
    if not sent or (accounts and accounts.get(str(username)) != password):
        raise Refused("Tên đăng nhập hoặc mật khẩu không đúng")
    return Answer(SUCCESS, "Đăng nhập thành công", session=portal.sessions.open(portal.clock.now()))
