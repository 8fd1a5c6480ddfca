"""The portal's vocabulary: Vietnamese field names, everything a string, dates as `yyyyMMddHHmmss`.

Fields and codes: portal-interface 2.1 to 2.4. Missing values travel as empty strings, never as a guess.
"""

import json
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.filing import (
    Applicant,
    ApplicantKind,
    Component,
    DossierBody,
    Fee,
    Origin,
    PaymentMethod,
    Result,
)
from services.core.domain.outcome import PortalEntry, PortalRecord

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_FORMAT: Final = "%Y%m%d%H%M%S"
_DIGITS: Final = 14
_PERSONAL_NUMBER_LENGTH: Final = 12

Wire = dict[str, Any]


class MissingValue(ValueError):
    """A value that the portal requires is missing; the message names the field and no value."""


#: Nothing here can contain itself, and to make sure of it takes a fifth of the time.
_JSON: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
)


def encode(content: Any) -> bytes:
    """Write JSON as it travels; raises `TypeError` or `ValueError` on what JSON or UTF-8 cannot hold."""
    return _JSON.encode(content).encode()


def date(at: datetime | None) -> str:
    """Write an instant in the portal's zone; an absent one is an empty string."""
    if at is None:
        return ""
    # What `strftime` gives, in a quarter of its time: seven of these travel with every dossier.
    local = at.astimezone(VIETNAM)
    day = local.year * 10_000 + local.month * 100 + local.day
    second = local.hour * 10_000 + local.minute * 100 + local.second
    return f"{day:08}{second:06}"


def parse_date(text: str) -> datetime:
    """Read a wire date; raises `ValueError` on anything else."""
    if not (len(text) == _DIGITS and text.isascii() and text.isdigit()):
        # The format alone would take 2026130816 for January, three digits short.
        raise ValueError("not a time of fourteen digits")
    return datetime.strptime(text, _FORMAT).replace(tzinfo=VIETNAM)


def dossier(body: DossierBody) -> Wire:
    """Encode one item of `DongBoHoSoMC`; raises `MissingValue`."""
    if body.received_at is not None and body.due_at is None:
        raise MissingValue("NgayHenTra")
    if not body.procedure_name:
        raise MissingValue("TenTTHC")
    return {
        "MaHoSo": body.code,
        "MaTTHC": body.procedure_code,
        "TenTTHC": body.procedure_name,
        "MaLinhVuc": body.field_code,
        "TenLinhVuc": body.field_name,
        "KenhThucHien": str(int(body.channel)),
        **_applicant(body.applicant),
        "TrichYeuHoSo": body.summary,
        "NgayNopHoSo": date(body.submitted_at),
        "NgayTiepNhan": date(body.received_at or body.submitted_at),
        "NgayHenTra": date(body.due_at),
        "TrangThaiHoSo": str(int(body.status)),
        "NgayTra": date(body.returned_at),
        "ThongTinTra": "",
        "HinhThuc": str(int(body.result_delivery)),
        "NgayKetThucXuLy": date(body.ended_at),
        "NgayTuChoi": date(body.ended_at) if body.status is Status.REFUSED else "",
        "DonViXuLy": body.unit_name,
        "GhiChu": body.note or "",
        "NoiNopHoSo": "1" if body.origin is Origin.PORTAL else "2",
        "HoSoCoThanhPhanSoHoa": _flag(any(c.digitised for c in body.components)),
        "DuocThanhToanTrucTuyen": _paid_online(body.fees),
        "TaiLieuNop": [_component(c) for c in body.components],
        "DanhSachLePhi": [_fee(f) for f in body.fees],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [_result(r) for r in body.results],
        "DSKetNoiCSDL": [],
    }


def entry(code: str, item: ProgressEntry) -> Wire:
    """Encode one item of `CapNhatTienDoHoSoMC`."""
    return {
        "MaHoSo": code,
        "NguoiXuLy": item.officer,
        "ChucDanh": "",
        "ThoiDiemXuLy": date(item.occurred_at),
        "PhongBanXuLy": item.department or "",
        "NoiDungXuLy": item.text,
        "TrangThai": str(int(item.status)),
        "NgayBatDau": "",
        "NgayKetThucTheoQuyDinh": "",
    }


def record(item: Wire) -> PortalRecord:
    """Read one item of a `TraCuuHoSo` answer; raises `ValueError` or `TypeError` if it is none."""
    code = item.get("MaHoSo")
    if not isinstance(code, str):
        raise TypeError("MaHoSo")
    history = item.get("DanhSachTienDo")
    if not isinstance(history, list):
        return PortalRecord(code, None)
    return PortalRecord(code, tuple(_shown_entry(line) for line in history))


def _shown_entry(line: Any) -> PortalEntry:
    if not isinstance(line, dict):
        raise TypeError("DanhSachTienDo")
    return PortalEntry(parse_date(str(line.get("ThoiDiemXuLy"))), Status(int(str(line.get("TrangThai")))))


def _applicant(applicant: Applicant) -> Wire:
    is_business = applicant.kind is not ApplicantKind.CITIZEN
    number = applicant.organisation_number if is_business else applicant.identity_number
    return {
        "SoGiayToChuHoSo": number or "",
        "ChuHoSo": applicant.name,
        "LoaiDoiTuong": str(int(applicant.kind)),
        "MaDoiTuong": applicant.portal_account or "",
        "ThongTinKhac": applicant.address or "",
        "Email": applicant.email or "",
        "Fax": "",
        "SoDienThoai": applicant.phone or "",
        "TaiKhoanDuocXacThucVoiVNeID": _flag(applicant.verified_by_vneid),
        "DinhDanhCHS": _identity(applicant.identity_number),
    }


def _identity(number: str | None) -> list[Wire]:
    if number is None:
        return []
    kind = "1" if len(number) == _PERSONAL_NUMBER_LENGTH else "2"
    return [{"LoaiDinhDanh": kind, "SoDinhDanh": number}]


def _component(component: Component) -> Wire:
    return {
        "TepDinhKemId": "",
        "TenTepDinhKem": component.name,
        "IsDeleted": "False",
        "MaThanhPhanHoSo": component.code or "",
        "DuongDanTaiTepTin": component.link or "",
        "DuocSoHoa": _flag(component.digitised),
        "DuocTaiSuDung": str(int(component.reuse)),
        "DuocLayTuKhoDMQG": _flag(component.from_national_store),
        "MaKetQuaThayThe": "",
    }


def _fee(fee: Fee) -> Wire:
    return {
        "TenPhiLePhi": fee.name,
        "MaPhiLePhi": fee.code or "",
        "HinhThucThu": str(int(fee.stage)),
        "Gia": str(fee.amount_vnd),
        "LoaiPhiLePhi": str(int(fee.kind)),
    }


def _result(result: Result) -> Wire:
    return {
        "TenGiayTo": result.name,
        "MaThanhPhanHoSo": "",
        "GiayToId": "",
        "DuongDanTepTinKetQua": result.link or "",
        "MaGiayToKetQua": result.code or "",
    }


def _paid_online(fees: tuple[Fee, ...]) -> str:
    """Say 1 for paid on the portal, 2 for paid by another electronic way, 0 otherwise (index 766, 3.6)."""
    ways = {fee.paid_by for fee in fees}
    if PaymentMethod.PORTAL in ways:
        return "1"
    return "2" if ways & {PaymentMethod.BANK, PaymentMethod.WALLET} else "0"


def _flag(value: bool) -> str:
    return "1" if value else "0"
