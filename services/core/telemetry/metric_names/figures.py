"""Published figures over all time; `/v1/reports` has them by period, unit and procedure."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

#: Which report of the API has the figure, and its name there.
_LABELS: Final = ("report", "figure")

NUMERATOR: Final = Metric(
    "lienthong_figure_numerator",
    Kind.GAUGE,
    "Tử số của chỉ tiêu công bố, từ trước đến nay; tiền tính bằng đồng",
    "Numerator of a published figure over all time; sums are in dong",
    labels=_LABELS,
)
DENOMINATOR: Final = Metric(
    "lienthong_figure_denominator",
    Kind.GAUGE,
    "Mẫu số của chỉ tiêu công bố, từ trước đến nay; tiền tính bằng đồng",
    "Denominator of a published figure over all time; sums are in dong",
    labels=_LABELS,
)
ACCEPTANCE_OVERDUE: Final = Metric(
    "lienthong_acceptance_overdue",
    Kind.GAUGE,
    "Hồ sơ nộp trực tuyến chưa được trả lời sau 8 giờ làm việc",
    "Online filings that nobody has answered within eight working hours",
)
ALL: Final = (NUMERATOR, DENOMINATOR, ACCEPTANCE_OVERDUE)
