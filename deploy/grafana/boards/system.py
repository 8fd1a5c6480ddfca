"""The services themselves, PostgreSQL, and the figures about all of it."""

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.board import Panels, Section, board
from deploy.grafana.boards.grid import Rows, listing
from deploy.grafana.boards.link import to_runbook
from deploy.grafana.boards.names import QUEUE_FAULTS
from deploy.grafana.boards.panel import bars, course, figure, lines
from deploy.grafana.boards.query import at_the_end, over_time
from deploy.grafana.boards.scale import (
    BYTES,
    GREEN,
    NONE_ALLOWED,
    ORANGE,
    PER_SECOND,
    RED,
    RUNS_OR_NOT,
    SECONDS,
    SHARE,
    Steps,
)

_OUR_JOBS: Final = 'job=~"lienthong-.+"'
#: As in objectives.yml: batches and pages to print take as long as they are large.
_SINGLE_CALLS: Final = 'route!~".*(:batch|[.]html)"'
_RUNNING: Final[Steps] = ((None, RED), (1, GREEN))


def system(console: str) -> Dashboard:
    """Show whether everything runs, and what slows it."""
    return board(
        "lienthong-system",
        "Các dịch vụ, PostgreSQL và chính các số đo. / The services, PostgreSQL, and the figures themselves.",
        Section("Bây giờ · Now", _now()),
        Section("API cho phần mềm một cửa · The desk API", _api()),
        Section("Tiến trình đồng bộ · Sync workers", _workers()),
        Section("PostgreSQL", _postgres()),
        Section("Số đo · These figures", _figures()),
        Section("Tiến trình · Processes", _processes()),
        console=console,
    )


def _now() -> Panels:
    return [
        figure(
            "API",
            "Số tiến trình API đọc được số đo. / API processes that can be scraped.",
            'sum(up{job="lienthong-api"})',
            steps=_RUNNING,
            links=[to_runbook("LienThongApiGone")],
        ),
        figure(
            "Tiến trình đồng bộ · Sync workers",
            "Số tiến trình đọc được số đo. / Workers that can be scraped.",
            'sum(up{job="lienthong-worker"})',
            steps=_RUNNING,
            links=[to_runbook("LienThongWorkerGone")],
        ),
        figure(
            "Vòng lặp gửi · Delivery loop",
            "Từ lần chạy gần nhất của vòng lặp gửi. / Since the delivery loop last came round.",
            "time() - max(lienthong_worker_heartbeat_timestamp_seconds)",
            unit=SECONDS,
            steps=((None, GREEN), (30, ORANGE), (60, RED)),
            links=[to_runbook("LienThongWorkerGone")],
        ),
        figure(
            "Truy vấn số đo bị lỗi · Failed queries",
            "Số đo của truy vấn lỗi vắng mặt, không bằng 0. / Their figures are absent, not 0.",
            "count(min by (query) (lienthong_metrics_query_up) == 0) or vector(0)",
            steps=NONE_ALLOWED,
            links=[to_runbook("LienThongQueryFailing"), to_runbook("LienThongMetricsBlind")],
        ),
        figure(
            "API lỗi, 1 giờ · API failures, 1 h",
            "Phần lần gọi bị trả lỗi 5xx; mục tiêu không quá 0,1 %."
            " / Share of calls answered with 5xx; the objective allows 0.1 %.",
            "lienthong:api_failed:share_1h",
            unit=SHARE,
            steps=((None, GREEN), (0.001, ORANGE), (0.0144, RED)),
            links=[to_runbook("LienThongApiFailing")],
        ),
        figure(
            "Giao dịch mở lâu nhất · Oldest transaction",
            "Giữ lại bản ghi chết, làm chậm hàng đợi. / Keeps dead tuples alive and slows the queue.",
            "max(lienthong_postgres_oldest_transaction_age_seconds)",
            unit=SECONDS,
            steps=((None, GREEN), (60, ORANGE), (300, RED)),
            links=[to_runbook("LienThongOldTransaction")],
        ),
    ]


def _api() -> Panels:
    return [
        lines(
            "Lần gọi mỗi giây · Calls per second",
            "Theo nhóm kết quả; 4xx là phía gọi sai, 5xx là ta lỗi."
            " / By class of the answer: 4xx is the caller's mistake, 5xx ours.",
            over_time("sum by (status) (rate(lienthong_api_requests_total[$__rate_interval]))", "{{status}}"),
            unit=PER_SECOND,
            stacked=True,
            links=[to_runbook("LienThongApiFailing")],
            width=8,
        ),
        lines(
            "Thời gian trả lời lần gọi lẻ · Time of single calls",
            "Đường đứt: 0,5 giây, 99,9 % phải dưới mức này. / Dashed: half a second; 99.9 % should be below.",
            *(over_time(_api_quantile(share), f"p{share * 100:g}") for share in (0.5, 0.95, 0.99)),
            unit=SECONDS,
            limits=((None, GREEN), (0.5, RED)),
            links=[to_runbook("LienThongApiSlow")],
            width=8,
        ),
        bars(
            "Chậm nhất theo đường dẫn, p95 · Slowest routes, p95",
            "10 đường dẫn chậm nhất trong khoảng đang xem. / The ten slowest in view.",
            at_the_end(
                "topk(10, histogram_quantile(0.95, sum by (le, method, route)"
                " (rate(lienthong_api_request_seconds_bucket[$__range]))) >= 0)",
                "{{method}} {{route}}",
            ),
            unit=SECONDS,
            steps=((None, GREEN), (0.5, ORANGE), (2.5, RED)),
        ),
    ]


