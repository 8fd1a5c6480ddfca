"""What states, causes and outcomes are called on the pages: Vietnamese first, English second."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from services.core.domain.delivery import DeliveryState, Operation, ParkCause
from services.core.domain.dossier import EntryKind, Status
from services.core.domain.false_late import FalseLateCause
from services.core.domain.intervention import Action
from services.core.domain.verdict import Rule, Verdict


class Phrase(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str


#: As the portal calls them (portal-interface 2.4).
STATUSES: Final[Mapping[Status, Phrase]] = MappingProxyType(
    {
        Status.REGISTERED: Phrase("Mới đăng ký", "registered"),
        Status.RECEIVED: Phrase("Được tiếp nhận", "received"),
        Status.REFUSED: Phrase("Không được tiếp nhận", "refused"),
        Status.IN_PROCESS: Phrase("Đang xử lý", "in process"),
        Status.SUPPLEMENT_REQUESTED: Phrase("Yêu cầu bổ sung giấy tờ", "supplement requested"),
        Status.PAYMENT_REQUESTED: Phrase("Yêu cầu thực hiện nghĩa vụ tài chính", "payment requested"),
        Status.WITHDRAWN: Phrase("Công dân yêu cầu rút hồ sơ", "withdrawn"),
        Status.STOPPED: Phrase("Dừng xử lý", "stopped"),
        Status.FINISHED: Phrase("Đã xử lý xong", "finished"),
        Status.RETURNED: Phrase("Đã trả kết quả", "returned"),
    }
)

KINDS: Final[Mapping[EntryKind, Phrase]] = MappingProxyType(
    {
        EntryKind.PROGRESS: Phrase("Tiến độ", "progress"),
        EntryKind.APOLOGY: Phrase("Phiếu xin lỗi, hẹn lại ngày trả", "apology with a new date"),
        EntryKind.EXTENSION: Phrase("Gia hạn", "extension"),
        EntryKind.CORRECTION: Phrase("Đính chính", "correction"),
    }
)

STATES: Final[Mapping[DeliveryState, Phrase]] = MappingProxyType(
    {
        DeliveryState.SYNCED: Phrase("Đã đồng bộ", "synced"),
        DeliveryState.DUE: Phrase("Chờ gửi", "due"),
        DeliveryState.LEASED: Phrase("Đang gửi", "in hand"),
        DeliveryState.UNKNOWN: Phrase("Chưa rõ kết quả", "outcome unknown"),
        DeliveryState.PARKED: Phrase("Chờ cán bộ xử lý", "parked"),
        DeliveryState.CLOSED: Phrase("Đã đóng, không gửi nữa", "closed"),
    }
)

PARK_CAUSES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        ParkCause.REFUSED: Phrase("Cổng từ chối", "refused by the portal"),
        ParkCause.UNSENDABLE: Phrase("Chưa đủ điều kiện gửi", "not fit to be sent"),
        ParkCause.UNPROVABLE: Phrase("Không kiểm chứng được", "cannot be proven"),
        ParkCause.CONFLICT: Phrase("Lịch sử trên Cổng khác", "the portal holds another history"),
        ParkCause.CRASH_LOOP: Phrase("Tiến trình đồng bộ hỏng mỗi lần gửi", "workers crashed over it"),
    }
)

ACTIONS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {Action.REPLAY: Phrase("Gửi lại", "replayed"), Action.CLOSE: Phrase("Đóng, không gửi nữa", "closed")}
)

FALSE_LATE_CAUSES: Final[Mapping[FalseLateCause, Phrase]] = MappingProxyType(
    {
        FalseLateCause.NOT_YET_SENT: Phrase("Chưa gửi", "not yet sent"),
        FalseLateCause.OUTCOME_UNKNOWN: Phrase("Chưa rõ Cổng đã nhận chưa", "outcome unknown"),
        FalseLateCause.REJECTED: Phrase("Cổng từ chối hồ sơ", "rejected by the portal"),
        FalseLateCause.PORTAL_DOWN: Phrase("Cổng gián đoạn suốt thời gian đó", "portal down throughout"),
        FalseLateCause.SENT_AFTER_DUE: Phrase(
            "Cơ quan báo kết thúc khi đã quá hạn trên Cổng", "reported when the portal already said late"
        ),
        FalseLateCause.GIVEN_UP: Phrase("Cán bộ đã đóng, không gửi nữa", "closed by a person"),
        FalseLateCause.RULE_MISMATCH: Phrase(
            "Cổng tính theo cách khác", "the portal reckons by another rule"
        ),
    }
)

OPERATIONS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        Operation.LOGIN: Phrase("Đăng nhập", "login"),
        Operation.CREATE: Phrase("Gửi hồ sơ mới", "create"),
        Operation.UPDATE: Phrase("Cập nhật hồ sơ", "update"),
        Operation.PROGRESS: Phrase("Gửi tiến độ", "progress"),
        Operation.LOOK_UP: Phrase("Tra cứu hồ sơ", "look up"),
    }
)

#: The names that `domain.outcome` gives; a test holds the two together.
OUTCOMES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "accepted": Phrase("Cổng đã nhận", "accepted"),
        "already_exists": Phrase("Cổng báo đã có", "already exists"),
        "unsendable": Phrase("Chưa đủ điều kiện gửi", "unsendable"),
        "rejected": Phrase("Cổng từ chối", "rejected"),
        "throttled": Phrase("Cổng yêu cầu chờ", "throttled"),
        "auth": Phrase("Đăng nhập bị từ chối", "login refused"),
        "not_sent": Phrase("Không tới được Cổng", "not sent"),
        "unknown": Phrase("Chưa rõ kết quả", "outcome unknown"),
        "found": Phrase("Đã tra cứu", "looked up"),
    }
)

VERDICTS: Final[Mapping[Verdict, Phrase]] = MappingProxyType(
    {Verdict.ON_TIME: Phrase("Đúng hạn", "on time"), Verdict.LATE: Phrase("Quá hạn", "late")}
)

RULES: Final[Mapping[Rule, Phrase]] = MappingProxyType(
    {
        Rule.NOT_RECEIVED: Phrase("Chưa tiếp nhận nên chưa tính hạn.", "Not received, hence not judged."),
        Rule.NO_DUE_TIME: Phrase("Không có ngày hẹn trả.", "There is no due time."),
        Rule.RUNNING: Phrase(
            "Chưa thấy kết thúc: quá hạn khi qua ngày hẹn trả.", "No end seen: late once due."
        ),
        Rule.ENDED: Phrase(
            "Đã kết thúc: so lúc kết thúc với ngày hẹn trả.", "Ended: the end is compared with the due time."
        ),
        Rule.SUPPLEMENT_OPEN: Phrase(
            "Đang chờ bổ sung: so lúc yêu cầu với ngày hẹn trả.",
            "Waiting for a supplement: the request is compared with the due time.",
        ),
        Rule.SUPPLEMENT_REPEATED: Phrase(
            "Yêu cầu bổ sung hơn một lần: tính là quá hạn.", "More than one supplement request: late."
        ),
    }
)


def word_for(words: Mapping[str, Phrase], key: str) -> Phrase:
    """Name what the database says; what this version has no word for is shown as it is."""
    return words.get(key, Phrase(key, key))
