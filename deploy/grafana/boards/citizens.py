"""Look-ups in the population database, and how far citizens have been helped into digital services."""

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.board import Panels, Section, board
from deploy.grafana.boards.grid import Column, Rows, grid
from deploy.grafana.boards.link import on_panel, to_runbook
from deploy.grafana.boards.names import ATTEMPT_STATES, EVENT_OUTCOMES, LOOKUP_RESULTS, STEPS, WHOSE
from deploy.grafana.boards.panel import bars, figure, lines
from deploy.grafana.boards.query import at_the_end, over_time
from deploy.grafana.boards.scale import (
    GREEN,
    NONE_ALLOWED,
    ORANGE,
    RED,
    SECONDS,
    SHARE,
    WORK,
    YES_OR_NO,
    Steps,
)

#: lienthong:lookup_rate:target and docs/look-ups.md.
_RATE: Final[Steps] = ((None, RED), (0.2, GREEN))
_COVERAGE: Final[Steps] = ((None, RED), (0.5, ORANGE), (0.8, GREEN))


def citizens(console: str) -> Dashboard:
    """Show both, look-ups first: they run by themselves and can stop unnoticed."""
    return board(
        "lienthong-citizens",
        "Tra cứu CSDLQGVDC và hỗ trợ công dân số. / Look-ups in the population database, and onboarding.",
        Section("Tra cứu dân cư · Look-ups", [*_look_ups_now(), *_look_ups()]),
        Section("Cơ sở dữ liệu dân cư · The population database", _calls()),
        Section("Công dân số · Onboarding", [*_onboarding_now(), *_onboarding()]),
        Section("Chỉ tiêu công bố · Published figures", _published()),
        Section("Độ phủ từng đơn vị · Coverage by unit", _coverage()),
        console=console,
    )


def _look_ups_now() -> Panels:
    return [
        figure(
            "Tra cứu trên hồ sơ, 24 giờ · Look-ups per dossier, 24 h",
            "Trống khi chưa tới 20 hồ sơ trong ngày; mục tiêu từ 20 %."
            " / Empty below 20 dossiers a day; the target is 20 % or more.",
            "lienthong:lookup_rate:1d",
            unit=SHARE,
            steps=_RATE,
            links=[to_runbook("LienThongLookupRateLow")],
        ),
        figure(
            "Tra cứu trên hồ sơ, từ trước đến nay · Look-ups per dossier, all time",
            "Như báo cáo công bố. / As published.",
            "max(lienthong_lookup_rate)",
            unit=SHARE,
            steps=_RATE,
        ),
        figure(
            "Người nộp đã xác thực · Verified applicants",
            "Phần hồ sơ cần xác thực mà người nộp đã khớp. / Share of the dossiers that need it.",
            "max(lienthong_verified_share)",
            unit=SHARE,
            steps=_COVERAGE,
        ),
        figure(
            "Chờ trả lời · Waiting for an answer",
            "Hồ sơ chờ kết quả tra cứu. / Dossiers whose look-up waits.",
            "max(lienthong_lookups_pending)",
        ),
        figure(
            "Dùng lại kết quả · Reused answers",
            "Trong khoảng đang xem: không phải hỏi lại. / In view: nothing had to be asked.",
            "round(max(increase(lienthong_lookups_reused_total[$__range])))",
        ),
        figure(
            "Có kết nối CSDLQGVDC · Connected",
            "Không: tiến trình đồng bộ chưa có địa chỉ, các lượt tra cứu chờ."
            " / No: the worker has no address, and look-ups wait.",
            "max(lienthong_population_configured)",
            said=YES_OR_NO,
        ),
    ]


def _look_ups() -> Panels:
    return [
        lines(
            "Tra cứu và tiếp nhận mỗi phút · Look-ups and dossiers per minute",
            "Hai đường xa nhau: tra cứu đang bị bỏ qua. / Far apart: look-ups are being left out.",
            over_time(
                "60 * max(rate(lienthong_dossiers_received_total[$__rate_interval]))", "tiếp nhận · received"
            ),
            over_time("60 * max(rate(lienthong_lookups_total[$__rate_interval]))", "tra cứu · look-ups"),
            links=[to_runbook("LienThongLookupRateLow")],
            width=8,
        ),
        bars(
            "Kết quả xác thực · Outcomes",
            "Hồ sơ đã có kết quả, từ trước đến nay. / Dossiers whose look-up has ended, all time.",
            at_the_end("sort_desc(max by (outcome) (lienthong_lookups_settled))", "{{outcome}}"),
            names=LOOKUP_RESULTS,
        ),
        lines(
            "Tra cứu thủ công bị từ chối mỗi giờ · Look-ups by hand refused per hour",
            "Vượt mức của cán bộ hoặc đơn vị. / Beyond the budget of an officer or a unit.",
            over_time(
                "3600 * max by (whose) (rate(lienthong_lookups_over_budget_total[$__rate_interval]))",
                "{{whose}}",
            ),
            names=WHOSE,
            links=[to_runbook("LienThongLookupsOverBudget")],
            width=8,
        ),
    ]


