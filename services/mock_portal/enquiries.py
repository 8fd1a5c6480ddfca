"""The services that look one thing up: a dossier, an account, a procedure."""

import re
from typing import Final
from uuid import UUID, uuid5

from services.mock_portal.answers import SUCCESS, Answer, Refused
from services.mock_portal.catalogue import Procedure
from services.mock_portal.dictionaries import FOUND, decision_id, text_of
from services.mock_portal.ledger import Call
from services.mock_portal.legal_limit import LegalLimit, LimitUnit
from services.mock_portal.portal import Portal
from services.mock_portal.store import Dossier

_ACCOUNT_PROVIDER: Final = "wso2is"
_ACCOUNT_NUMBER: Final = re.compile(r"\d{9}|\d{10}|\d{12}|\d{13}")
_ACCOUNTS: Final = UUID("5b1d3a52-6f0e-5c1c-9d0e-1f6a4c0b7a11")
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
    dossier = portal.store.find(text_of(body, "mahoso"))
    if dossier is None:
        return Answer(SUCCESS, FOUND)
    return Answer(SUCCESS, FOUND, [_dossier_shown(dossier, progress=portal.settings.lookup_shows_progress)])


def list_procedures(portal: Portal, _call: Call, _body: dict[str, object]) -> Answer:
    rows = [{"MATTHC": p.code, "TENTTHC": p.name} for p in portal.catalogue.procedures[: portal.list_cut_at]]
    return Answer(SUCCESS, FOUND, rows)


def show_procedure(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer LayThuTuc; an unknown code gives an empty result.

    Raises `Refused` when `maTTHC` is missing.
    """
    procedure = portal.catalogue.find_procedure(
        text_of(body, "maTTHC"), province_variants=portal.settings.accept_province_variants
    )
    rows = [] if procedure is None else [_procedure_shown(portal, procedure)]
    return Answer(SUCCESS, FOUND, rows)


def find_account(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer TraCuuTechID: the portal account behind an identity or tax number, made up from it.

    Raises `Refused` when `mstorcmnd` is missing, or `provider` is not the portal's.
    """
    if body.get("provider") != _ACCOUNT_PROVIDER:
        raise Refused("tham số provider không hợp lệ")
    number = text_of(body, "mstorcmnd")
    known = _ACCOUNT_NUMBER.fullmatch(number) and not number.endswith(portal.settings.no_account_suffix)
    rows = [{"TECHNICALID": str(uuid5(_ACCOUNTS, number))}] if known else []
    return Answer(SUCCESS, FOUND, rows)


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
    field_code = portal.catalogue.field_codes[procedure.field_name]
    field = {
        "MALINHVUC": field_code,
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
        "THANHPHANHOSO": [{"TRUONGHOP": "", "GIAYTO": [_form_shown(portal, procedure)]}],
        "DOITUONGTHUCHIEN": [],
        "KETQUATHUCHIEN": [paper] if procedure.yields_paper else [],
        "CANCUPHAPLY": [],
        "YEUCAU": "",
        "IDQUYETDINHCONGBO": decision_id(field_code),
    }


def _form_shown(portal: Portal, procedure: Procedure) -> dict[str, object]:
    """One application form, invented: the catalogue has no list of papers."""
    return {
        "MAGIAYTO": f"TP.{procedure.code}",
        "TENGIAYTO": "Tờ khai / đơn đề nghị",
        "SOBANCHINH": "1",
        "SOBANSAO": "0",
        "TENMAUDON": "",
        portal.settings.paper_url_key: "",
    }


def _channels_of(procedure: Procedure) -> tuple[str, ...]:
    return ("1", "2") if procedure.service_level in _ONLINE_LEVELS else ("1",)


def _times_shown(procedure: Procedure) -> list[dict[str, object]]:
    fee = procedure.fee_vnd
    fees = (
        []
        if fee is None
        else [{"MAPHILEPHI": procedure.fee_code, "SOTIEN": str(fee), "DONVI": "Đồng", "MOTA": ""}]
    )
    limit = procedure.limit
    if limit is None and not fees:
        return []
    return [{**_limit_shown(limit), "PHILEPHI": fees}]


def _limit_shown(limit: LegalLimit | None) -> dict[str, object]:
    if limit is None:
        return {"THOIGIANGIAIQUYET": "", "DONVITINH": "", "MOTA": ""}
    same_day = limit.unit is LimitUnit.SAME_DAY
    return {
        "THOIGIANGIAIQUYET": f"{limit.value:g}",
        "DONVITINH": _UNIT_NAMES[limit.unit],
        "MOTA": "Trong ngày" if same_day else "",
    }
