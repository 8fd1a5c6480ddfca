"""The question of the house: is anybody going to be late because of us."""

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.board import Panels, Section, board
from deploy.grafana.boards.grid import Rows, listing
from deploy.grafana.boards.link import on_panel, to_console, to_runbook
from deploy.grafana.boards.names import ALERT_STATES, CAUSES, SEVERITIES, WINDOWS
from deploy.grafana.boards.panel import CHART_HEIGHT, course, figure, lines
from deploy.grafana.boards.query import over_time
from deploy.grafana.boards.scale import (
    ENDLESS,
    GREEN,
    HIGH_SHARE,
    NONE_ALLOWED,
    ORANGE,
    RED,
    SECONDS,
    SHARE,
    UP_OR_DOWN,
    Steps,
)

#: Thresholds of the alert LienThongDossiersAtRisk.
_AT_RISK: Final[Steps] = ((None, GREEN), (1, ORANGE), (6, RED))
#: Threshold of the alert LienThongForecastLate.
_FORECAST: Final[Steps] = ((None, GREEN), (1, ORANGE), (21, RED))
#: What the objectives of docs/alerts.md leave, orange from half of it.
_TENTH_OF_A_PERCENT: Final[Steps] = ((None, GREEN), (0.0005, ORANGE), (0.001, RED))
_ONE_PERCENT: Final[Steps] = ((None, GREEN), (0.005, ORANGE), (0.01, RED))


def overview(console: str) -> Dashboard:
    """Answer the one question, then show what answers it."""
    return board(
        "lienthong-overview",
        "Có hồ sơ nào sắp trễ vì ta không? / Is anybody going to be late because of us?",
        Section("Có hồ sơ nào sắp trễ vì ta? · Will anybody be late because of us?", _answer()),
        Section("Cảnh báo và mục tiêu · Alerts and objectives", _alerts()),
        Section("Sắp trễ và đã trễ · At risk and late", _late()),
        Section("Nhịp công việc · The pace of work", _pace()),
        console=console,
    )


def _answer() -> Panels:
    return [
        figure(
            "Báo trễ oan do ta · Falsely late, our cause",
            "Không tính gián đoạn của Cổng và hồ sơ cơ quan báo sau hạn."
            " / Without portal outages and late reports of the desk.",
            "lienthong:false_late:ours",
            steps=NONE_ALLOWED,
            links=[to_console(), to_runbook("LienThongFalseLateRising")],
        ),
        figure(
            "Sắp báo trễ oan trong 1 giờ · At risk within 1 h",
            "Hồ sơ đã xong đúng hạn, Cổng chưa ghi nhận. / Ended on time, not yet acknowledged.",
            'lienthong:at_risk:by_window{within="1h"}',
            steps=_AT_RISK,
            links=[to_console(), to_runbook("LienThongDossiersAtRisk")],
        ),
        figure(
            "Còn lại đến ca báo trễ kế tiếp · Time to the next flag",
            "“Không có” nghĩa là không có trong 24 giờ tới. / “None” means none within 24 hours.",
            "min(lienthong_min_seconds_to_flag)",
            unit=SECONDS,
            steps=((None, RED), (900, ORANGE), (3600, GREEN)),
            said=ENDLESS,
            links=[to_console(), to_runbook("LienThongDossiersAtRisk")],
        ),
        figure(
            "Tỷ lệ đồng bộ · Synced share",
            "Tỷ lệ hồ sơ mà Cổng DVCQG có đủ thông tin."
            " / Share of dossiers of which the portal holds everything.",
            "max(lienthong_synced_share)",
            unit=SHARE,
            steps=HIGH_SHARE,
            links=[on_panel("lienthong-delivery")],
        ),
        figure(
            "Dự báo báo trễ oan, 4 giờ · Forecast falsely late, 4 h",
            "Nếu Cổng DVCQG vẫn nhận như lúc này; gồm cả hồ sơ chưa xử lý xong."
            " / If the portal stays as it is; dossiers that have not ended yet included.",
            'lienthong:forecast_false_late:by_window{within="4h"}',
            steps=_FORECAST,
            decimals=0,
            links=[to_console(), to_runbook("LienThongForecastLate")],
        ),
        figure(
            "Cổng DVCQG · National portal",
            "Theo các lần gọi của mọi tiến trình đồng bộ. / By the calls of all workers.",
            "max(lienthong_portal_outage_open)",
            said=UP_OR_DOWN,
            links=[on_panel("lienthong-portal"), to_console("/outages"), to_runbook("LienThongPortalDown")],
        ),
    ]


