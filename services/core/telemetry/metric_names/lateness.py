"""What the portal calls late, and what it is about to."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

FLAGGED_LATE: Final = Metric(
    "lienthong_flagged_late",
    Kind.GAUGE,
    "Hồ sơ mà Cổng DVCQG coi là quá hạn, kể cả đã ghi nhận muộn",
    "Dossiers that the portal counts as late now, or did when it acknowledged their ending",
)
FLAGGED_LATE_SHARE: Final = Metric(
    "lienthong_flagged_late_share",
    Kind.GAUGE,
    "Tỷ lệ hồ sơ Cổng DVCQG coi là quá hạn trên tổng số, NaN khi chưa có hồ sơ",
    "Share of all dossiers that lienthong_flagged_late counts, NaN before the first dossier",
)
ACCEPTED_LATE: Final = Metric(
    "lienthong_accepted_late_total",
    Kind.COUNTER,
    "Hồ sơ được ghi nhận sau khi đã bị coi là quá hạn: desk là quá hạn thật, false là báo trễ oan",
    "Endings acknowledged after the flag: desk if the desk was late too, false if it was not",
    labels=("lateness",),
)
FALSE_LATE: Final = Metric(
    "lienthong_false_late",
    Kind.GAUGE,
    "Hồ sơ báo trễ oan theo nguyên nhân, còn chờ và đã ghi nhận",
    "Falsely late dossiers by cause, those still open and those settled since",
    labels=("cause",),
)
FALSE_LATE_OPEN: Final = Metric(
    "lienthong_false_late_open",
    Kind.GAUGE,
    "Hồ sơ đang bị báo trễ oan, Cổng DVCQG chưa ghi nhận kết thúc",
    "Falsely late dossiers whose ending the portal has not acknowledged yet",
    labels=("cause",),
)
FALSE_LATE_SETTLED: Final = Metric(
    "lienthong_false_late_settled_total",
    Kind.COUNTER,
    "Hồ sơ từng bị báo trễ oan, nay Cổng DVCQG đã ghi nhận kết thúc",
    "Falsely late dossiers whose ending the portal has acknowledged since",
    labels=("cause",),
)
AT_RISK: Final = Metric(
    "lienthong_at_risk",
    Kind.GAUGE,
    "Hồ sơ xong đúng hạn, chưa được ghi nhận và sẽ bị báo trễ oan trong 1/4/24 giờ tới (cộng dồn)",
    "Dossiers ended on time, not acknowledged, and flagged within 1/4/24 hours (each includes the shorter)",
    labels=("within",),
)
FORECAST_FALSE_LATE: Final = Metric(
    "lienthong_forecast_false_late",
    Kind.GAUGE,
    "Dự báo số hồ sơ sẽ bị báo trễ oan trong 1/4/24 giờ tới nếu Cổng DVCQG vẫn như lúc này (cộng dồn)",
    "Dossiers that will be falsely late within 1/4/24 hours if the portal stays as it is (cumulative)",
    labels=("within",),
)
MIN_SECONDS_TO_FLAG: Final = Metric(
    "lienthong_min_seconds_to_flag",
    Kind.GAUGE,
    "Thời gian còn lại đến ca báo trễ oan kế tiếp, +Inf nếu không có trong 24 giờ tới",
    "Seconds until the next dossier becomes falsely late, +Inf if none will within 24 hours",
)
ALL: Final = (
    FLAGGED_LATE,
    FLAGGED_LATE_SHARE,
    ACCEPTED_LATE,
    FALSE_LATE,
    FALSE_LATE_OPEN,
    FALSE_LATE_SETTLED,
    AT_RISK,
    FORECAST_FALSE_LATE,
    MIN_SECONDS_TO_FLAG,
)
