"""The dictionary services: what the catalogue implies, and the code lists of the seed file.

Only the names of these services are known, and the keys of organisations and fields; the other keys are
built alike, and every key is in capitals.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from services.mock_portal.answers import SUCCESS, Answer, Refused
from services.mock_portal.catalogue import Procedure
from services.mock_portal.ledger import Call
from services.mock_portal.portal import Portal

FOUND: Final = "Tra cứu thành công"

_TYPES: Final = MappingProxyType(
    {
        "information": ("2", "Cung cấp thông tin trực tuyến"),
        "partial": ("3", "Dịch vụ công trực tuyến một phần"),
        "full": ("4", "Dịch vụ công trực tuyến toàn trình"),
    }
)
"""MucDo, the service level, as desk systems know it."""

_SEED: Final = Path(__file__).with_name("seeds") / "dictionaries.json"


def _load(path: Path) -> dict[str, list[dict[str, str]]]:
    lists = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: [dict(zip(held["keys"], row, strict=True)) for row in held["rows"]]
        for name, held in lists.items()
    }


SEEDED: Final[Mapping[str, list[dict[str, str]]]] = MappingProxyType(_load(_SEED))
"""Service name to its rows; the communes are a sample, districts ended on 1/7/2025."""

FILTERS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "LayDanhMucQuanHuyen": {"maTinhThanh": "MATINHTHANH"},
        "LayDanhMucPhuongXa": {"maTinhThanh": "MATINHTHANH"},
    }
)
"""Parameters that narrow a list, and the key they are compared with."""

Reader = Callable[[Portal, Call, dict[str, object]], Answer]


def reader_of(service: str) -> Reader:
    """Build the reader of one list of the seed file."""
    rows, filters = SEEDED[service], FILTERS.get(service, {})

    def read(_portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
        wanted = {key: body[name] for name, key in filters.items() if body.get(name)}
        return Answer(SUCCESS, FOUND, [row for row in rows if wanted.items() <= row.items()])

    return read


def list_organisations(portal: Portal, _call: Call, _body: dict[str, object]) -> Answer:
    rows = [
        {"MADONVI": o.code, "TENDONVI": o.name, "CAPDONVI": o.level} for o in portal.catalogue.organisations
    ]
    return Answer(SUCCESS, FOUND, rows)


def list_fields(portal: Portal, _call: Call, _body: dict[str, object]) -> Answer:
    fields = portal.catalogue.field_codes
    return Answer(SUCCESS, FOUND, [{"MALINHVUC": code, "TENLINHVUC": name} for name, code in fields.items()])


def list_groups(portal: Portal, _call: Call, _body: dict[str, object]) -> Answer:
    """Answer LayDanhMucNhomThuTuc; the groups are taken to be the fields."""
    fields = portal.catalogue.field_codes
    return Answer(SUCCESS, FOUND, [{"MANHOM": code, "TENNHOM": name} for name, code in fields.items()])


def list_fees(portal: Portal, _call: Call, _body: dict[str, object]) -> Answer:
    rows = [
        {"MAPHILEPHI": p.fee_code, "TENPHILEPHI": f"Phí, lệ phí: {p.name}", "MATTHC": p.code}
        for p in portal.catalogue.procedures
        if p.fee_vnd
    ]
    return Answer(SUCCESS, FOUND, rows)


def list_by_type(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer LayDanhMucThuTucThuocLoai, all types unless `maLoai` names one."""
    wanted = body.get("maLoai")
    rows = [row for row in _typed(portal.catalogue.procedures) if wanted in (None, "", row["MALOAI"])]
    return Answer(SUCCESS, FOUND, rows)


def show_decision(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer LayQDCB; procedures of one field are taken to be published by one decision.

    Raises `Refused` when `idQDCB` is missing.
    """
    wanted = text_of(body, "idQDCB")
    rows = [
        {
            "ID": decision_id(field_code),
            "TENQUYETDINH": f"Công bố thủ tục hành chính lĩnh vực {name}",
            "THUTUCHANHCHINH": [
                {"MATTHC": p.code} for p in portal.catalogue.procedures if p.field_name == name
            ],
        }
        for name, field_code in portal.catalogue.field_codes.items()
        if decision_id(field_code) == wanted
    ]
    return Answer(SUCCESS, FOUND, rows)


def decision_id(field_code: str) -> str:
    return f"QDCB-{field_code}"


def text_of(body: Mapping[str, object], name: str) -> str:
    """Read a parameter that must stand.

    Raises `Refused` when it is missing, empty or not a text.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(f"thiếu tham số {name}")
    return value


def _typed(procedures: Iterable[Procedure]) -> list[dict[str, str]]:
    return [
        {"MATTHC": p.code, "TENTTHC": p.name, "MALOAI": code, "TENLOAI": name}
        for p in procedures
        if p.service_level in _TYPES
        for code, name in [_TYPES[p.service_level]]
    ]
