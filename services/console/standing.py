"""How one dossier stands, what to do about it, and why the two verdicts differ if they do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.console.advice import FALSE_LATE_STEPS, NOT_OURS, PARK_STEPS
from services.console.concerns import Level
from services.console.writing import write_moment
from services.core.application.read_delivery import DeliveryView
from services.core.domain.delivery import DeliveryState
from services.core.domain.verdict import Verdict
from services.core.domain.wording import FALSE_LATE_CAUSES, Bilingual

_STEPS: Final[Mapping[DeliveryState, Bilingual]] = MappingProxyType(
    {
        DeliveryState.SYNCED: Bilingual(
            "Cổng đã ghi nhận tất cả; không phải làm gì.", "The portal holds everything; nothing to do."
        ),
        DeliveryState.DUE: Bilingual(
            "Tự được gửi vào lần kế tiếp; không phải làm gì.", "Goes with the next attempt; nothing to do."
        ),
        DeliveryState.LEASED: Bilingual(
            "Một tiến trình đang gửi; kết quả có trong chốc lát.", "A worker has it in hand at this moment."
        ),
        DeliveryState.UNKNOWN: Bilingual(
            "Có thể Cổng đã nhận; hệ thống tra cứu trước khi gửi lại.",
            "It may have arrived; the portal is asked before anything is sent again.",
        ),
        DeliveryState.PARKED: Bilingual("Cần cán bộ xem xét.", "A person has to look."),
        DeliveryState.CLOSED: Bilingual(
            "Cán bộ đã đóng, không gửi nữa; hồ sơ có thay đổi thì tự được gửi lại.",
            "A person has closed it, it is not sent any more; a change of the dossier sends it again.",
        ),
    }
)

_AGREED: Final[Mapping[Verdict, Bilingual]] = MappingProxyType(
    {
        Verdict.ON_TIME: Bilingual("Hai bên cùng kết luận: đúng hạn.", "Both agree: on time."),
        Verdict.LATE: Bilingual("Hai bên cùng kết luận: quá hạn thật.", "Both agree: really late."),
    }
)
_LATE_AT_DESK_ONLY: Final = Bilingual(
    "Cơ quan tính quá hạn, Cổng thì chưa: Cổng chưa có đủ tiến độ hoặc ngày hẹn trả mới.",
    "Late at the desk and not yet on the portal, which lacks entries or the present due time.",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How bad it is, and what to do next."""

    level: Level
    next_step: Bilingual


def standing_of(delivery: DeliveryView) -> Standing:
    """Rate a dossier. Being parked comes first: nothing else helps until somebody has looked."""
    record, cause = delivery.record, delivery.false_late_cause
    if record.state is DeliveryState.PARKED:
        step = _STEPS[record.state] if record.park_cause is None else PARK_STEPS[record.park_cause]
        return Standing(Level.WATCH if cause is None else Level.ACT, step)
    if cause is not None:
        return Standing(Level.WATCH if cause in NOT_OURS else Level.ACT, FALSE_LATE_STEPS[cause])
    uneasy = record.state is DeliveryState.UNKNOWN or record.attempts > 0
    return Standing(Level.WATCH if uneasy else Level.GOOD, _STEPS[record.state])


def difference_of(delivery: DeliveryView) -> Bilingual:
    """Say why the portal and the desk differ, or that they do not."""
    if delivery.false_late_cause is not None:
        cause = FALSE_LATE_CAUSES[delivery.false_late_cause]
        return Bilingual(
            f"Cổng báo trễ oan. Nguyên nhân: {cause.vi}.", f"Falsely late; the cause: {cause.en}."
        )
    record = delivery.record
    ended_on_time = record.ended_at is not None and record.desk_flagged_at is None
    if ended_on_time and record.accepted_at is None and record.flagged_at is not None:
        at = write_moment(record.flagged_at)
        return Bilingual(
            f"Chưa khác nhau, nhưng Cổng sẽ báo trễ oan từ {at} nếu đến lúc đó chưa ghi nhận kết thúc.",
            f"None yet; but falsely late from {at} unless the portal has acknowledged the end by then.",
        )
    if delivery.portal_verdict is delivery.desk_verdict:
        return _AGREED[delivery.desk_verdict]
    return _LATE_AT_DESK_ONLY
