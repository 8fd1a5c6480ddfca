"""What there is to deliver, and how far it has got."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

DELIVERIES: Final = Metric(
    "lienthong_deliveries",
    Kind.GAUGE,
    "Số hồ sơ theo trạng thái đồng bộ",
    "Dossiers by state of their delivery",
    labels=("state",),
)
DELIVERIES_OLDEST_AGE: Final = Metric(
    "lienthong_deliveries_oldest_age_seconds",
    Kind.GAUGE,
    "Tuổi của hồ sơ chờ lâu nhất trong từng trạng thái, 0 nếu không có",
    "Seconds since the oldest delivery in each state became due, 0 if there is none",
    labels=("state",),
)
OLDEST_UNSYNCED_AGE: Final = Metric(
    "lienthong_oldest_unsynced_age_seconds",
    Kind.GAUGE,
    "Tuổi của hồ sơ chưa đồng bộ chờ lâu nhất, 0 nếu không có",
    "Seconds since the oldest unsynced delivery became due, 0 if there is none",
)
BACKLOG: Final = Metric(
    "lienthong_backlog",
    Kind.GAUGE,
    "Hồ sơ đang chờ, theo thời gian đã chờ (age) và thời gian còn lại đến khi bị coi là quá hạn (left)",
    "Dossiers that wait, by how long they have waited (age) and how long until the flag (left)",
    labels=("age", "left"),
)
PARKED: Final = Metric(
    "lienthong_parked",
    Kind.GAUGE,
    "Hồ sơ chờ cán bộ xử lý, theo nguyên nhân và bên phải xử lý",
    "Deliveries that wait for a person, by cause and by who has to act",
    labels=("cause", "owner"),
)
PARKED_REFUSED: Final = Metric(
    "lienthong_parked_refused",
    Kind.GAUGE,
    "Hồ sơ bị Cổng DVCQG từ chối đang chờ cán bộ: 10 thủ tục nhiều nhất trong 2.000 hồ sơ gần đây nhất",
    "Refused dossiers that wait for a person: the ten procedures with most of the 2,000 latest",
    labels=("procedure",),
)
PARKED_OLDEST_AGE: Final = Metric(
    "lienthong_parked_oldest_age_seconds",
    Kind.GAUGE,
    "Tuổi của hồ sơ chờ cán bộ xử lý lâu nhất theo nguyên nhân và bên phải xử lý, 0 nếu không có",
    "Seconds since the oldest parked delivery of each cause and owner became due, 0 if there is none",
    labels=("cause", "owner"),
)
RECEIVED: Final = Metric(
    "lienthong_dossiers_received_total", Kind.COUNTER, "Hồ sơ đã tiếp nhận", "Dossiers taken in"
)
ENDED: Final = Metric(
    "lienthong_dossiers_ended_total",
    Kind.COUNTER,
    "Hồ sơ đã xử lý xong tại cơ quan",
    "Dossiers that the desk has ended",
)
ACCEPTED: Final = Metric(
    "lienthong_dossiers_accepted_total",
    Kind.COUNTER,
    "Hồ sơ mà Cổng DVCQG đã ghi nhận kết thúc",
    "Dossiers whose ending the portal has acknowledged",
)
SYNCED_SHARE: Final = Metric(
    "lienthong_synced_share",
    Kind.GAUGE,
    "Tỷ lệ hồ sơ đã đồng bộ trên tổng số, NaN khi chưa có hồ sơ",
    "Share of all dossiers of which the portal holds everything, NaN before the first dossier",
)
ACCEPTED_SHARE: Final = Metric(
    "lienthong_accepted_share",
    Kind.GAUGE,
    "Tỷ lệ hồ sơ đã xử lý xong mà Cổng DVCQG ghi nhận, NaN khi chưa có",
    "Share of ended dossiers whose ending the portal has acknowledged, NaN before the first ending",
)
SYNC_LAG: Final = Metric(
    "lienthong_sync_lag_seconds",
    Kind.HISTOGRAM,
    "Độ trễ theo chặng: xử lý xong → vào hàng đợi → Cổng DVCQG ghi nhận → thấy trên Cổng (hỏi mẫu)",
    "Seconds by stage: desk finish → queued → accepted → visible on the portal (a sample is asked about)",
    labels=("stage",),
    buckets=(1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400, 259_200),
)
ACCEPTED_SLOW: Final = Metric(
    "lienthong_dossiers_accepted_slow_total",
    Kind.COUNTER,
    "Hồ sơ mà Cổng DVCQG ghi nhận kết thúc sau hơn 5 phút: down nếu Cổng gián đoạn trong 5 phút đó",
    "Endings acknowledged over five minutes after the report: down if the portal had an outage in those five",
    labels=("portal",),
)
ACCEPTED_UNSEEN: Final = Metric(
    "lienthong_accepted_unseen",
    Kind.GAUGE,
    "Hồ sơ (trong mẫu đã hỏi) mà Cổng DVCQG đã ghi nhận nhưng khi tra cứu chưa cho thấy",
    "Dossiers (of the sample asked about) that the portal acknowledged and did not show when last looked up",
)
ALL: Final = (
    DELIVERIES,
    DELIVERIES_OLDEST_AGE,
    OLDEST_UNSYNCED_AGE,
    BACKLOG,
    PARKED,
    PARKED_OLDEST_AGE,
    PARKED_REFUSED,
    RECEIVED,
    ENDED,
    ACCEPTED,
    SYNCED_SHARE,
    ACCEPTED_SHARE,
    SYNC_LAG,
    ACCEPTED_SLOW,
    ACCEPTED_UNSEEN,
)
