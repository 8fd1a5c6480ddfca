"""What the second generation sends, field by field, in the portal's notation."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.mock_portal.adapter.notation import TimeForm
from services.mock_portal.item_spec import ItemSpec
from services.mock_portal.items import STATUSES

LISTS_ONLY_WITH: Final = frozenset({"5", "6", "9"})
"""Statuses whose message may carry fees and result papers."""

DOSSIER_TIMES: Final[Mapping[str, TimeForm]] = MappingProxyType(
    {
        "NgayNop": TimeForm.SPACED,
        "NgayTiepNhan": TimeForm.SPACED,
        "NgayHenTra": TimeForm.SPACED,
        "NgaySinh": TimeForm.COMPACT,
    }
)
PROGRESS_TIMES: Final[Mapping[str, TimeForm]] = MappingProxyType(
    dict.fromkeys(("ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh"), TimeForm.ISO)
)
DOSSIER_CODES: Final = frozenset(
    {
        "LoaiDoiTuong",
        "TrangThaiHoSo",
        "KenhThucHien",
        "HinhThuc",
        "NoiNopHoSo",
        "DuocThanhToanTrucTuyen",
        "HoSoCoThanhPhanSoHoa",
        "TaiKhoanDuocXacThucVoiVNeID",
    }
)
STATUS_CODES: Final = frozenset({"TrangThai"})
PAPER_CODES: Final = frozenset({"LoaiBan", "DuocSoHoa", "DuocTaiSuDung", "DuocLayTuKhoDMQG"})
FEE_CODES: Final = frozenset({"HinhThucThu", "LoaiPhiLePhi", "TrangThaiThanhToan", "Gia"})

_YES_NO: Final = frozenset("01")

PAPER: Final = ItemSpec(
    required=("IdTepTin", "HashTepTin"),
    codes={
        # Original, copy, electronic copy.
        "LoaiBan": frozenset("012"),
        "DuocSoHoa": _YES_NO,
        "DuocTaiSuDung": frozenset("012"),
        "DuocLayTuKhoDMQG": _YES_NO,
    },
    max_lengths={"TenTepDinhKem": 4000},
    texts=frozenset({"MaThanhPhanHoSo"}),
)
FEE: Final = ItemSpec(
    codes={
        "HinhThucThu": frozenset("124"),
        "LoaiPhiLePhi": frozenset("123"),
        "TrangThaiThanhToan": _YES_NO,
    },
    texts=frozenset({"TenPhiLePhi", "MaPhiLePhi", "Gia"}),
)
RESULT: Final = ItemSpec(
    max_lengths={"TenGiayTo": 2000},
    texts=frozenset({"MaThanhPhanHoSo", "GiayToId", "DuongDanTepTinKetQua", "MaGiayToKetQua"}),
)
DOSSIER: Final = ItemSpec(
    required=("MaTTHC", "TenTTHC", "LoaiDoiTuong", "ChuHoSo", "NgayNop", "DonViXuLy"),
    codes={
        # Citizen, business, household business: not the list of the first generation.
        "LoaiDoiTuong": frozenset("012"),
        "TrangThaiHoSo": STATUSES,
        "KenhThucHien": frozenset("123"),
        "HinhThuc": _YES_NO,
        "NoiNopHoSo": frozenset("12"),
        "DuocThanhToanTrucTuyen": frozenset("0123"),
        "HoSoCoThanhPhanSoHoa": _YES_NO,
        "TaiKhoanDuocXacThucVoiVNeID": _YES_NO,
    },
    dates=tuple(DOSSIER_TIMES),
    max_lengths={"MaHoSo": 100, "TrichYeuHoSo": 1000},
    texts=frozenset({"MaLinhVuc", "TenLinhVuc", "SoGiayToChuHoSo", "SoDienThoai", "Email", "GhiChu"}),
    arrays={"TaiLieuNop": PAPER, "DanhSachLePhi": FEE},
)
PROGRESS: Final = ItemSpec(
    required=("NguoiXuLy", "ThoiDiemXuLy", "NoiDungXuLy", "TrangThai"),
    codes={"TrangThai": STATUSES},
    dates=tuple(PROGRESS_TIMES),
    max_lengths={"MaHoSo": 100, "NguoiXuLy": 50},
    texts=frozenset({"IDHoSo", "ChucDanh", "PhongBanXuLy"}),
)
STATUS: Final = ItemSpec(
    required=("TrangThai",),
    codes={"TrangThai": STATUSES},
    max_lengths={"MaHoSo": 100},
    texts=frozenset({"IdHoSo", "NoiDungYKien"}),
    arrays={"DanhSachLePhi": FEE, "DanhSachGiayToKetQua": RESULT},
)