def _calls() -> Panels:
    return [
        lines(
            "Lần hỏi mỗi phút theo kết quả · Questions per minute by outcome",
            "Kể cả lần không được trả lời. / Those without an answer included.",
            over_time(
                "60 * sum by (outcome) (rate(lienthong_population_calls_total[$__rate_interval]))",
                "{{outcome}}",
            ),
            names=LOOKUP_RESULTS,
            stacked=True,
        ),
        lines(
            "Thời gian mỗi lần hỏi · Time per question",
            "Kể cả lần lỗi. / Failures included.",
            over_time(
                "histogram_quantile(0.5, sum by (le)"
                " (rate(lienthong_population_call_seconds_bucket[$__rate_interval])))",
                "p50",
            ),
            over_time(
                "histogram_quantile(0.95, sum by (le)"
                " (rate(lienthong_population_call_seconds_bucket[$__rate_interval])))",
                "p95",
            ),
            unit=SECONDS,
        ),
    ]


def _onboarding_now() -> Panels:
    return [
        figure(
            "Sự kiện trong 24 giờ · Events of 24 h",
            "Sự kiện hỗ trợ đã ghi nhận. / Onboarding events taken in.",
            "round(sum(max by (outcome) (increase(lienthong_onboarding_events_total[1d]))))",
            width=6,
        ),
        figure(
            "Mắc kẹt giữa hai hệ thống · Stuck between systems",
            "Một bên đã nhận yêu cầu, bên kia chưa có tài khoản."
            " / One side has the request, the other no account.",
            'max(lienthong_onboarding_attempts_waiting{state="stuck"})',
            steps=WORK,
            width=6,
        ),
        figure(
            "Chờ người hỗ trợ · Waiting for a helper",
            "Mọi lần thực hiện còn dở. / All attempts that are not over.",
            "sum(max by (state) (lienthong_onboarding_attempts_waiting))",
            width=6,
        ),
        figure(
            "Chờ lâu nhất · Waiting longest",
            "Kể từ sự kiện cuối. / Since the last event.",
            "max(lienthong_onboarding_attempts_oldest_age_seconds)",
            unit=SECONDS,
            steps=((None, GREEN), (86_400, ORANGE), (604_800, RED)),
            width=6,
        ),
    ]


def _onboarding() -> Panels:
    return [
        bars(
            "Đã hoàn thành từng bước · Steps done",
            "Số đối tượng. / Subjects.",
            at_the_end("sort_desc(max by (step) (lienthong_onboarding_done) > 0)", "{{step}}"),
            names=STEPS,
        ),
        lines(
            "Sự kiện mỗi giờ theo kết quả · Events per hour by outcome",
            "Tổ công nghệ số gửi theo đợt. / Digital teams send in batches.",
            over_time(
                "3600 * max by (outcome) (rate(lienthong_onboarding_events_total[$__rate_interval]))",
                "{{outcome}}",
            ),
            names=EVENT_OUTCOMES,
            stacked=True,
            width=8,
        ),
        lines(
            "Lần thực hiện còn dở · Attempts not over",
            "Danh sách: lienthong onboarding. / Listed by lienthong onboarding.",
            over_time("max by (state) (lienthong_onboarding_attempts_waiting)", "{{state}}"),
            names=ATTEMPT_STATES,
            stacked=True,
            width=8,
        ),
    ]


def _coverage() -> Panels:
    return [
        bars(
            "Trung bình theo bước · Mean by step",
            "Trung bình các đơn vị có số người thuộc diện. / Mean over units in which people were counted.",
            at_the_end(
                "sort_desc(avg by (step) (max by (unit, step) (lienthong_unit_onboarding_coverage)))",
                "{{step}}",
            ),
            unit=SHARE,
            steps=_COVERAGE,
            most=1,
            names=STEPS,
            links=[on_panel("lienthong-units")],
            width=12,
        ),
        grid(
            "Đơn vị thấp nhất và cao nhất theo bước · Lowest and highest unit by step",
            "Phần người thuộc diện đã hoàn thành. / Share of those eligible who have the step done.",
            Rows("step", "Bước · Step", STEPS),
            (
                Column("Cao nhất · Highest", _unit_coverage("max"), SHARE, _COVERAGE),
                Column("Trung vị · Median", _unit_coverage("quantile"), SHARE, _COVERAGE),
                Column("Thấp nhất · Lowest", _unit_coverage("min"), SHARE, _COVERAGE),
            ),
            links=[on_panel("lienthong-units")],
            width=12,
        ),
    ]


def _published() -> Panels:
    return [
        bars(
            "Chỉ tiêu công bố, từ trước đến nay · Published figures, all time",
            "Tên như trong /v1/reports. / Named as in /v1/reports.",
            at_the_end(
                "sort_desc(max by (report, figure) (lienthong_figure_numerator)"
                " / (max by (report, figure) (lienthong_figure_denominator) > 0))",
                "{{report}}: {{figure}}",
            ),
            unit=SHARE,
            most=1,
            width=18,
            height=12,
        ),
        figure(
            "Quá 8 giờ chưa trả lời · Unanswered for 8 hours",
            "Hồ sơ nộp trực tuyến chưa được trả lời sau 8 giờ làm việc."
            " / Online filings that nobody has answered within eight working hours.",
            "max(lienthong_acceptance_overdue)",
            steps=NONE_ALLOWED,
            links=[to_runbook("LienThongAcceptanceOverdue")],
            width=6,
        ),
    ]


def _unit_coverage(over: str) -> str:
    middle = "0.5, " if over == "quantile" else ""
    return f"{over} by (step) ({middle}max by (unit, step) (lienthong_unit_onboarding_coverage))"
