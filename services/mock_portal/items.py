"""The two objects a province pushes, field by field: the dossier body and the progress entry."""

from dataclasses import replace
from typing import Final

from services.mock_portal.item_spec import ItemSpec
from services.mock_portal.strictness import Strictness

_YES_NO: Final = frozenset("01")
STATUSES: Final = frozenset(str(status) for status in range(1, 11))

_SUBMITTED_FILE = ItemSpec(
    codes={"DuocSoHoa": _YES_NO, "DuocTaiSuDung": frozenset("012"), "DuocLayTuKhoDMQG": _YES_NO},
    max_lengths={"TenTepDinhKem": 4000},
    loose=frozenset({"IsDeleted"}),
    texts=frozenset({"TepDinhKemId", "MaThanhPhanHoSo", "DuongDanTaiTepTin", "MaKetQuaThayThe"}),
)
_FEE = ItemSpec(
    codes={"HinhThucThu": frozenset("124"), "LoaiPhiLePhi": frozenset("123")},
    texts=frozenset({"TenPhiLePhi", "MaPhiLePhi", "Gia"}),
)
_OTHER_FILE = ItemSpec(texts=frozenset({"TenGiayTo", "SoLuong", "LoaiGiayTo"}))
_SUPPLEMENT_PAPER = ItemSpec(
    max_lengths={"TenGiayTo": 4000},
    texts=frozenset({"MaThanhPhanHoSo", "SoLuong", "LoaiGiayTo", "DuongDanTaiTepTin"}),
)
_SUPPLEMENT = ItemSpec(
    dates=("NgayBoSung", "NgayTiepNhanBoSung", "NgayHenTraTruoc", "NgayHenTraMoi"),
    arrays={"DanhSachGiayToBoSung": _SUPPLEMENT_PAPER, "DanhSachLePhiBoSung": _FEE},
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


_DOSSIER: Final = ItemSpec(
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
    present=("NgayHenTra",),
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
_PROGRESS: Final = ItemSpec(
    required=("MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "NoiDungXuLy", "TrangThai"),
    codes={"TrangThai": STATUSES},
    dates=("ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh"),
    max_lengths={"MaHoSo": 100, "NguoiXuLy": 50},
    texts=frozenset({"ChucDanh", "PhongBanXuLy"}),
)

# What storing and judging read; without it nothing can be held.
_LENIENT_DOSSIER: Final = ItemSpec(
    required=("MaHoSo", "NgayTiepNhan", "TrangThaiHoSo"),
    codes={"TrangThaiHoSo": STATUSES},
    dates=("NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy"),
    max_lengths={"MaHoSo": 100},
)
_LENIENT_PROGRESS: Final = ItemSpec(
    required=("MaHoSo", "ThoiDiemXuLy", "TrangThai"),
    codes={"TrangThai": STATUSES},
    dates=("ThoiDiemXuLy",),
    max_lengths={"MaHoSo": 100},
)


def dossier_spec(strictness: Strictness, *, require_later_fields: bool) -> ItemSpec:
    """Describe the item of DongBoHoSoMC; the later fields came after 2020."""
    if strictness is Strictness.LENIENT:
        return _LENIENT_DOSSIER
    asked_for = require_later_fields or strictness is Strictness.STRICT
    later = _DOSSIER_LATER_FIELDS if asked_for else ()
    spec = replace(_DOSSIER, present=(*_DOSSIER.present, *later))
    return closed(spec) if strictness is Strictness.STRICT else spec


def progress_spec(strictness: Strictness) -> ItemSpec:
    """Describe the item of CapNhatTienDoHoSoMC."""
    if strictness is Strictness.LENIENT:
        return _LENIENT_PROGRESS
    return closed(_PROGRESS) if strictness is Strictness.STRICT else _PROGRESS


def closed(spec: ItemSpec) -> ItemSpec:
    arrays = {name: closed(member) for name, member in spec.arrays.items()}
    return replace(spec, arrays=arrays, closed=True)
