"""Look-ups in the population database."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

LOOKUPS: Final = Metric(
    "lienthong_lookups_total",
    Kind.COUNTER,
    "Số lượt tra cứu CSDLQGVDC được trả lời",
    "Questions that the population database dealt with",
)
LOOKUP_RATE: Final = Metric(
    "lienthong_lookup_rate",
    Kind.GAUGE,
    "Số lượt tra cứu CSDLQGVDC trên mỗi hồ sơ tiếp nhận",
    "Questions to the population database per dossier taken in",
)
REUSED: Final = Metric(
    "lienthong_lookups_reused_total",
    Kind.COUNTER,
    "Số lần dùng lại kết quả tra cứu trước đó thay cho một lượt tra cứu",
    "Earlier matches that stood in for a question",
)
OVER_BUDGET: Final = Metric(
    "lienthong_lookups_over_budget_total",
    Kind.COUNTER,
    "Số lần tra cứu thủ công bị từ chối vì vượt mức của cán bộ hoặc đơn vị",
    "Look-ups by hand refused because an officer or a unit had asked too often",
    labels=("whose",),
)
NEEDED: Final = Metric(
    "lienthong_lookups_needed",
    Kind.GAUGE,
    "Số hồ sơ cần xác thực người nộp",
    "Dossiers whose applicant has to be verified",
)
SETTLED: Final = Metric(
    "lienthong_lookups_settled",
    Kind.GAUGE,
    "Số hồ sơ đã có kết quả tra cứu, theo kết quả; match là đã xác thực",
    "Dossiers whose look-up has come to an end, by outcome; match is verified",
    labels=("outcome",),
)
PENDING: Final = Metric(
    "lienthong_lookups_pending",
    Kind.GAUGE,
    "Số hồ sơ chờ kết quả tra cứu",
    "Dossiers whose look-up waits for an answer",
)
VERIFIED_SHARE: Final = Metric(
    "lienthong_verified_share",
    Kind.GAUGE,
    "Tỷ lệ hồ sơ có người nộp đã xác thực trên số hồ sơ cần xác thực, NaN khi chưa có",
    "Share of the dossiers that need it whose applicant is verified, NaN before the first",
)
ALL: Final = (LOOKUPS, LOOKUP_RATE, REUSED, OVER_BUDGET, NEEDED, SETTLED, PENDING, VERIFIED_SHARE)
