"""What is called in the words of these pages alone: Vietnamese first, English second."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.core.domain.delivery import ParkCause
from services.core.domain.false_late import OutageKind
from services.core.domain.intervention import Action
from services.core.domain.onboarding.attempt import AttemptState
from services.core.domain.receipt import AcknowledgedBy
from services.core.domain.reconciliation import Direction
from services.core.domain.verdict import Rule, Verdict
from services.core.domain.wording import Bilingual
from services.core.persistence.reconciliations import Effect

PARK_CAUSES: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {
        ParkCause.REFUSED: Bilingual("Cổng từ chối", "refused by the portal"),
        ParkCause.UNSENDABLE: Bilingual("Chưa đủ điều kiện gửi", "not fit to be sent"),
        ParkCause.UNPROVABLE: Bilingual("Không kiểm chứng được", "cannot be proven"),
        ParkCause.CONFLICT: Bilingual("Lịch sử trên Cổng khác", "the portal holds another history"),
        ParkCause.CRASH_LOOP: Bilingual("Tiến trình đồng bộ hỏng mỗi lần gửi", "workers crashed over it"),
    }
)

ACTIONS: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {
        Action.REPLAY: Bilingual("Gửi lại", "replayed"),
        Action.CLOSE: Bilingual("Đóng, không gửi nữa", "closed"),
    }
)


#: The names that `domain.outcome` gives; a test holds the two together.
OUTCOMES: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {
        "accepted": Bilingual("Cổng đã nhận", "accepted"),
        "already_exists": Bilingual("Cổng báo đã có", "already exists"),
        "unsendable": Bilingual("Chưa đủ điều kiện gửi", "unsendable"),
        "rejected": Bilingual("Cổng từ chối", "rejected"),
        "throttled": Bilingual("Cổng yêu cầu chờ", "throttled"),
        "auth": Bilingual("Đăng nhập bị từ chối", "login refused"),
        "not_sent": Bilingual("Không tới được Cổng", "not sent"),
        "unknown": Bilingual("Chưa rõ kết quả", "outcome unknown"),
        "found": Bilingual("Đã tra cứu", "looked up"),
    }
)

VERDICTS: Final[Mapping[Verdict, Bilingual]] = MappingProxyType(
    {Verdict.ON_TIME: Bilingual("Đúng hạn", "on time"), Verdict.LATE: Bilingual("Quá hạn", "late")}
)

RULES: Final[Mapping[Rule, Bilingual]] = MappingProxyType(
    {
        Rule.NOT_RECEIVED: Bilingual("Chưa tiếp nhận nên chưa tính hạn.", "Not received, hence not judged."),
        Rule.NO_DUE_TIME: Bilingual("Không có ngày hẹn trả.", "There is no due time."),
        Rule.RUNNING: Bilingual(
            "Chưa thấy kết thúc: quá hạn khi qua ngày hẹn trả.", "No end seen: late once due."
        ),
        Rule.ENDED: Bilingual(
            "Đã kết thúc: so lúc kết thúc với ngày hẹn trả.", "Ended: the end is compared with the due time."
        ),
        Rule.SUPPLEMENT_OPEN: Bilingual(
            "Đang chờ bổ sung: so lúc yêu cầu với ngày hẹn trả.",
            "Waiting for a supplement: the request is compared with the due time.",
        ),
        Rule.SUPPLEMENT_REPEATED: Bilingual(
            "Yêu cầu bổ sung hơn một lần: tính là quá hạn.", "More than one supplement request: late."
        ),
    }
)

OUTAGE_KINDS: Final[Mapping[OutageKind, Bilingual]] = MappingProxyType(
    {
        OutageKind.UNREACHABLE: Bilingual("Không trả lời", "no answer"),
        OutageKind.REFUSED: Bilingual("Trả lời nhưng từ chối phục vụ", "answers, and refuses service"),
    }
)

PROOFS: Final[Mapping[AcknowledgedBy, Bilingual]] = MappingProxyType(
    {
        AcknowledgedBy.RECEIPT: Bilingual("Biên nhận của Cổng", "receipt of the portal"),
        AcknowledgedBy.LOOK_UP: Bilingual("Tra cứu thấy trên Cổng", "seen on the portal when asked"),
        AcknowledgedBy.OFF_RECORD: Bilingual(
            "Nhật ký thời gian đó không còn lưu", "calls of that time are no longer held"
        ),
    }
)

DIRECTIONS: Final[Mapping[Direction, Bilingual]] = MappingProxyType(
    {
        Direction.OURS_NOT_THEIRS: Bilingual("Cổng thiếu", "the portal lacks it"),
        Direction.THEIRS_NOT_OURS: Bilingual("Ta thiếu", "we lack it"),
        Direction.BOTH_DIFFER: Bilingual("Hai bên khác nhau", "both differ"),
    }
)

EFFECTS: Final[Mapping[Effect, Bilingual]] = MappingProxyType(
    {
        Effect.REPORTED: Bilingual(
            "Chưa sửa: chạy lại với --repair để sửa", "not mended: run it again with --repair"
        ),
        Effect.ASKED: Bilingual(
            "Sẽ tra cứu rồi gửi phần Cổng thiếu", "will be looked up, then what is missing is sent"
        ),
        Effect.PARKED: Bilingual(
            "Chờ cán bộ: Cổng giữ nhiều hơn ta có", "parked: the portal holds more than we have"
        ),
        Effect.LEFT_TO_PERSON: Bilingual("Chờ cán bộ", "left to a person"),
        Effect.MOVED_ON: Bilingual("Đã đổi trong lúc đối soát", "changed meanwhile"),
        Effect.POSTPONED: Bilingual("Để lần sau, vì giới hạn mỗi phút", "left for the next run by the rate"),
    }
)

RUN_OUTCOMES: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {
        "complete": Bilingual("Đủ", "complete"),
        "incomplete": Bilingual("Chưa đủ", "incomplete"),
        "abandoned": Bilingual("Bỏ dở", "abandoned"),
    }
)

ATTEMPT_STATES: Final[Mapping[AttemptState, Bilingual]] = MappingProxyType(
    {
        AttemptState.OPEN: Bilingual("Đang làm", "under way"),
        AttemptState.INTERRUPTED: Bilingual("Gián đoạn", "interrupted"),
        AttemptState.STUCK: Bilingual("Kẹt giữa hai hệ thống", "stuck between two systems"),
        AttemptState.FAILED: Bilingual("Không thành, chờ thử lại", "failed, waits for another try"),
        AttemptState.COMPLETED: Bilingual("Xong", "completed"),
        AttemptState.GIVEN_UP: Bilingual("Thôi", "given up"),
    }
)

#: How far a share is from its target, beside the colour.
TARGET_LEVELS: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {
        "good": Bilingual("Đạt", "reached"),
        "watch": Bilingual("Gần đạt", "close"),
        "act": Bilingual("Chưa đạt", "not reached"),
        "unmeasured": Bilingual("Chưa tính được", "not rated"),
    }
)


def word_for(words: Mapping[str, Bilingual], key: str) -> Bilingual:
    """Name what the database says; what this version has no word for is shown as it is."""
    return words.get(key, Bilingual(key, key))
