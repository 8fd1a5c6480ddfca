"""The two objects a province pushes, field by field: the dossier body and the progress entry."""

from typing import Final

from services.mock_portal.item_spec import ItemSpec

_YES_NO: Final = frozenset("01")
STATUSES: Final = frozenset(str(status) for status in range(1, 11))

_SUBMITTED_FILE = ItemSpec(
    codes={"DuocSoHoa": _YES_NO, "DuocTaiSuDung": frozenset("012"), "DuocLayTuKhoDMQG": _YES_NO},
    max_lengths={"TenTepDinhKem": 4000},
    texts=frozenset({"TepDinhKemId", "MaThanhPhanHoSo", "DuongDanTaiTepTin", "MaKetQuaThayThe"}),
)
_FEE = ItemSpec(
    codes={"HinhThucThu": frozenset("124"), "LoaiPhiLePhi": frozenset("123")},
    texts=frozenset({"TenPhiLePhi", "MaPhiLePhi", "Gia"}),
)
_OTHER_FILE = ItemSpec(texts=frozenset({"TenGiayTo", "SoLuong", "LoaiGiayTo"}))
_SUPPLEMENT = ItemSpec(
    dates=("NgayBoSung", "NgayTiepNhanBoSung", "NgayHenTraTruoc", "NgayHenTraMoi"),
    texts=frozenset(
        {
            "HoSoBoSungId",
            "NguoiYeuCauBoSung",
            "NoiDungBoSung",
            "NguoiTiepNhanBoSung",
            "ThongTinTiepNhan",
            "TrangThaiBoSung",
        }
    ),
)
_RESULT_PAPER = ItemSpec(
    max_lengths={"TenGiayTo": 2000},
    texts=frozenset({"MaThanhPhanHoSo", "GiayToId", "DuongDanTepTinKetQua", "MaGiayToKetQua"}),
)
_OWNER_IDENTITY = ItemSpec(
    required=("LoaiDinhDanh", "SoDinhDanh"),
    codes={"LoaiDinhDanh": frozenset("12")},
)
_DATABASE_USED = ItemSpec(required=("MaCSDL",))

_DOSSIER_LATER_FIELDS: Final = (
    "KenhThucHien",
    "SoGiayToChuHoSo",
    "NgayNopHoSo",
    "NgayTuChoi",
    "NoiNopHoSo",
    "HoSoCoThanhPhanSoHoa",
    "TaiKhoanDuocXacThucVoiVNeID",
    "DuocThanhToanTrucTuyen",
    "DinhDanhCHS",
    "DSKetNoiCSDL",
)


def dossier_spec(*, require_later_fields: bool) -> ItemSpec:
    """Describe the item of DongBoHoSoMC; the later fields came after 2020."""
    return ItemSpec(
        required=(
            "MaHoSo",
            "MaTTHC",
            "TenTTHC",
            "MaLinhVuc",
            "TenLinhVuc",
            "LoaiDoiTuong",
            "TrichYeuHoSo",
            "NgayTiepNhan",
            "TrangThaiHoSo",
            "HinhThuc",
            "DonViXuLy",
        ),
        present=("NgayHenTra", *(_DOSSIER_LATER_FIELDS if require_later_fields else ())),
        codes={
            "KenhThucHien": frozenset("123"),
            "LoaiDoiTuong": frozenset("1234"),
            "TrangThaiHoSo": STATUSES,
            "HinhThuc": _YES_NO,
            "NoiNopHoSo": frozenset("12"),
            "HoSoCoThanhPhanSoHoa": _YES_NO,
            "TaiKhoanDuocXacThucVoiVNeID": _YES_NO,
            "DuocThanhToanTrucTuyen": frozenset("0123"),
        },
        dates=("NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy", "NgayTuChoi"),
        max_lengths={"MaHoSo": 100, "TrichYeuHoSo": 1000},
        texts=frozenset(
            {
                "ChuHoSo",
                "Email",
                "Fax",
                "GhiChu",
                "MaDoiTuong",
                "SoBienNhan",
                "SoDienThoai",
                "SoGiayToChuHoSo",
                "ThongTinKhac",
                "ThongTinTra",
            }
        ),
        arrays={
            "TaiLieuNop": _SUBMITTED_FILE,
            "DanhSachLePhi": _FEE,
            "DanhSachTepDinhKemKhac": _OTHER_FILE,
            "DanhSachHoSoBoSung": _SUPPLEMENT,
            "DanhSachGiayToKetQua": _RESULT_PAPER,
            "DinhDanhCHS": _OWNER_IDENTITY,
            "DSKetNoiCSDL": _DATABASE_USED,
        },
    )


PROGRESS_SPEC: Final = ItemSpec(
    required=("MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "NoiDungXuLy", "TrangThai"),
    codes={"TrangThai": STATUSES},
    dates=("ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh"),
    max_lengths={"MaHoSo": 100, "NguoiXuLy": 50},
    texts=frozenset({"ChucDanh", "PhongBanXuLy"}),
)
