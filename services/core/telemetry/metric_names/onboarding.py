"""How far onboarding has got, and what waits for somebody."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

EVENTS: Final = Metric(
    "lienthong_onboarding_events_total",
    Kind.COUNTER,
    "Sự kiện hỗ trợ công dân số đã ghi nhận và còn hiệu lực, theo kết quả",
    "Onboarding events by outcome, without those that were corrected",
    labels=("outcome",),
)
DONE: Final = Metric(
    "lienthong_onboarding_done",
    Kind.GAUGE,
    "Số đối tượng đã hoàn thành từng bước",
    "Subjects who have a step done",
    labels=("step",),
)
WAITING: Final = Metric(
    "lienthong_onboarding_attempts_waiting",
    Kind.GAUGE,
    "Lần thực hiện đang chờ xử lý tiếp, theo trạng thái; stuck là mắc kẹt giữa hai hệ thống",
    "Attempts that wait for somebody, by state; stuck are those between two systems",
    labels=("state",),
)
WAITING_OLDEST_AGE: Final = Metric(
    "lienthong_onboarding_attempts_oldest_age_seconds",
    Kind.GAUGE,
    "Thời gian kể từ sự kiện cuối của lần thực hiện chờ lâu nhất theo trạng thái, 0 nếu không có",
    "Seconds since the last event of the attempt that waits longest, by state, 0 if there is none",
    labels=("state",),
)
UNIT_DONE: Final = Metric(
    "lienthong_unit_onboarding_done",
    Kind.GAUGE,
    "Số đối tượng của đơn vị đã hoàn thành từng bước",
    "Subjects of a unit who have a step done",
    labels=("unit", "step"),
)
UNIT_ELIGIBLE: Final = Metric(
    "lienthong_unit_onboarding_eligible",
    Kind.GAUGE,
    "Số người thuộc diện của đơn vị cho từng bước",
    "Those eligible for a step in a unit; absent where nobody was counted",
    labels=("unit", "step"),
)
UNIT_COVERAGE: Final = Metric(
    "lienthong_unit_onboarding_coverage",
    Kind.GAUGE,
    "Tỷ lệ hoàn thành từng bước của đơn vị trên số người thuộc diện",
    "Share of those eligible in a unit who have a step done; absent where nobody was counted",
    labels=("unit", "step"),
)

ALL: Final = (EVENTS, DONE, WAITING, WAITING_OLDEST_AGE, UNIT_DONE, UNIT_ELIGIBLE, UNIT_COVERAGE)
