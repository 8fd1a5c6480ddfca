"""What travels to the portal, field by field, and what is read back."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.filing import (
    Applicant,
    ApplicantKind,
    Channel,
    Component,
    DossierBody,
    Fee,
    FeeKind,
    FeeStage,
    Origin,
    PaymentMethod,
    Result,
    ResultDelivery,
    Reuse,
)
from services.core.domain.outcome import PortalEntry, PortalRecord
from services.core.gateways.portal import wire
from services.mock_portal.items import dossier_spec, progress_spec
from services.mock_portal.strictness import Strictness

CITIZEN = Applicant(ApplicantKind.CITIZEN, "Nguyễn Thị Thử", "000000000000", phone="0900000000")
BODY = DossierBody(
    code="H44.1-260105-0001",
    version=3,
    procedure_code="1.001193",
    procedure_name="Đăng ký khai sinh",
    field_code="LV1",
    field_name="Hộ tịch",
    unit_code="H44.1",
    unit_name="UBND xã Đồng Văn",
    status=Status.FINISHED,
    channel=Channel.ONLINE,
    origin=Origin.DESK,
    result_delivery=ResultDelivery.BY_POST,
    applicant=CITIZEN,
    summary="Đăng ký khai sinh cho con",
    submitted_at=datetime(2026, 1, 4, 17, 30, tzinfo=UTC),
    received_at=datetime(2026, 1, 5, 1, 0, tzinfo=UTC),
    due_at=datetime(2026, 1, 9, 10, 0, tzinfo=UTC),
    ended_at=datetime(2026, 1, 8, 9, 0, 0, 999_999, tzinfo=UTC),
    returned_at=None,
    components=(Component("Tờ khai", "TP1", "https://kho.example/1", digitised=True, reuse=Reuse.RESULT),),
    fees=(Fee("Lệ phí", 8000, "LP1", FeeStage.AT_RESULT, FeeKind.APPRAISAL),),
    results=(Result("Giấy khai sinh", "KQ1", "https://kho.example/2"),),
    note="Ghi chú",
)


def test_a_dossier_travels_as() -> None:
    assert wire.dossier(BODY) == {
        "MaHoSo": "H44.1-260105-0001",
        "MaTTHC": "1.001193",
        "TenTTHC": "Đăng ký khai sinh",
        "MaLinhVuc": "LV1",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "2",
        "SoGiayToChuHoSo": "000000000000",
        "ChuHoSo": "Nguyễn Thị Thử",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "",
        "ThongTinKhac": "",
        "Email": "",
        "Fax": "",
        "SoDienThoai": "0900000000",
        "TaiKhoanDuocXacThucVoiVNeID": "0",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "000000000000"}],
        "TrichYeuHoSo": "Đăng ký khai sinh cho con",
        "NgayNopHoSo": "20260105003000",
        "NgayTiepNhan": "20260105080000",
        "NgayHenTra": "20260109170000",
        "TrangThaiHoSo": "9",
        "NgayTra": "",
        "ThongTinTra": "",
        "HinhThuc": "1",
        "NgayKetThucXuLy": "20260108160000",
        "NgayTuChoi": "",
        "DonViXuLy": "UBND xã Đồng Văn",
        "GhiChu": "Ghi chú",
        "NoiNopHoSo": "2",
        "HoSoCoThanhPhanSoHoa": "1",
        "DuocThanhToanTrucTuyen": "0",
        "TaiLieuNop": [
            {
                "TepDinhKemId": "",
                "TenTepDinhKem": "Tờ khai",
                "IsDeleted": "False",
                "MaThanhPhanHoSo": "TP1",
                "DuongDanTaiTepTin": "https://kho.example/1",
                "DuocSoHoa": "1",
                "DuocTaiSuDung": "2",
                "DuocLayTuKhoDMQG": "0",
                "MaKetQuaThayThe": "",
            }
        ],
        "DanhSachLePhi": [
            {
                "TenPhiLePhi": "Lệ phí",
                "MaPhiLePhi": "LP1",
                "HinhThucThu": "4",
                "Gia": "8000",
                "LoaiPhiLePhi": "2",
            }
        ],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [
            {
                "TenGiayTo": "Giấy khai sinh",
                "MaThanhPhanHoSo": "",
                "GiayToId": "",
                "DuongDanTepTinKetQua": "https://kho.example/2",
                "MaGiayToKetQua": "KQ1",
            }
        ],
        "DSKetNoiCSDL": [],
    }


def test_an_entry_travels_as() -> None:
    at = datetime(2026, 1, 8, 9, 0, 0, 999_999, tzinfo=UTC)
    item = ProgressEntry(4, Status.SUPPLEMENT_REQUESTED, at, "Trần Văn Thử", None, "Thiếu bản sao")
    assert wire.entry("D-1", item) == {
        "MaHoSo": "D-1",
        "NguoiXuLy": "Trần Văn Thử",
        "ChucDanh": "",
        "ThoiDiemXuLy": "20260108160000",
        "PhongBanXuLy": "",
        "NoiDungXuLy": "Thiếu bản sao",
        "TrangThai": "5",
        "NgayBatDau": "",
        "NgayKetThucTheoQuyDinh": "",
    }
    assert wire.entry("D-1", replace(item, department="Một cửa"))["PhongBanXuLy"] == "Một cửa"


def test_both_items_pass_the_mock_portals_own_description_of_them() -> None:
    at = datetime(2026, 1, 8, 9, 0, tzinfo=UTC)
    assert dossier_spec(Strictness.STRICT, require_later_fields=True).fault_in(wire.dossier(BODY)) is None
    item = ProgressEntry(1, Status.RECEIVED, at, "A", "B", "C")
    assert progress_spec(Strictness.STRICT).fault_in(wire.entry("D-1", item)) is None


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"status": Status.REFUSED}, "NgayTuChoi", "20260108160000"),
        ({"returned_at": datetime(2026, 1, 8, 10, 0, tzinfo=UTC)}, "NgayTra", "20260108170000"),
        ({"origin": Origin.PORTAL}, "NoiNopHoSo", "1"),
        ({"ended_at": None}, "NgayKetThucXuLy", ""),
        ({"received_at": None, "due_at": None}, "NgayHenTra", ""),
        ({"note": None}, "GhiChu", ""),
        ({"components": ()}, "HoSoCoThanhPhanSoHoa", "0"),
        ({"fees": (Fee("a", 1, paid_by=PaymentMethod.CASH),)}, "DuocThanhToanTrucTuyen", "0"),
        ({"fees": (Fee("a", 1, paid_by=PaymentMethod.WALLET),)}, "DuocThanhToanTrucTuyen", "2"),
        ({"fees": (Fee("a", 1, paid_by=PaymentMethod.BANK),)}, "DuocThanhToanTrucTuyen", "2"),
        (
            {
                "fees": (
                    Fee("a", 1, paid_by=PaymentMethod.BANK),
                    Fee("b", 1, paid_by=PaymentMethod.PORTAL),
                )
            },
            "DuocThanhToanTrucTuyen",
            "1",
        ),
        ({"applicant": replace(CITIZEN, identity_number=None)}, "DinhDanhCHS", []),
        ({"applicant": replace(CITIZEN, identity_number=None)}, "SoGiayToChuHoSo", ""),
        (
            {"applicant": replace(CITIZEN, identity_number="000000000")},
            "DinhDanhCHS",
            [{"LoaiDinhDanh": "2", "SoDinhDanh": "000000000"}],
        ),
        ({"applicant": replace(CITIZEN, verified_by_vneid=True)}, "TaiKhoanDuocXacThucVoiVNeID", "1"),
        (
            {"applicant": Applicant(ApplicantKind.BUSINESS, "Công ty", None, "0100000000")},
            "SoGiayToChuHoSo",
            "0100000000",
        ),
        (
            {"applicant": Applicant(ApplicantKind.BUSINESS, "Công ty", None, "0100000000")},
            "LoaiDoiTuong",
            "2",
        ),
    ],
)
def test_a_change_of_the_dossier_shows_in_its_field(
    change: dict[str, Any], field: str, value: object
) -> None:
    assert wire.dossier(replace(BODY, **change))[field] == value


@pytest.mark.parametrize(
    ("change", "field"), [({"due_at": None}, "NgayHenTra"), ({"procedure_name": ""}, "TenTTHC")]
)
def test_what_the_portal_requires_is_missed_before_it_is_sent(change: dict[str, Any], field: str) -> None:
    with pytest.raises(wire.MissingValue, match=f"^{field}$"):
        wire.dossier(replace(BODY, **change))


moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside it


@given(moments)
def test_times_come_back_to_the_second(at: datetime) -> None:
    assert wire.parse_date(wire.date(at)) == at.replace(microsecond=0)


def test_an_absent_time_is_empty() -> None:
    assert wire.date(None) == ""


@pytest.mark.parametrize("text", ["", "2026-01-08", "2026130816", "2026010816000", "20261308160000", "None"])
def test_other_notations_of_time_are_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"fourteen|unconverted"):
        wire.parse_date(text)


def test_a_record_is_read_with_or_without_its_history() -> None:
    lines = [
        {"ThoiDiemXuLy": "20260105080000", "TrangThai": "2"},
        {"ThoiDiemXuLy": "20260105080000", "TrangThai": 4},
    ]
    at = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    assert wire.record({"MaHoSo": "D-1", "DanhSachTienDo": lines}) == PortalRecord(
        "D-1", (PortalEntry(at, Status.RECEIVED), PortalEntry(at, Status.IN_PROCESS))
    )
    assert wire.record({"MaHoSo": "D-1", "DanhSachTienDo": []}) == PortalRecord("D-1", ())
    assert wire.record({"MaHoSo": "D-1"}) == PortalRecord("D-1", None)


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"MaHoSo": 5},
        {"MaHoSo": "D-1", "DanhSachTienDo": ["x"]},
        {"MaHoSo": "D-1", "DanhSachTienDo": [{"ThoiDiemXuLy": "20260105080000"}]},
        {"MaHoSo": "D-1", "DanhSachTienDo": [{"ThoiDiemXuLy": "20260105080000", "TrangThai": "11"}]},
        {"MaHoSo": "D-1", "DanhSachTienDo": [{"ThoiDiemXuLy": "hôm qua", "TrangThai": "2"}]},
    ],
)
def test_what_is_no_record_is_refused(item: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        wire.record(item)


def test_json_travels_as_utf8_without_spaces_and_without_what_json_does_not_know() -> None:
    assert wire.encode({"a": ["Đ", 1]}) == '{"a":["Đ",1]}'.encode()
    for impossible in (float("nan"), "\ud800", object(), timedelta()):
        with pytest.raises((TypeError, ValueError)):
            wire.encode([impossible])


def test_all_scalars_of_a_dossier_are_strings() -> None:
    def scalars(value: object) -> list[object]:
        if isinstance(value, dict):
            return [inner for item in value.values() for inner in scalars(item)]
        if isinstance(value, list):
            return [inner for item in value for inner in scalars(item)]
        return [value]

    assert all(isinstance(value, str) for value in scalars(json.loads(wire.encode(wire.dossier(BODY)))))
