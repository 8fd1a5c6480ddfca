"""What one process of the desk API counts about itself."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

REQUESTS: Final = Metric(
    "lienthong_api_requests_total",
    Kind.COUNTER,
    "Số lần phần mềm một cửa gọi API, theo nhóm kết quả (2xx, 4xx, 5xx)",
    "Calls of desk software by route and class of the answer; probes of health are left out",
    labels=("method", "route", "status"),
)
REQUEST_SECONDS: Final = Metric(
    "lienthong_api_request_seconds",
    Kind.HISTOGRAM,
    "Thời gian trả lời mỗi lần gọi API, không tính lần lỗi 5xx",
    "Seconds until a call is answered in full; failures (5xx) are left out, because a quick one is no good",
    labels=("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
ALL: Final = (REQUESTS, REQUEST_SECONDS)
