"""The words of `TraCuuThongTinCongDan` (portal-interface 4): the only place that knows them.

Elements are found by namespace, never by prefix: prefixes change from answer to answer.
"""

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Final, Protocol

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from services.core.domain.identity import IdentityKind, IdentityNumber, InvalidIdentityNumber, Sex
from services.core.domain.lookup import Address, Birth, InvalidBirth, Match, Question

OPERATION: Final = "TraCuuThongTinCongDan"
_SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
_CALL_NAMESPACE: Final = "http://dancuquocgia.bca"
_ANSWER: Final = "{http://www.mic.gov.vn/dancu/1.0}"

#: Service and integration codes of a look-up (portal-interface 4.2).
_SERVICE: Final = "VPCP"
_INTEGRATION: Final = "037"
_NO_PHONE: Final = "0"

#: 1 is inferred of a single sample, the others of what forms print (portal-interface 4.3).
_SEXES: Final = {"1": Sex.MALE, "0": Sex.FEMALE, "2": Sex.FEMALE}
_NUMBERS: Final = re.compile(r"[0-9]{6,}", re.ASCII)
_SHOWN: Final = 200


class Unreadable(Exception):
    """The answer is not what the service gives. Carries nothing of it."""


class Fault(Exception):
    """The service refused in its own words; `by_caller` if it blames the question."""

    def __init__(self, words: str, *, by_caller: bool) -> None:
        super().__init__("fault")
        self.words = without_numbers(words)
        self.by_caller = by_caller


class Node(Protocol):
    """What is used of an XML element."""

    tag: str
    text: str | None

    def find(self, path: str) -> "Node | None": ...

    def findall(self, path: str) -> "Sequence[Node]": ...


_parse: Callable[..., Node] = fromstring


def fields(question: Question, *, account: str) -> dict[str, str]:
    """Give the elements of a question; their order is part of the contract."""
    number = question.number
    by_card = number.kind is IdentityKind.OLD_9
    return {
        "MaYeuCau": question.id.hex,
        "MaDVC": _SERVICE,
        "MaTichHop": _INTEGRATION,
        "MaCanBo": question.asker.number.reveal(),
        "MaDonVi": question.asker.unit_code,
        "TaiKhoan": account,
        "SoDienThoai": _NO_PHONE,
        "SoCMND" if by_card else "SoDinhDanh": number.reveal(),
        "HoVaTen": question.name.upper(),
        "NgayThangNamSinh": question.birth.text.replace("-", ""),
    }


def envelope(question: Question, *, account: str) -> bytes:
    """Write the SOAP 1.1 call."""
    values = fields(question, account=account)
    birth = values.pop("NgayThangNamSinh")
    form = "Nam" if question.birth.day is None else "NgayThangNam"
    content = "".join(f"<{name}>{escape(value, quote=False)}</{name}>" for name, value in values.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{_SOAP[1:-1]}"><s:Body>'
        f'<{OPERATION} xmlns="{_CALL_NAMESPACE}">{content}'
        f"<NgayThangNamSinh><{form}>{birth}</{form}></NgayThangNamSinh>"
        f"</{OPERATION}></s:Body></s:Envelope>"
    ).encode()


def people(body: bytes | str) -> list[Match]:
    """Read an answer; a person without a name is how some servers say that there is none.

    Raises `Unreadable` or `Fault`.
    """
    collection = _content(body).find(f"{{{_CALL_NAMESPACE}}}{OPERATION}Response/{_ANSWER}CongdanCollection")
    if collection is None:
        raise Unreadable("no collection")
    return [_person(node) for node in collection.findall(f"{_ANSWER}CongDan") if _name(node)]


def without_numbers(words: str) -> str:
    """Strike out what may be a citizen's number, and cut to what is kept."""
    return _NUMBERS.sub("…", words)[:_SHOWN]


def _content(body: bytes | str) -> Node:
    try:
        root = _parse(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable("no XML") from None
    content = root.find(f"{_SOAP}Body") if root.tag == f"{_SOAP}Envelope" else None
    if content is None:
        raise Unreadable("no SOAP envelope")
    fault = content.find(f"{_SOAP}Fault")
    if fault is not None:
        code, words = fault.find("faultcode"), fault.find("faultstring")
        side = (code.text or "") if code is not None else ""
        said = (words.text or "") if words is not None else ""
        raise Fault(said, by_caller=side.rpartition(":")[2].startswith("Client"))
    return content


def _person(node: Node) -> Match:
    birth = _birth(node)
    number = _number(_text(node, "SoDinhDanh"))
    old_card = _number(_text(node, "SoCMND"))
    if birth is None or (number or old_card) is None:
        raise Unreadable("person without number or birth")
    return Match(
        number=number or old_card,  # type: ignore[arg-type]  # one of them is there
        name=_name(node),
        birth=birth,
        sex=_SEXES.get(_text(node, "GioiTinh")),
        permanent_address=_address(node, "ThuongTru"),
        present_address=_address(node, "NoiOHienTai"),
        old_card=old_card,
    )


def _name(node: Node) -> str:
    """Put a name together; the whole of it usually stands in the last part."""
    parts = (_text(node, f"HoVaTen/{part}") for part in ("Ho", "ChuDem", "Ten"))
    return " ".join(part for part in parts if part)


def _birth(node: Node) -> Birth | None:
    for form in ("NgayThangNam", "Nam"):
        if written := _text(node, f"NgayThangNamSinh/{form}"):
            try:
                return Birth.parse(written)
            except InvalidBirth:
                continue
    return None


def _number(written: str) -> IdentityNumber | None:
    try:
        return IdentityNumber.parse(written) if written else None
    except InvalidIdentityNumber:
        return None


def _address(node: Node, name: str) -> Address | None:
    province, district, ward, detail = (
        _text(node, f"{name}/{part}") for part in ("MaTinhThanh", "MaQuanHuyen", "MaPhuongXa", "ChiTiet")
    )
    return Address(province, ward, detail, district) if province or ward or detail else None


def _text(node: Node, path: str) -> str:
    found = node.find("/".join(_ANSWER + name for name in path.split("/")))
    return "" if found is None else (found.text or "").strip()
