"""The live estimate of index 766; a setting switches it off with the other series of units."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

POINTS: Final = Metric(
    "lienthong_index766_points",
    Kind.GAUGE,
    "Ước tính điểm Bộ chỉ số 766 của đơn vị trong tháng này; TOTAL là tổng, từng chỉ số chỉ có ở cấp tỉnh",
    "Estimated points of index 766 of a unit this month; TOTAL is the sum, indicators are a province's only",
    labels=("unit", "indicator"),
)
ALL: Final = (POINTS,)
