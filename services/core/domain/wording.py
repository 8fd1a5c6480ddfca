"""What the things of the domain are called where people read: Vietnamese first, English second."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from services.core.domain.delivery import DeliveryState, Operation
from services.core.domain.dossier import EntryKind, Status
from services.core.domain.false_late import FalseLateCause
from services.core.domain.park_owner import ParkOwner


class Bilingual(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str


#: As the portal calls them (portal-interface 2.4).
STATUSES: Final[Mapping[Status, Bilingual]] = MappingProxyType(
    {
        Status.REGISTERED: Bilingual("Mới đăng ký", "registered"),
        Status.RECEIVED: Bilingual("Được tiếp nhận", "received"),
        Status.REFUSED: Bilingual("Không được tiếp nhận", "refused"),
        Status.IN_PROCESS: Bilingual("Đang xử lý", "in process"),
        Status.SUPPLEMENT_REQUESTED: Bilingual("Yêu cầu bổ sung giấy tờ", "supplement requested"),
        Status.PAYMENT_REQUESTED: Bilingual("Yêu cầu thực hiện nghĩa vụ tài chính", "payment requested"),
        Status.WITHDRAWN: Bilingual("Công dân yêu cầu rút hồ sơ", "withdrawn"),
        Status.STOPPED: Bilingual("Dừng xử lý", "stopped"),
        Status.FINISHED: Bilingual("Đã xử lý xong", "finished"),
        Status.RETURNED: Bilingual("Đã trả kết quả", "returned"),
    }
)

KINDS: Final[Mapping[EntryKind, Bilingual]] = MappingProxyType(
    {
        EntryKind.PROGRESS: Bilingual("Tiến độ", "progress"),
        EntryKind.APOLOGY: Bilingual("Phiếu xin lỗi, hẹn lại ngày trả", "apology with a new date"),
        EntryKind.EXTENSION: Bilingual("Gia hạn", "extension"),
        EntryKind.CORRECTION: Bilingual("Đính chính", "correction"),
        EntryKind.PAYMENT: Bilingual("Đã nộp phí, lệ phí", "payment received"),
    }
)

STATES: Final[Mapping[DeliveryState, Bilingual]] = MappingProxyType(
    {
        DeliveryState.SYNCED: Bilingual("Đã đồng bộ", "synced"),
        DeliveryState.DUE: Bilingual("Chờ gửi", "due"),
        DeliveryState.LEASED: Bilingual("Đang gửi", "in hand"),
        DeliveryState.UNKNOWN: Bilingual("Chưa rõ kết quả", "outcome unknown"),
        DeliveryState.PARKED: Bilingual("Chờ cán bộ xử lý", "parked"),
        DeliveryState.CLOSED: Bilingual("Đã đóng, không gửi nữa", "closed"),
    }
)

PARK_OWNERS: Final[Mapping[ParkOwner, Bilingual]] = MappingProxyType(
    {
        ParkOwner.UNIT: Bilingual("Đơn vị của hồ sơ", "the dossier's unit"),
        ParkOwner.OPERATIONS: Bilingual("Bộ phận vận hành", "operations"),
        ParkOwner.DEVELOPERS: Bilingual("Đơn vị phát triển phần mềm", "developers"),
    }
)

FALSE_LATE_CAUSES: Final[Mapping[FalseLateCause, Bilingual]] = MappingProxyType(
    {
        FalseLateCause.NOT_YET_SENT: Bilingual("Chưa gửi", "not yet sent"),
        FalseLateCause.OUTCOME_UNKNOWN: Bilingual("Chưa rõ Cổng đã nhận chưa", "outcome unknown"),
        FalseLateCause.REJECTED: Bilingual("Cổng từ chối hồ sơ", "rejected by the portal"),
        FalseLateCause.PORTAL_DOWN: Bilingual("Cổng gián đoạn suốt thời gian đó", "portal down throughout"),
        FalseLateCause.SENT_AFTER_DUE: Bilingual(
            "Cơ quan báo kết thúc khi đã quá hạn trên Cổng", "reported when the portal already said late"
        ),
        FalseLateCause.GIVEN_UP: Bilingual("Cán bộ đã đóng, không gửi nữa", "closed by a person"),
        FalseLateCause.RULE_MISMATCH: Bilingual(
            "Cổng tính theo cách khác", "the portal reckons by another rule"
        ),
    }
)

OPERATIONS: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {
        Operation.LOGIN: Bilingual("Đăng nhập", "login"),
        Operation.CREATE: Bilingual("Gửi hồ sơ mới", "create"),
        Operation.UPDATE: Bilingual("Cập nhật hồ sơ", "update"),
        Operation.PROGRESS: Bilingual("Gửi tiến độ", "progress"),
        Operation.LOOK_UP: Bilingual("Tra cứu hồ sơ", "look up"),
    }
)
