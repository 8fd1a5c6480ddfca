"""What one worker process counts about itself."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

DELIVERY_ATTEMPTS: Final = Metric(
    "lienthong_delivery_attempts_total",
    Kind.COUNTER,
    "Số lần gửi hồ sơ theo thao tác và kết quả; một lần gọi 50 hồ sơ tính là 50",
    "Dossiers in calls to the portal by operation and outcome; a call with 50 dossiers counts 50",
    labels=("operation", "outcome"),
)
PORTAL_CALLS_IN_FLIGHT: Final = Metric(
    "lienthong_portal_calls_in_flight",
    Kind.GAUGE,
    "Số lần gọi Cổng DVCQG đang chờ trả lời",
    "Calls to the portal that wait for an answer",
)
PORTAL_CALL_LIMIT: Final = Metric(
    "lienthong_portal_call_limit",
    Kind.GAUGE,
    "Số lần gọi Cổng DVCQG cùng lúc mà tiến trình này đang cho phép",
    "Calls to the portal that this worker now allows at a time",
)
RETRY_TOKENS: Final = Metric(
    "lienthong_portal_retry_tokens",
    Kind.GAUGE,
    "Hạn mức gửi lại còn lại của tiến trình này; gần 0 thì hồ sơ gửi lại bị giãn ra",
    "What is left of this worker's budget for retries; near 0 they are spaced out",
)
PORTAL_CALL_SECONDS: Final = Metric(
    "lienthong_portal_call_seconds",
    Kind.HISTOGRAM,
    "Thời gian mỗi lần gọi Cổng DVCQG",
    "Seconds per call to the portal, whatever its outcome",
    labels=("operation",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60),
)
PORTAL_LOGINS: Final = Metric(
    "lienthong_portal_logins_total",
    Kind.COUNTER,
    "Số lần đăng nhập Cổng DVCQG theo kết quả",
    "Logins at the portal by outcome",
    labels=("outcome",),
)
CLAIMS: Final = Metric(
    "lienthong_claims_total",
    Kind.COUNTER,
    "Số hồ sơ tiến trình này đã nhận để gửi",
    "Deliveries that this worker has leased",
)
WORKER_HEARTBEAT: Final = Metric(
    "lienthong_worker_heartbeat_timestamp_seconds",
    Kind.GAUGE,
    "Thời điểm vòng lặp gửi hồ sơ chạy gần nhất",
    "When the delivery loop of this worker last came round",
)
QUEUE_MENDED: Final = Metric(
    "lienthong_queue_mended_total",
    Kind.COUNTER,
    "Số dòng hàng đợi hỏng đã tự sửa, theo lỗi; bình thường luôn bằng 0",
    "Broken rows of the queue that the checks have mended, by fault; stays 0 in health",
    labels=("fault",),
)
QUEUE_STARVING: Final = Metric(
    "lienthong_queue_starving",
    Kind.GAUGE,
    "Số hồ sơ đến lượt hơn một giờ mà chưa được gửi trong khi Cổng vẫn nhận hồ sơ khác",
    "Dossiers due for over an hour and not tried meanwhile, although the portal took others",
)
POPULATION_CALLS: Final = Metric(
    "lienthong_population_calls_total",
    Kind.COUNTER,
    "Số lần hỏi CSDLQGVDC theo kết quả, kể cả lần không được trả lời",
    "Questions to the population database by outcome, those without an answer included",
    labels=("outcome",),
)
POPULATION_CALL_SECONDS: Final = Metric(
    "lienthong_population_call_seconds",
    Kind.HISTOGRAM,
    "Thời gian mỗi lần hỏi CSDLQGVDC",
    "Seconds per question to the population database, whatever its outcome",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30),
)
POPULATION_CONFIGURED: Final = Metric(
    "lienthong_population_configured",
    Kind.GAUGE,
    "1 nếu tiến trình này có địa chỉ CSDLQGVDC; 0 thì các lượt tra cứu chờ",
    "1 if this worker has an address of the population database; at 0 look-ups wait",
)
ALL: Final = (
    DELIVERY_ATTEMPTS,
    PORTAL_CALLS_IN_FLIGHT,
    PORTAL_CALL_LIMIT,
    RETRY_TOKENS,
    PORTAL_CALL_SECONDS,
    PORTAL_LOGINS,
    CLAIMS,
    WORKER_HEARTBEAT,
    QUEUE_MENDED,
    QUEUE_STARVING,
    POPULATION_CALLS,
    POPULATION_CALL_SECONDS,
    POPULATION_CONFIGURED,
)
