"""What label values are called in legends: the words of the domain and the console, and a few of our own."""

from typing import Final

from deploy.grafana.boards.panel import Words
from services.console.words import OUTCOMES as DELIVERY_OUTCOMES
from services.console.words import PARK_CAUSES
from services.core.application.check_queue import QueueFault
from services.core.domain.lookup.answer import Result
from services.core.domain.onboarding.attempt import AttemptState
from services.core.domain.onboarding.event import EventOutcome
from services.core.domain.onboarding.step import STANDARD_STEPS
from services.core.domain.wording import FALSE_LATE_CAUSES, OPERATIONS, PARK_OWNERS, STATES, Bilingual

CAUSES: Final[Words] = {str(cause): words for cause, words in FALSE_LATE_CAUSES.items()}
DELIVERY_STATES: Final[Words] = {str(state): words for state, words in STATES.items()}
PORTAL_OPERATIONS: Final[Words] = {str(operation): words for operation, words in OPERATIONS.items()}
PARKED: Final[Words] = {str(cause): words for cause, words in PARK_CAUSES.items()}
OWNERS: Final[Words] = {str(owner): words for owner, words in PARK_OWNERS.items()}
STAGES: Final[Words] = {
    "queued": Bilingual("Xử lý xong → vào hàng đợi", "desk finish → queued"),
    "accepted": Bilingual("Vào hàng đợi → ghi nhận", "queued → accepted"),
    "visible": Bilingual("Ghi nhận → thấy trên Cổng", "accepted → visible"),
}
OUTCOMES: Final[Words] = DELIVERY_OUTCOMES
STEPS: Final[Words] = {code: Bilingual(step.name_vi, step.name_en) for code, step in STANDARD_STEPS.items()}
LOOKUP_RESULTS: Final[Words] = {
    Result.MATCH: Bilingual("Khớp", "match"),
    Result.MISMATCH: Bilingual("Không khớp", "mismatch"),
    Result.NOT_FOUND: Bilingual("Không tìm thấy", "not found"),
    Result.REFUSED: Bilingual("Bị từ chối", "refused"),
    Result.UNAVAILABLE: Bilingual("Không kết nối được", "unavailable"),
    Result.UNKNOWN: Bilingual("Chưa rõ kết quả", "outcome unknown"),
}
ATTEMPT_STATES: Final[Words] = {
    AttemptState.OPEN: Bilingual("Đang làm", "open"),
    AttemptState.INTERRUPTED: Bilingual("Bị ngắt giữa chừng", "interrupted"),
    AttemptState.STUCK: Bilingual("Mắc kẹt giữa hai hệ thống", "stuck between systems"),
    AttemptState.FAILED: Bilingual("Chờ làm lại", "waits for another try"),
}
EVENT_OUTCOMES: Final[Words] = {
    EventOutcome.STARTED: Bilingual("Bắt đầu", "started"),
    EventOutcome.RESUMED: Bilingual("Làm tiếp", "resumed"),
    EventOutcome.INTERRUPTED: Bilingual("Bị ngắt", "interrupted"),
    EventOutcome.FAILED: Bilingual("Không thành", "failed"),
    EventOutcome.COMPLETED: Bilingual("Hoàn thành", "completed"),
    EventOutcome.GIVEN_UP: Bilingual("Bỏ", "given up"),
    EventOutcome.DEACTIVATED: Bilingual("Hủy kích hoạt", "deactivated"),
}
WHOSE: Final[Words] = {
    "officer": Bilingual("Mức của cán bộ", "an officer's budget"),
    "unit": Bilingual("Mức của đơn vị", "a unit's budget"),
}
QUEUE_FAULTS: Final[Words] = {
    QueueFault.ENDLESS_LEASE: Bilingual("Giữ mãi không gửi", "leased for ever"),
    QueueFault.ENDLESS_WAIT: Bilingual("Hẹn giờ gửi sai", "due at no time"),
    QueueFault.NO_ROW: Bilingual("Hồ sơ thiếu dòng hàng đợi", "no row"),
    QueueFault.BEHIND: Bilingual("Không biết thay đổi cuối", "behind its dossier"),
}
WINDOWS: Final[Words] = {
    "1h": Bilingual("trong 1 giờ", "within 1 h"),
    "4h": Bilingual("trong 4 giờ", "within 4 h"),
    "24h": Bilingual("trong 24 giờ", "within 24 h"),
}
SEVERITIES: Final[Words] = {
    "page": Bilingual("Gọi ngay", "page"),
    "ticket": Bilingual("Phiếu việc", "ticket"),
}
ALERT_STATES: Final[Words] = {
    "firing": Bilingual("Đang báo", "firing"),
    "pending": Bilingual("Sắp báo", "pending"),
}
