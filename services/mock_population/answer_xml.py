"""Answers as XML, under changing namespace prefixes."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

from services.mock_population.citizen import Birth, Citizen, Relative
from services.mock_population.name import parts
from services.mock_population.place import Address
from services.mock_population.question import CALL_NAMESPACE, CONFIRM, LOOK_UP, SOAP_NAMESPACE

ANSWER_NAMESPACE: Final = "http://www.mic.gov.vn/dancu/1.0"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True, slots=True)
class Prefixes:
    """An empty prefix makes its namespace the default one."""

    soap: str
    call: str
    data: str


PREFIXES: Final = (
    Prefixes("soapenv", "ns1", "ns2"),
    Prefixes("S", "ns2", "ns3"),
    Prefixes("soap", "dan", ""),
    Prefixes("SOAP-ENV", "", "ns1"),
)


class PrefixDrift:
    """Picks prefixes from answer to answer."""

    def __init__(self, *, seed: int, enabled: bool) -> None:
        self._seed = seed
        self._enabled = enabled
        self._random = random.Random(seed)  # noqa: S311 - a repeatable run, not cryptography

    def restart(self) -> None:
        self._random = random.Random(self._seed)  # noqa: S311 - same reason

    def pick(self) -> Prefixes:
        return self._random.choice(PREFIXES) if self._enabled else PREFIXES[0]


@dataclass(frozen=True, slots=True)
class Style:
    """How a found person is written down."""

    name_in_one_part: bool
    as_of: datetime | None
    """Stands in the wrapper with a count, if given."""


def citizens_xml(citizens: Sequence[Citizen], prefixes: Prefixes, style: Style) -> str:
    """Write the answer to a look-up; nobody found is an empty collection."""
    people = "".join(_citizen(citizen, prefixes.data, style) for citizen in citizens)
    return _answer(LOOK_UP, _collection(people, len(citizens), prefixes, style), prefixes)


def nameless_citizen_xml(prefixes: Prefixes, style: Style) -> str:
    """Write a person without anything, the other way of saying that nobody was found."""
    name = _element("HoVaTen", _texts(prefixes.data, ("Ho", "ChuDem", "Ten"), ("", "", "")), prefixes.data)
    citizen = _element("CongDan", name, prefixes.data)
    return _answer(LOOK_UP, _collection(citizen, 0, prefixes, style), prefixes)


def confirmation_xml(*, exists: bool, prefixes: Prefixes) -> str:
    words = _declared("TonTai", "true" if exists else "false", prefixes.data, ANSWER_NAMESPACE)
    return _answer(CONFIRM, words, prefixes)


def fault_xml(message: str, *, side: str, prefixes: Prefixes) -> str:
    """Write a SOAP 1.1 fault; `side` is `Client` or `Server`."""
    soap = prefixes.soap
    code = f"<faultcode>{soap}:{side}</faultcode><faultstring>{escape(message, quote=False)}</faultstring>"
    return _envelope(f"<{soap}:Fault>{code}</{soap}:Fault>", soap)


def _answer(operation: str, content: str, prefixes: Prefixes) -> str:
    call = _declared(f"{operation}Response", content, prefixes.call, CALL_NAMESPACE)
    return _envelope(call, prefixes.soap)


def _envelope(content: str, soap: str) -> str:
    body = f"<{soap}:Body>{content}</{soap}:Body>"
    return f'{_DECLARATION}<{soap}:Envelope xmlns:{soap}="{SOAP_NAMESPACE}">{body}</{soap}:Envelope>'


def _collection(people: str, count: int, prefixes: Prefixes, style: Style) -> str:
    details = ""
    if style.as_of is not None:
        moment = style.as_of.strftime("%Y%m%d%H%M%S")
        details = _texts(prefixes.data, ("SoCongDan", "ThoiDiemDuLieu"), (str(count), moment))
    return _declared("CongdanCollection", details + people, prefixes.data, ANSWER_NAMESPACE)


def _citizen(citizen: Citizen, prefix: str, style: Style) -> str:
    head = citizen.head
    content = (
        _texts(prefix, ("SoDinhDanh", "SoCMND"), (citizen.number, citizen.old_card)),
        _name("HoVaTen", citizen.name, prefix, style),
        _texts(
            prefix,
            ("GioiTinh", "DanToc", "TonGiao", "TinhTrangHonNhan", "NhomMau"),
            (citizen.sex.value, citizen.ethnic_group, "00", citizen.marital_status, ""),
        ),
        _birth(citizen.birth, prefix),
        _address("NoiDangKyKhaiSinh", citizen.birth_registration, prefix),
        _address("QueQuan", citizen.home_town, prefix),
        _address("ThuongTru", citizen.residence, prefix),
        _address("NoiOHienTai", citizen.residence, prefix),
        _texts(prefix, ("QuocTich",), ("VN",)),
        _relative("Cha", citizen.father, prefix),
        _relative("Me", citizen.mother, prefix),
        _relative("VoChong", citizen.spouse, prefix),
        _relative("NguoiDaiDien", None, prefix),
        _element(
            "ChuHo",
            _texts(
                prefix,
                ("QuanHe", "SoDinhDanh", "SoCMND", "HoVaTen"),
                (citizen.relation_to_head, head.number, head.old_card, head.name),
            ),
            prefix,
        ),
        _texts(prefix, ("SoSoHoKhau",), (citizen.household,)),
    )
    return _element("CongDan", "".join(content), prefix)


def _name(tag: str, name: str, prefix: str, style: Style) -> str:
    values = ("", "", name) if style.name_in_one_part else parts(name)
    return _element(tag, _texts(prefix, ("Ho", "ChuDem", "Ten"), values), prefix)


def _birth(birth: Birth, prefix: str) -> str:
    values = (str(birth.year), birth.compact)
    return _element("NgayThangNamSinh", _texts(prefix, ("Nam", "NgayThangNam"), values), prefix)


def _address(tag: str, address: Address, prefix: str) -> str:
    names = ("MaTinhThanh", "MaQuanHuyen", "MaPhuongXa", "ChiTiet", "QuocGia")
    values = (address.province, address.district, address.ward, address.detail, address.country)
    return _element(tag, _texts(prefix, names, values), prefix)


def _relative(tag: str, relative: Relative | None, prefix: str) -> str:
    if relative is None:
        return _element(tag, "", prefix)
    names = ("HoVaTen", "QuocTich", "SoDinhDanh", "SoCMND")
    values = (relative.name, relative.nationality, relative.number, relative.old_card)
    return _element(tag, _texts(prefix, names, values), prefix)


def _texts(prefix: str, names: Iterable[str], values: Iterable[str]) -> str:
    pairs = zip(names, values, strict=True)
    return "".join(_element(name, escape(value, quote=False), prefix) for name, value in pairs)


def _element(name: str, content: str, prefix: str) -> str:
    tag = f"{prefix}:{name}" if prefix else name
    return f"<{tag}>{content}</{tag}>" if content else f"<{tag}/>"


def _declared(name: str, content: str, prefix: str, namespace: str) -> str:
    tag, declared = (f"{prefix}:{name}", f"xmlns:{prefix}") if prefix else (name, "xmlns")
    return f'<{tag} {declared}="{namespace}">{content}</{tag}>'
