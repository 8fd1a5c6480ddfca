"""The health of the portal, as all workers together have seen it."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

LAST_SUCCESS: Final = Metric(
    "lienthong_portal_last_success_timestamp_seconds",
    Kind.GAUGE,
    "Thời điểm gọi Cổng DVCQG thành công gần nhất, 0 nếu chưa từng",
    "When an operation of the portal last succeeded, 0 if never",
    labels=("operation",),
)
FAILING_SINCE: Final = Metric(
    "lienthong_portal_failing_since_timestamp_seconds",
    Kind.GAUGE,
    "Thời điểm bắt đầu chuỗi lỗi hiện tại, 0 nếu đang tốt",
    "When the present run of failures of an operation began, 0 if its last call succeeded",
    labels=("operation",),
)
CONSECUTIVE_FAILURES: Final = Metric(
    "lienthong_portal_consecutive_failures",
    Kind.GAUGE,
    "Số lần gọi Cổng DVCQG lỗi liên tiếp",
    "Calls of an operation that failed since its last success",
    labels=("operation",),
)
GATE_OPEN: Final = Metric(
    "lienthong_portal_gate_open",
    Kind.GAUGE,
    "1 khi thao tác tạm ngừng gọi Cổng DVCQG, chỉ thăm dò",
    "1 while an operation is not called but for probes",
    labels=("operation",),
)
GATE_HELD: Final = Metric(
    "lienthong_portal_gate_held",
    Kind.GAUGE,
    "1 khi thao tác tạm ngừng theo yêu cầu của Cổng DVCQG",
    "1 while an operation waits because the portal asked for patience",
    labels=("operation",),
)
DIFFERENCES: Final = Metric(
    "lienthong_reconciliation_differences",
    Kind.GAUGE,
    "Hồ sơ mà hai bên giữ khác nhau trong lần đối soát gần nhất đã xong",
    "Dossiers that the two sides did not hold alike at the last finished reconciliation",
    labels=("direction",),
)
RECONCILED: Final = Metric(
    "lienthong_reconciliation_timestamp_seconds",
    Kind.GAUGE,
    "Thời điểm lần đối soát gần nhất đã xong, 0 nếu chưa từng",
    "When the last reconciliation was finished, 0 if never",
)
OUTAGE_OPEN: Final = Metric(
    "lienthong_portal_outage_open",
    Kind.GAUGE,
    "1 khi Cổng DVCQG đang gián đoạn",
    "1 while no call gets through to the portal",
)
OUTAGES: Final = Metric(
    "lienthong_portal_outages_total",
    Kind.COUNTER,
    "Số đợt gián đoạn của Cổng DVCQG",
    "Portal outages, the present one included",
)
OUTAGE_SECONDS: Final = Metric(
    "lienthong_portal_outage_seconds_total",
    Kind.COUNTER,
    "Tổng thời gian Cổng DVCQG gián đoạn",
    "Seconds in portal outages, from the first failed call of each; the present one counts on",
)
ALL: Final = (
    LAST_SUCCESS,
    FAILING_SINCE,
    CONSECUTIVE_FAILURES,
    GATE_OPEN,
    GATE_HELD,
    DIFFERENCES,
    RECONCILED,
    OUTAGE_OPEN,
    OUTAGES,
    OUTAGE_SECONDS,
)
