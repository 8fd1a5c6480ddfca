"""What is called in the words of these pages alone: Vietnamese first, English second."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.core.domain.delivery import ParkCause
from services.core.domain.intervention import Action
from services.core.domain.verdict import Rule, Verdict
from services.core.domain.wording import Bilingual

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


def word_for(words: Mapping[str, Bilingual], key: str) -> Bilingual:
    """Name what the database says; what this version has no word for is shown as it is."""
    return words.get(key, Bilingual(key, key))