def _api_quantile(share: float) -> str:
    buckets = f"lienthong_api_request_seconds_bucket{{{_SINGLE_CALLS}}}[$__rate_interval]"
    return f"histogram_quantile({share}, sum by (le) (rate({buckets})))"


def _workers() -> Panels:
    return [
        lines(
            "Hồ sơ nhận để gửi mỗi giây · Dossiers claimed per second",
            "Mọi tiến trình cộng lại. / All workers together.",
            over_time("sum(rate(lienthong_claims_total[$__rate_interval]))", "nhận · claimed"),
            links=[to_runbook("LienThongNothingCompletes")],
            width=8,
        ),
        course(
            "Các dịch vụ theo thời gian · Services over time",
            "Prometheus có đọc được số đo hay không. / Whether Prometheus could scrape them.",
            f"max by (job) (up{{{_OUR_JOBS}}})",
            "{{job}}",
            said=RUNS_OR_NOT,
            width=8,
        ),
        lines(
            "Dòng hàng đợi đã tự sửa mỗi giờ · Queue rows mended per hour",
            "Bình thường luôn bằng 0. / Stays 0 in health.",
            over_time(
                "3600 * sum by (fault) (rate(lienthong_queue_mended_total[$__rate_interval]))", "{{fault}}"
            ),
            names=QUEUE_FAULTS,
            links=[to_runbook("LienThongQueueStarving")],
            width=8,
        ),
    ]


def _postgres() -> Panels:
    return [
        lines(
            "Bản ghi chết · Dead tuples",
            "Làm chậm hàng đợi khi tăng mãi. / Slow the queue down when they keep rising.",
            over_time("max by (table) (lienthong_postgres_dead_tuples)", "{{table}}"),
            links=[to_runbook("LienThongOldTransaction")],
            width=8,
        ),
        lines(
            "Giao dịch lâu nhất · Oldest transaction",
            "Giao dịch mở lâu giữ lại bản ghi chết. / An old transaction keeps dead tuples alive.",
            over_time("max(lienthong_postgres_oldest_transaction_age_seconds)", "tuổi · age"),
            unit=SECONDS,
            limits=((None, GREEN), (300, RED)),
            links=[to_runbook("LienThongOldTransaction")],
            width=8,
        ),
        lines(
            "Giao dịch bị giữ lại · Transactions held back",
            "Do phiên, bản sao hoặc giao dịch chờ lâu nhất."
            " / Since the oldest row version that a session, slot or prepared transaction holds.",
            over_time("max(lienthong_postgres_oldest_xmin_transactions)", "giao dịch · transactions"),
            width=8,
        ),
    ]


def _figures() -> Panels:
    return [
        lines(
            "Thời gian truy vấn số đo · Query time",
            "Đường đứt: 100 ms cho tất cả. / Dashed: 100 ms for all together.",
            over_time("sum(max by (query) (lienthong_metrics_query_seconds))", "tất cả · all"),
            over_time("max(lienthong_metrics_query_seconds)", "lâu nhất · slowest"),
            unit=SECONDS,
            limits=((None, GREEN), (0.1, RED)),
            width=8,
        ),
        lines(
            "Thời gian đọc số đo · Scrape time",
            "Theo dịch vụ. / By service.",
            over_time(f"max by (job) (scrape_duration_seconds{{{_OUR_JOBS}}})", "{{job}}"),
            unit=SECONDS,
            links=[to_runbook("LienThongMetricsBlind")],
            width=8,
        ),
        lines(
            "Số chuỗi số đo · Series",
            "Theo dịch vụ; metrics phải dưới 2.000 với 200 đơn vị."
            " / By service; metrics stays below 2,000 with 200 units.",
            over_time(f"max by (job) (scrape_samples_scraped{{{_OUR_JOBS}}})", "{{job}}"),
            width=8,
        ),
    ]


def _processes() -> Panels:
    return [
        lines(
            "Bộ nhớ · Memory",
            "Mỗi tiến trình. / Each process.",
            over_time(f"process_resident_memory_bytes{{{_OUR_JOBS}}}", "{{job}} {{instance}}"),
            unit=BYTES,
            width=8,
        ),
        lines(
            "Bộ xử lý · Processor",
            "Số lõi mỗi tiến trình dùng. / Cores that each process uses.",
            over_time(
                f"rate(process_cpu_seconds_total{{{_OUR_JOBS}}}[$__rate_interval])", "{{job}} {{instance}}"
            ),
            width=8,
        ),
        listing(
            "Phiên bản · Version",
            "Các dịch vụ cùng chạy phải như nhau, trừ khi đang nâng cấp."
            " / All services that run should be the same, except during an upgrade.",
            "max by (job, version, commit, python) (lienthong_build_info)",
            (
                Rows("job", "Dịch vụ · Service"),
                Rows("version", "Phiên bản · Version"),
                Rows("commit", "Commit"),
                Rows("python", "Python"),
            ),
            empty="–",
            width=8,
        ),
    ]
