"""What the printed proof says: Vietnamese first, English second."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.api.problems import Said
from services.api.schemas.proof import CallOut
from services.core.domain.deadline import VIETNAM
from services.core.domain.delivery import Operation
from services.core.domain.false_late import OutageKind
from services.core.domain.receipt import FOUND, RECORD_ABSENT, AcknowledgedBy
from services.core.domain.verdict import Comparison, Verdict

VERDICTS: Final[Mapping[Verdict, Said]] = MappingProxyType(
    {Verdict.ON_TIME: Said("Đúng hạn", "on time"), Verdict.LATE: Said("Quá hạn", "late")}
)

ACKNOWLEDGED: Final[Mapping[AcknowledgedBy, Said]] = MappingProxyType(
    {
        AcknowledgedBy.RECEIPT: Said("Cổng trả lời đã nhận", "receipt"),
        AcknowledgedBy.LOOK_UP: Said("Mất trả lời, tra cứu thấy Cổng đã có", "answer lost, found by look-up"),
        AcknowledgedBy.OFF_RECORD: Said(
            "Cổng đã có; biên nhận không còn lưu", "on the portal; receipt no longer held"
        ),
    }
)

COMPARISONS: Final[Mapping[Comparison, Said]] = MappingProxyType(
    {
        Comparison.INSTANT: Said("so đến từng giây", "compared to the second"),
        Comparison.DATE_ONLY: Said("chỉ so ngày", "days are compared"),
    }
)

WINDOWS: Final[Mapping[OutageKind, Said]] = MappingProxyType(
    {
        OutageKind.UNREACHABLE: Said("Không lần gọi nào được trả lời", "no call was answered"),
        OutageKind.REFUSED: Said("Cổng từ chối phục vụ", "the portal refused service"),
    }
)

#: What an outcome means for the dossier, in a whole sentence: a retry must not look like a mistake.
_OUTCOMES: Final[Mapping[str, Said]] = MappingProxyType(
    {
        "accepted": Said("Cổng trả lời đã nhận.", "The portal accepted."),
        "already_exists": Said(
            "Cổng báo đã có; hệ thống tra cứu xem Cổng đang giữ những gì.",
            "The portal says it is there already; we look up what it holds.",
        ),
        "rejected": Said(
            "Cổng từ chối lần gửi này; không có gì được tính là đã nhận.", "The portal refused the call."
        ),
        "throttled": Said(
            "Cổng yêu cầu chờ; chưa có gì được nhận, sẽ gửi lại.",
            "The portal asked to wait; sent again later.",
        ),
        "auth": Said(
            "Cổng từ chối đăng nhập; chưa có gì được gửi, sẽ gửi lại.", "Login refused; nothing was sent."
        ),
        "not_sent": Said(
            "Không kết nối được tới Cổng; chắc chắn chưa tới nơi nên được gửi lại.",
            "No connection: certainly not arrived, hence sent again.",
        ),
        "unknown": Said(
            "Đã gửi nhưng mất câu trả lời: có thể Cổng đã nhận. Hệ thống tra cứu trước khi gửi lại.",
            "Sent, answer lost: it may have arrived. The portal is asked before anything is sent again.",
        ),
    }
)
_LOOK_UP_LOST: Final = Said(
    "Tra cứu chưa có câu trả lời; chưa gửi lại gì.", "The look-up got no answer; nothing is sent meanwhile."
)
_ABSENT: Final = Said(
    "Cổng trả lời chưa có hồ sơ: lần gửi trước không tới nơi, gửi lại không bị trùng.",
    "The portal does not hold it: the earlier call did not arrive, sending again doubles nothing.",
)
_PRESENT: Final = Said(
    "Cổng cho xem những gì đang giữ; chỉ phần còn thiếu được gửi tiếp.",
    "The portal shows what it holds; only what is missing is sent.",
)


def meaning_of(call: CallOut) -> Said:
    """Say in a sentence what came of a call; an outcome of another version stays as it is written."""
    if call.operation is Operation.LOOK_UP:
        if call.outcome != FOUND:
            return _LOOK_UP_LOST
        return _ABSENT if call.words == RECORD_ABSENT else _PRESENT
    return _OUTCOMES.get(call.outcome, Said(call.outcome, call.outcome))


def moment(at: datetime | None) -> str:
    """Write an instant to the second, in Vietnamese time; nothing is a dash."""
    return "–" if at is None else f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def duration(seconds: int) -> Said:
    """Write a length of time in hours, minutes and seconds."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return Said(f"{hours} giờ {minutes} phút {left} giây", f"{hours} h {minutes} min {left} s")
