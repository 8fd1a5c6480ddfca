"""The field checks of the two pushed objects."""

import pytest

from services.mock_portal.items import dossier_spec, progress_spec
from services.mock_portal.strictness import Strictness
from tests.contract.mock_portal_desk import dossier, entry

CODE = "000.00.01.H22-260105-0001"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("MaTTHC", ..., "thiếu trường bắt buộc MaTTHC"),
        ("TenLinhVuc", "", "thiếu trường bắt buộc TenLinhVuc"),
        ("DonViXuLy", "  ", "thiếu trường bắt buộc DonViXuLy"),
        ("NgayTiepNhan", None, "thiếu trường bắt buộc NgayTiepNhan"),
        ("NgayHenTra", ..., "thiếu trường NgayHenTra"),
        ("LoaiDoiTuong", "5", "LoaiDoiTuong có giá trị ngoài danh mục"),
        ("LoaiDoiTuong", 1, "LoaiDoiTuong phải là chuỗi ký tự"),
        ("TrangThaiHoSo", "0", "TrangThaiHoSo có giá trị ngoài danh mục"),
        ("TrangThaiHoSo", "11", "TrangThaiHoSo có giá trị ngoài danh mục"),
        ("HinhThuc", "2", "HinhThuc có giá trị ngoài danh mục"),
        ("KenhThucHien", "4", "KenhThucHien có giá trị ngoài danh mục"),
        ("NoiNopHoSo", "3", "NoiNopHoSo có giá trị ngoài danh mục"),
        ("DuocThanhToanTrucTuyen", "9", "DuocThanhToanTrucTuyen có giá trị ngoài danh mục"),
        ("NgayTiepNhan", "2026-01-05 08:00:00", "NgayTiepNhan sai định dạng"),
        ("NgayHenTra", "20260230080000", "NgayHenTra sai định dạng"),
        ("NgayKetThucXuLy", "0", "NgayKetThucXuLy sai định dạng"),
        ("TrichYeuHoSo", "x" * 1001, "TrichYeuHoSo vượt quá 1000 ký tự"),
        ("ChuHoSo", ["A"], "ChuHoSo phải là chuỗi ký tự"),
        ("TaiLieuNop", "tệp", "TaiLieuNop phải là mảng"),
        ("TaiLieuNop", ["tệp"], "TaiLieuNop[0] phải là đối tượng"),
        ("TaiLieuNop", [{}, {"TenTepDinhKem": "x" * 4001}], "TaiLieuNop[1].TenTepDinhKem vượt quá 4000"),
        ("TaiLieuNop", [{"DuocTaiSuDung": "3"}], "TaiLieuNop[0].DuocTaiSuDung có giá trị ngoài danh mục"),
        (
            "DanhSachGiayToKetQua",
            [{"TenGiayTo": "x" * 2001}],
            "DanhSachGiayToKetQua[0].TenGiayTo vượt quá 2000",
        ),
        ("DanhSachLePhi", [{"HinhThucThu": "3"}], "DanhSachLePhi[0].HinhThucThu có giá trị ngoài danh mục"),
        ("DanhSachHoSoBoSung", [{"NgayBoSung": "x"}], "DanhSachHoSoBoSung[0].NgayBoSung sai định dạng"),
        ("DinhDanhCHS", [{"LoaiDinhDanh": "1"}], "thiếu trường bắt buộc DinhDanhCHS[0].SoDinhDanh"),
        ("DSKetNoiCSDL", [{}], "thiếu trường bắt buộc DSKetNoiCSDL[0].MaCSDL"),
    ],
)
def test_a_wrong_dossier_field_is_named(field: str, value: object, words: str) -> None:
    fault = dossier_spec(Strictness.USUAL, require_later_fields=False).fault_in(
        dossier(CODE, **{field: value})
    )

    assert fault is not None
    assert words in fault


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("MaHoSo", ..., "thiếu trường bắt buộc MaHoSo"),
        ("NguoiXuLy", "", "thiếu trường bắt buộc NguoiXuLy"),
        ("NguoiXuLy", "x" * 51, "NguoiXuLy vượt quá 50 ký tự"),
        ("NoiDungXuLy", None, "thiếu trường bắt buộc NoiDungXuLy"),
        ("ThoiDiemXuLy", "20260105", "ThoiDiemXuLy sai định dạng"),
        ("TrangThai", "0", "TrangThai có giá trị ngoài danh mục"),
        ("TrangThai", 4, "TrangThai phải là chuỗi ký tự"),
        ("NgayBatDau", "x", "NgayBatDau sai định dạng"),
    ],
)
def test_a_wrong_progress_field_is_named(field: str, value: object, words: str) -> None:
    fault = progress_spec(Strictness.USUAL).fault_in(entry(CODE, 4, "20260105080000", **{field: value}))

    assert fault is not None
    assert words in fault


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("NgayHenTra", ""),
        ("KenhThucHien", None),
        ("TrichYeuHoSo", "x" * 1000),
        ("DanhSachHoSoBoSung", None),
        ("TaiLieuNop", [{"IsDeleted": False}]),
        ("TruongMoiCuaCong", {"không": "biết"}),
    ],
)
def test_what_the_facts_allow_passes(field: str, value: object) -> None:
    assert (
        dossier_spec(Strictness.USUAL, require_later_fields=False).fault_in(dossier(CODE, **{field: value}))
        is None
    )


def test_fields_added_later_are_asked_for_when_switched_on() -> None:
    strict = dossier_spec(Strictness.USUAL, require_later_fields=True)
    complete = dossier(
        CODE,
        SoGiayToChuHoSo="",
        NgayTuChoi="",
        NoiNopHoSo="2",
        HoSoCoThanhPhanSoHoa="1",
        TaiKhoanDuocXacThucVoiVNeID="0",
        DuocThanhToanTrucTuyen="0",
        DSKetNoiCSDL=[{"MaCSDL": "7"}],
    )

    assert strict.fault_in(complete) is None
    assert strict.fault_in({**complete, "DinhDanhCHS": None}) == "thiếu trường DinhDanhCHS"
    assert strict.fault_in(dossier(CODE)) == "thiếu trường SoGiayToChuHoSo"


def test_a_fault_never_quotes_the_value() -> None:
    fault = dossier_spec(Strictness.USUAL, require_later_fields=False).fault_in(
        dossier(CODE, DinhDanhCHS=[{"LoaiDinhDanh": "001099123456", "SoDinhDanh": "001099123456"}])
    )

    assert fault is not None
    assert "001099123456" not in fault
