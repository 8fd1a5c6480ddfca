"""The standing of single units; a setting switches these off."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

UNSYNCED: Final = Metric(
    "lienthong_unit_unsynced",
    Kind.GAUGE,
    "Hồ sơ chưa đồng bộ của đơn vị",
    "Unsynced dossiers of a unit",
    labels=("unit",),
)
OLDEST_UNSYNCED_AGE: Final = Metric(
    "lienthong_unit_oldest_unsynced_age_seconds",
    Kind.GAUGE,
    "Tuổi của hồ sơ chưa đồng bộ chờ lâu nhất của đơn vị, 0 nếu không có",
    "Seconds since a unit's oldest unsynced delivery became due, 0 if there is none",
    labels=("unit",),
)
FLAGGED_LATE: Final = Metric(
    "lienthong_unit_flagged_late",
    Kind.GAUGE,
    "Hồ sơ của đơn vị mà Cổng DVCQG coi là quá hạn",
    "Dossiers of a unit as counted by lienthong_flagged_late",
    labels=("unit",),
)
FALSE_LATE: Final = Metric(
    "lienthong_unit_false_late",
    Kind.GAUGE,
    "Hồ sơ báo trễ oan của đơn vị",
    "Dossiers of a unit as counted by lienthong_false_late, all causes",
    labels=("unit",),
)
RECEIVED: Final = Metric(
    "lienthong_unit_dossiers_received_total",
    Kind.COUNTER,
    "Hồ sơ đơn vị đã tiếp nhận",
    "Dossiers that a unit has taken in",
    labels=("unit",),
)
ENDED: Final = Metric(
    "lienthong_unit_dossiers_ended_total",
    Kind.COUNTER,
    "Hồ sơ đơn vị đã xử lý xong",
    "Dossiers that a unit has ended",
    labels=("unit",),
)
ACCEPTED: Final = Metric(
    "lienthong_unit_dossiers_accepted_total",
    Kind.COUNTER,
    "Hồ sơ của đơn vị mà Cổng DVCQG đã ghi nhận kết thúc",
    "Dossiers of a unit whose ending the portal has acknowledged",
    labels=("unit",),
)
ALL: Final = (
    UNSYNCED,
    OLDEST_UNSYNCED_AGE,
    FLAGGED_LATE,
    FALSE_LATE,
    RECEIVED,
    ENDED,
    ACCEPTED,
)
