"""What a caller asks, read from SOAP or from flat JSON, and what is wrong with how it asks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.mock_population.register import Claim
from services.mock_population.settings import PopulationSettings
from services.mock_population.xml_reading import Element, NotXml, read_xml

SOAP_NAMESPACE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
CALL_NAMESPACE: Final = "http://dancuquocgia.bca"

LOOK_UP: Final = "TraCuuThongTinCongDan"
CONFIRM: Final = "XacThucThongTinCongDan"
OPERATIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {LOOK_UP: frozenset({"037"}), CONFIRM: frozenset({"003", "037"})}
)
"""Operation to the integration codes (MaTichHop) that may ask it."""

ORDER: Final = (
    "MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo", "MaDonVi", "TaiKhoan", "SoDienThoai", "SoDinhDanh", "SoCMND",
    "HoVaTen", "NgayThangNamSinh",
)  # fmt: skip
_REQUIRED: Final = ("MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo", "HoVaTen", "NgayThangNamSinh")
_BIRTH_FORMS: Final = ("Nam", "NgayThangNam")
_DASHED_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MAX_TEXT: Final = 200


class Refused(Exception):
    """The call is wrong in itself; this says more than a look-up that finds nobody ever does."""

    def __init__(self, message: str, *, status: int = 500, side: str = "Client") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.side = side


@dataclass(frozen=True, slots=True)
class Question:
    operation: str
    request_id: str
    service_code: str
    officer: str
    unit: str
    claim: Claim


def question_from_soap(raw: bytes, settings: PopulationSettings) -> Question:
    """Read a SOAP 1.1 call. Its elements may stand in the call's namespace or in none; raises `Refused`."""
    try:
        envelope = read_xml(raw)
    except NotXml as error:
        raise Refused(str(error)) from error
    if (envelope.name, envelope.namespace) != ("Envelope", SOAP_NAMESPACE):
        raise Refused("Không phải phong bì SOAP 1.1")
    body = envelope.child("Body", SOAP_NAMESPACE)
    if body is None or len(body.children) != 1:
        raise Refused("Body phải có đúng một lời gọi")
    call = body.children[0]
    if call.namespace != CALL_NAMESPACE:
        raise Refused(f"Lời gọi phải thuộc không gian tên {CALL_NAMESPACE}")
    _check_elements(call, ORDER, ordered=settings.enforce_order)
    values = {element.name: element.text for element in call.children}
    birth = call.child("NgayThangNamSinh")
    if birth is not None:
        values["NgayThangNamSinh"] = _birth_of(birth, ordered=settings.enforce_order)
    return question_from_values(call.name, values, settings)


def question_from_values(operation: str, values: Mapping[str, str], settings: PopulationSettings) -> Question:
    """Check what stands in the elements; a birth is `yyyy`, `yyyyMMdd` or, as screens send it, dashed."""
    if operation not in OPERATIONS:
        raise Refused("Nghiệp vụ không tồn tại")
    for name, value in values.items():
        if len(value) > _MAX_TEXT:
            raise Refused(f"{name} dài quá {_MAX_TEXT} ký tự")
    for name in _REQUIRED:
        if not values.get(name):
            raise Refused(f"Thiếu {name}")
    if not (values.get("SoDinhDanh") or values.get("SoCMND")):
        raise Refused("Thiếu SoDinhDanh hoặc SoCMND")
    if values["MaTichHop"] not in OPERATIONS[operation]:
        raise Refused("MaTichHop không được dùng nghiệp vụ này")
    if settings.officers and values["MaCanBo"] not in settings.officers:
        raise Refused("MaCanBo không có quyền tra cứu")
    return Question(
        operation=operation,
        request_id=values["MaYeuCau"],
        service_code=values["MaDVC"],
        officer=values["MaCanBo"],
        unit=values.get("MaDonVi", ""),
        claim=Claim(
            number=values.get("SoDinhDanh", ""),
            old_card=values.get("SoCMND", ""),
            name=values["HoVaTen"],
            birth=_compact(values["NgayThangNamSinh"], settings),
        ),
    )


def _check_elements(parent: Element, order: Sequence[str], *, ordered: bool) -> None:
    last = -1
    seen: set[str] = set()
    for element in parent.children:
        if element.name not in order or element.namespace not in ("", CALL_NAMESPACE):
            raise Refused(f"Phần tử lạ trong {parent.name}")
        if element.name in seen:
            raise Refused(f"Phần tử {element.name} lặp lại")
        place = order.index(element.name)
        if ordered and place < last:
            raise Refused(f"Phần tử {element.name} sai thứ tự")
        last = max(last, place)
        seen.add(element.name)


def _birth_of(element: Element, *, ordered: bool) -> str:
    _check_elements(element, _BIRTH_FORMS, ordered=ordered)
    given = [part.text for part in element.children if part.text]
    if len(given) > 1:
        raise Refused("NgayThangNamSinh chỉ nhận Nam hoặc NgayThangNam")
    return given[0] if given else ""


def _compact(birth: str, settings: PopulationSettings) -> str:
    if settings.accept_dashed_birth_dates and _DASHED_DATE.fullmatch(birth):
        return birth.replace("-", "")
    return birth
