"""The database's own health, and how far these metrics can be trusted."""

from typing import Final

from services.core.telemetry.metric_names.metric import Kind, Metric

DEAD_TUPLES: Final = Metric(
    "lienthong_postgres_dead_tuples",
    Kind.GAUGE,
    "Số bản ghi chết của các bảng ghi nhiều",
    "Dead tuples of the busiest tables; they, not the depth, slow a queue down",
    labels=("table",),
)
OLDEST_XMIN: Final = Metric(
    "lienthong_postgres_oldest_xmin_transactions",
    Kind.GAUGE,
    "Số giao dịch mà phiên, bản sao hoặc giao dịch chờ lâu nhất đang giữ lại",
    "Transactions since the oldest row version that a session, slot or prepared transaction holds",
)
OLDEST_TRANSACTION_AGE: Final = Metric(
    "lienthong_postgres_oldest_transaction_age_seconds",
    Kind.GAUGE,
    "Tuổi của giao dịch lâu nhất đang mở trong cơ sở dữ liệu",
    "Age of the oldest open transaction in the database that keeps dead tuples alive",
)
BUILD: Final = Metric(
    "lienthong_build_info",
    Kind.GAUGE,
    "Phiên bản phần mềm đang chạy; commit trống nếu bản dựng không ghi",
    "The version that runs; the commit is empty where the build did not say",
    labels=("version", "python", "commit"),
)
QUERY_UP: Final = Metric(
    "lienthong_metrics_query_up",
    Kind.GAUGE,
    "1 nếu truy vấn của lần đọc này thành công; 0 thì các số đo của nó vắng mặt",
    "1 if the query succeeded for this snapshot; at 0 the metrics that come from it are absent",
    labels=("query",),
)
QUERY_SECONDS: Final = Metric(
    "lienthong_metrics_query_seconds",
    Kind.GAUGE,
    "Thời gian chạy truy vấn trong lần đọc này",
    "Seconds that the query took for this snapshot",
    labels=("query",),
)
SNAPSHOT_TIMESTAMP: Final = Metric(
    "lienthong_metrics_snapshot_timestamp_seconds",
    Kind.GAUGE,
    "Thời điểm (theo cơ sở dữ liệu) của các số đo này",
    "Database time for which these metrics hold",
)
ALL: Final = (
    DEAD_TUPLES,
    OLDEST_XMIN,
    OLDEST_TRANSACTION_AGE,
    BUILD,
    QUERY_UP,
    QUERY_SECONDS,
    SNAPSHOT_TIMESTAMP,
)
