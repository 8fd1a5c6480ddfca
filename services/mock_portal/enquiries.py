"""The services that only read: dossier look-up and dictionaries."""

from typing import Final

from services.mock_portal.answers import SUCCESS, Answer, Refused
from services.mock_portal.catalogue import Procedure
from services.mock_portal.ledger import Call
from services.mock_portal.legal_limit import LegalLimit, LimitUnit
from services.mock_portal.portal import Portal
from services.mock_portal.store import Dossier

_FOUND: Final = "Tra cứu thành công"
_LEVEL_CODES: Final = {"ministry": "0", "province": "1", "district": "2", "commune": "3"}
_ONLINE_LEVELS: Final = frozenset({"partial", "full"})
_UNIT_NAMES: Final = {
    LimitUnit.HOUR: "Giờ",
    LimitUnit.CALENDAR_DAY: "Ngày",
    LimitUnit.WORKING_DAY: "Ngày làm việc",
    LimitUnit.MONTH: "Tháng",
    LimitUnit.SAME_DAY: "Ngày làm việc",
}


def look_up_dossier(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer TraCuuHoSo; an empty result means that the portal does not know the dossier.

    Raises `Refused` when `mahoso` is missing.
    """
    dossier = portal.store.find(_text_of(body, "mahoso"))
    if dossier is None:
        return Answer(SUCCESS, _FOUND)
    return Answer(SUCCESS, _FOUND, [_dossier_shown(dossier, progress=portal.settings.lookup_shows_progress)])


def list_procedures(portal: Portal, _call: Call, _body: dict[str, object]) -> Answer:
    rows = [{"MATTHC": p.code, "TENTTHC": p.name} for p in portal.catalogue.procedures]
    return Answer(SUCCESS, _FOUND, rows)


def show_procedure(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer LayThuTuc; an unknown code gives an empty result.

    Raises `Refused` when `maTTHC` is missing.
    """
    procedure = portal.catalogue.find_procedure(
        _text_of(body, "maTTHC"), province_variants=portal.settings.accept_province_variants
    )
    rows = [] if procedure is None else [_procedure_shown(portal, procedure)]
    return Answer(SUCCESS, _FOUND, rows)


def list_organisations(portal: Portal, _call: Call, _body: dict[str, object]) -> Answer:
    rows = [
        {"MADONVI": o.code, "TENDONVI": o.name, "CAPDONVI": o.level} for o in portal.catalogue.organisations
    ]
    return Answer(SUCCESS, _FOUND, rows)


def list_fields(portal: Portal, _call: Call, _body: dict[str, object]) -> Answer:
    fields = portal.catalogue.field_codes
    return Answer(SUCCESS, _FOUND, [{"MALINHVUC": code, "TENLINHVUC": name} for name, code in fields.items()])


def _text_of(body: dict[str, object], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(f"thiếu tham số {name}")
    return value


def _dossier_shown(dossier: Dossier, *, progress: bool) -> dict[str, object]:
    body = dossier.body
    shown: dict[str, object] = {
        "MaHoSo": dossier.code,
        "MaTTHC": body.procedure,
        "TrangThaiHoSo": body.status,
        "NgayTiepNhan": body.received,
        "NgayHenTra": body.due,
        "NgayKetThucXuLy": body.ended,
    }
    if progress:
        shown["DanhSachTienDo"] = [
            {
                "ThoiDiemXuLy": entry.occurred,
                "TrangThai": entry.status,
                "NguoiXuLy": entry.officer,
                "NoiDungXuLy": entry.text,
            }
            for entry in dossier.entries
        ]
    return shown


def _procedure_shown(portal: Portal, procedure: Procedure) -> dict[str, object]:
    """Every key of the real answer stands; what the catalogue has no fact for is empty."""
    field = {
        "MALINHVUC": portal.catalogue.field_codes[procedure.field_name],
        "TENLINHVUC": procedure.field_name,
    }
    level = {
        "CAPTHUCHIEN": _LEVEL_CODES.get(procedure.level, ""),
        "MOTACOQUANTHUCHIEN": "",
        "DIACHITIEPNHAN": "",
    }
    paper = {"MAKETQUA": f"KQ.{procedure.code}", "TENKETQUA": f"Kết quả: {procedure.name}"}
    return {
        "ID": procedure.code.replace(".", ""),
        "MATTHC": procedure.code,
        "TENTTHC": procedure.name,
        "LOAITTHC": "",
        "TRANGTHAI": "1",
        "MACOQUANCONGBO": "",
        "LINHVUCTHUCHIEN": [field],
        "COQUANTHUCHIEN": [],
        "CAPTHUCHIEN": [level],
        "TRINHTUTHUCHIEN": [],
        "CACHTHUCTHUCHIEN": [
            {"KENH": channel, "THOIGIAN": _times_shown(procedure)} for channel in _channels_of(procedure)
        ],
        "THANHPHANHOSO": [],
        "DOITUONGTHUCHIEN": [],
        "KETQUATHUCHIEN": [paper] if procedure.yields_paper else [],
        "CANCUPHAPLY": [],
        "YEUCAU": "",
        "IDQUYETDINHCONGBO": "",
    }


def _channels_of(procedure: Procedure) -> tuple[str, ...]:
    return ("1", "2") if procedure.service_level in _ONLINE_LEVELS else ("1",)


def _times_shown(procedure: Procedure) -> list[dict[str, object]]:
    fee = procedure.fee_vnd
    fees = [] if fee is None else [{"MAPHILEPHI": "", "SOTIEN": str(fee), "DONVI": "Đồng", "MOTA": ""}]
    limit = procedure.limit
    if limit is None and not fees:
        return []
    return [{**_limit_shown(limit), "PHILEPHI": fees}]


def _limit_shown(limit: LegalLimit | None) -> dict[str, object]:
    if limit is None:
        return {"THOIGIANGIAIQUYET": "", "DONVITINH": "", "MOTA": ""}
    same_day = limit.unit is LimitUnit.SAME_DAY
    return {
        "THOIGIANGIAIQUYET": str(limit.value),
        "DONVITINH": _UNIT_NAMES[limit.unit],
        "MOTA": "Trong ngày" if same_day else "",
    }
