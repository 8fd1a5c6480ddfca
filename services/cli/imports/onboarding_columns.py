"""Columns of a list of people helped, and the words in them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.cli.tables.folding import fold
from services.cli.tables.headings import Column
from services.core.domain.onboarding.event import Device, EventOutcome, HelperKind
from services.core.domain.onboarding.reason import ADVICE, Reason

TELLING: Final = ("occurred_at", "identity_number", "reference")

EVENT_COLUMNS: Final = (
    Column("id", ("Mã sự kiện", "ID sự kiện", "UUID")),
    Column("unit_code", ("Mã đơn vị", "Mã xã", "Mã cơ quan")),
    Column("unit_name", ("Đơn vị", "Tên đơn vị", "Xã, phường", "Xã/phường", "Xã")),
    Column("identity_number", ("Số CCCD", "CCCD", "Số định danh", "Số định danh cá nhân", "CMND/CCCD")),
    Column("reference", ("Mã người", "Mã công dân", "Mã hộ", "Mã cán bộ", "Mã đối tượng", "Mã tham chiếu")),
    Column("step", ("Nội dung hỗ trợ", "Bước", "Dịch vụ", "Nội dung", "Hạng mục")),
    Column("outcome", ("Kết quả", "Tình trạng", "Kết quả thực hiện")),
    Column("occurred_at", ("Ngày thực hiện", "Thời gian", "Ngày", "Ngày hỗ trợ", "Thời điểm", "Ngày giờ")),
    Column("attempt", ("Lần thực hiện", "Mã lần thực hiện")),
    Column("reason", ("Lý do", "Nguyên nhân", "Vướng mắc", "Lý do thất bại")),
    Column("seconds", ("Số giây", "Thời gian (giây)")),
    Column("minutes", ("Số phút", "Thời gian (phút)")),
    Column("device", ("Thiết bị", "Loại máy", "Điện thoại")),
    Column("provider", ("Nhà cung cấp", "Đơn vị cung cấp")),
    Column("provider_reference", ("Mã yêu cầu nhà cung cấp", "Mã yêu cầu")),
    Column("hamlet", ("Thôn", "Thôn, khu phố", "Khu phố", "Tổ dân phố", "Ấp", "Bản")),
    Column("team", ("Tổ công nghệ số", "Tổ", "Tên tổ", "Tổ hỗ trợ")),
    Column("helper_kind", ("Lực lượng hỗ trợ", "Lực lượng", "Đơn vị hỗ trợ")),
    Column("helper", ("Người hỗ trợ", "Cán bộ hỗ trợ")),
    Column("assisted", ("Được hỗ trợ", "Có hỗ trợ", "Hình thức")),
)

OUTCOME_WORDS: Final[Mapping[str, EventOutcome]] = MappingProxyType(
    {
        "bat dau": EventOutcome.STARTED,
        "tiep tuc": EventOutcome.RESUMED,
        "gian doan": EventOutcome.INTERRUPTED,
        "mat mang": EventOutcome.INTERRUPTED,
        "that bai": EventOutcome.FAILED,
        "khong thanh cong": EventOutcome.FAILED,
        "loi": EventOutcome.FAILED,
        "hoan thanh": EventOutcome.COMPLETED,
        "thanh cong": EventOutcome.COMPLETED,
        "da xong": EventOutcome.COMPLETED,
        "dat": EventOutcome.COMPLETED,
        "dung": EventOutcome.GIVEN_UP,
        "thoi khong lam": EventOutcome.GIVEN_UP,
        "go bo": EventOutcome.DEACTIVATED,
        "da go": EventOutcome.DEACTIVATED,
        "huy kich hoat": EventOutcome.DEACTIVATED,
    }
    | {fold(outcome.value): outcome for outcome in EventOutcome}
)

DEVICE_WORDS: Final[Mapping[str, Device]] = MappingProxyType(
    {
        "iphone": Device.IOS,
        "dien thoai android": Device.ANDROID,
        "samsung": Device.ANDROID,
        "dien thoai pho thong": Device.FEATURE_PHONE,
        "dien thoai ban phim": Device.FEATURE_PHONE,
        "may tinh": Device.COMPUTER,
        "khong co": Device.NONE,
    }
    | {fold(device.value): device for device in Device}
)

HELPER_WORDS: Final[Mapping[str, HelperKind]] = MappingProxyType(
    {
        "to cong nghe so": HelperKind.DIGITAL_TEAM,
        "to cong nghe so cong dong": HelperKind.DIGITAL_TEAM,
        "doan thanh nien": HelperKind.YOUTH_UNION,
        "cong an": HelperKind.POLICE,
        "cong an xa": HelperKind.POLICE,
        "vien thong": HelperKind.TELECOM,
        "ngan hang": HelperKind.BANK,
        "tinh nguyen vien": HelperKind.VOLUNTEER,
        "can bo": HelperKind.OFFICER,
        "can bo mot cua": HelperKind.OFFICER,
        "buu dien": HelperKind.POST_OFFICE,
    }
    | {fold(kind.value): kind for kind in HelperKind}
)

REASON_WORDS: Final[Mapping[str, Reason]] = MappingProxyType(
    {fold(advice.meaning.vi): reason for reason, advice in ADVICE.items()}
    | {fold(reason.value): reason for reason in Reason}
)

ASSISTED_WORDS: Final[Mapping[str, bool]] = MappingProxyType(
    {
        "co": True,
        "x": True,
        "duoc ho tro": True,
        "ho tro": True,
        "khong": False,
        "tu lam": False,
        "tu thuc hien": False,
    }
)