def _alerts() -> Panels:
    return [
        listing(
            "Cảnh báo · Alerts",
            "Bấm tên cảnh báo để mở sổ tay. / Click an alert's name for its runbook page.",
            'max by (alertname, alertstate, severity) (ALERTS{alertname=~"LienThong.+"})',
            (
                Rows("alertname", "Cảnh báo · Alert", leads_to="/d/${__value.raw}"),
                Rows("alertstate", "Trạng thái · State", ALERT_STATES),
                Rows("severity", "Mức · Level", SEVERITIES),
            ),
            empty="Không có cảnh báo · No alerts",
            links=[on_panel("lienthong-runbook")],
            width=12,
        ),
        figure(
            "Báo trễ oan, 3 ngày · Falsely late, 3 days",
            "Phần hồ sơ kết thúc bị báo trễ oan do ta; mục tiêu không quá 0,1 %."
            " / Share of endings that became falsely late through us; the objective allows 0.1 %.",
            "lienthong:false_late:share_3d",
            unit=SHARE,
            steps=_TENTH_OF_A_PERCENT,
            decimals=2,
            height=CHART_HEIGHT,
            links=[to_runbook("LienThongFalseLateRising")],
        ),
        figure(
            "Nhận chậm hơn 5 phút, 3 ngày · Slower than 5 min, 3 days",
            "Phần hồ sơ kết thúc được ghi nhận sau hơn 5 phút khi Cổng hoạt động; mục tiêu không quá 1 %."
            " / Share of endings accepted after five minutes while the portal is up; objective: at most 1 %.",
            "lienthong:accepted_slow:share_3d",
            unit=SHARE,
            steps=_ONE_PERCENT,
            decimals=2,
            height=CHART_HEIGHT,
            links=[to_runbook("LienThongSlowEndings")],
        ),
        figure(
            "API lỗi, 3 ngày · API failures, 3 days",
            "Phần lần gọi bị trả lỗi 5xx; mục tiêu không quá 0,1 %."
            " / Share of calls answered with 5xx; the objective allows 0.1 %.",
            "lienthong:api_failed:share_3d",
            unit=SHARE,
            steps=_TENTH_OF_A_PERCENT,
            decimals=2,
            height=CHART_HEIGHT,
            links=[on_panel("lienthong-system"), to_runbook("LienThongApiFailing")],
        ),
    ]


def _late() -> Panels:
    return [
        lines(
            "Sắp báo trễ oan · At risk",
            "Đã xong đúng hạn, chưa được ghi nhận, trễ trong 1, 4, 24 giờ tới; số sau gồm số trước."
            " / Ended on time, not acknowledged, flagged within 1, 4, 24 hours; each includes the shorter.",
            over_time("lienthong:at_risk:by_window", "{{within}}"),
            names=WINDOWS,
            links=[to_console()],
            width=6,
        ),
        lines(
            "Dự báo báo trễ oan · Forecast of falsely late",
            "Nếu Cổng DVCQG vẫn như lúc này; số sau gồm số trước."
            " / If the portal stays as it is; each includes the shorter.",
            over_time("lienthong:forecast_false_late:by_window", "{{within}}"),
            names=WINDOWS,
            links=[to_runbook("LienThongForecastLate")],
            width=6,
        ),
        lines(
            "Báo trễ oan theo nguyên nhân · Falsely late by cause",
            "Còn chờ và đã ghi nhận. / Open and settled.",
            over_time("lienthong:false_late:by_cause", "{{cause}}"),
            names=CAUSES,
            stacked=True,
            links=[to_console()],
            width=6,
        ),
        lines(
            "Tỷ lệ bị Cổng coi là quá hạn · Flagged-late share",
            "Gồm cả trễ thật và trễ oan. / Rightly and falsely late.",
            over_time("max(lienthong_flagged_late_share)", "quá hạn · flagged late"),
            unit=SHARE,
            links=[on_panel("lienthong-units")],
            width=6,
        ),
    ]


def _pace() -> Panels:
    return [
        lines(
            "Tiếp nhận, xử lý xong, được ghi nhận mỗi phút · Received, ended, accepted per minute",
            "Ghi nhận phải theo kịp xử lý xong. / Acceptance has to keep up with endings.",
            over_time(
                "60 * max(rate(lienthong_dossiers_received_total[$__rate_interval]))", "tiếp nhận · received"
            ),
            over_time(
                "60 * max(rate(lienthong_dossiers_ended_total[$__rate_interval]))", "xử lý xong · ended"
            ),
            over_time(
                "60 * max(rate(lienthong_dossiers_accepted_total[$__rate_interval]))", "ghi nhận · accepted"
            ),
            links=[on_panel("lienthong-delivery")],
        ),
        course(
            "Cổng DVCQG theo thời gian · The portal over time",
            "Đỏ: không lần gọi nào thành công. / Red: no call gets through.",
            "max(lienthong_portal_outage_open)",
            "Cổng DVCQG · portal",
            said=UP_OR_DOWN,
            links=[on_panel("lienthong-portal"), to_console("/outages")],
        ),
    ]
