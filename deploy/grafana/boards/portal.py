"""The national portal, as our calls find it."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.board import Panels, Section, board
from deploy.grafana.boards.grid import Column, Rows, grid
from deploy.grafana.boards.link import to_console, to_runbook
from deploy.grafana.boards.names import OUTCOMES, PORTAL_OPERATIONS
from deploy.grafana.boards.panel import course, figure, lines
from deploy.grafana.boards.query import over_time
from deploy.grafana.boards.scale import (
    GREEN,
    NONE_ALLOWED,
    ORANGE,
    PER_SECOND,
    RED,
    SECONDS,
    SHARE,
    UP_OR_DOWN,
    WORK,
)


def portal(console: str) -> Dashboard:
    """Show whether the portal is there, how quick it is, and what it answers."""
    return board(
        "lienthong-portal",
        "Cổng DVCQG có hoạt động không, nhanh hay chậm, trả lời gì."
        " / Whether the portal is there, how quick it is, and what it answers.",
        Section("Bây giờ · Now", _now()),
        Section("Gián đoạn · Outages", _outages()),
        Section("Trả lời · Answers", _answers()),
        Section("Thời gian gọi và đăng nhập · Call times and logins", _times()),
        console=console,
    )


def _now() -> Panels:
    return [
        figure(
            "Cổng DVCQG · National portal",
            "Theo các lần gọi của mọi tiến trình đồng bộ. / By the calls of all workers.",
            "max(lienthong_portal_outage_open)",
            said=UP_OR_DOWN,
            links=[to_console("/outages"), to_runbook("LienThongPortalDown")],
        ),
        figure(
            "Gián đoạn trong khoảng đang xem · Outage time in view",
            "Tổng thời gian không lần gọi nào thành công. / Time in which no call got through.",
            "max(increase(lienthong_portal_outage_seconds_total[$__range]))",
            unit=SECONDS,
            steps=((None, GREEN), (60, ORANGE), (3600, RED)),
            links=[to_console("/outages")],
        ),
        figure(
            "Số đợt gián đoạn · Outages in view",
            "Trong khoảng đang xem. / In the time in view.",
            "round(max(increase(lienthong_portal_outages_total[$__range])))",
            steps=WORK,
            links=[to_console("/outages")],
        ),
        figure(
            "Gửi thành công, 5 phút · Accepted, 5 min",
            "Phần hồ sơ gửi đi được Cổng nhận. / Share of the dossiers sent that the portal took.",
            'sum(lienthong:delivery_attempts:rate5m{outcome=~"accepted|found|already_exists"})'
            " / (sum(lienthong:delivery_attempts:rate5m) > 0)",
            unit=SHARE,
            steps=((None, RED), (0.9, ORANGE), (0.99, GREEN)),
        ),
        figure(
            "Lỗi liên tiếp · Failures in a row",
            "Thao tác tệ nhất. / Of the worst operation.",
            "max(lienthong_portal_consecutive_failures)",
            steps=((None, GREEN), (1, ORANGE), (10, RED)),
        ),
        figure(
            "Đang gọi · Calls in flight",
            "Số lần gọi đang chờ trả lời. / Calls that wait for an answer.",
            "sum(lienthong_portal_calls_in_flight)",
        ),
    ]


def _outages() -> Panels:
    return [
        course(
            "Cổng theo thời gian · The portal over time",
            "Đỏ: không lần gọi nào thành công. / Red: no call gets through.",
            "max(lienthong_portal_outage_open)",
            "Cổng DVCQG · portal",
            said=UP_OR_DOWN,
            links=[to_console("/outages")],
            width=8,
        ),
        course(
            "Từng thao tác · Each operation",
            "Đỏ: lần gọi gần nhất bị lỗi. / Red: its last call failed.",
            "max by (operation) (lienthong_portal_consecutive_failures > bool 0)",
            "{{operation}}",
            said=UP_OR_DOWN,
            names=PORTAL_OPERATIONS,
            width=8,
        ),
        grid(
            "Thao tác · Operations",
            "Lần thành công gần nhất, số lỗi liên tiếp và p95 trong khoảng đang xem."
            " / Last success, failures in a row, and the 95th percentile in view.",
            Rows("operation", "Thao tác · Operation", PORTAL_OPERATIONS),
            (
                Column(
                    "Lỗi liên tiếp · Failures",
                    "max by (operation) (lienthong_portal_consecutive_failures)",
                    steps=NONE_ALLOWED,
                ),
                Column(
                    "Từ lần thành công · Since success",
                    "time() - max by (operation) (lienthong_portal_last_success_timestamp_seconds > 0)",
                    SECONDS,
                ),
                Column(
                    "p95",
                    "histogram_quantile(0.95, sum by (le, operation)"
                    " (rate(lienthong_portal_call_seconds_bucket[$__range])))",
                    SECONDS,
                    ((None, GREEN), (5, ORANGE), (20, RED)),
                ),
            ),
            width=8,
        ),
    ]


def _answers() -> Panels:
    return [
        lines(
            "Kết quả mỗi giây · Outcomes per second",
            "Một lần gọi 50 hồ sơ tính là 50. / A call with 50 dossiers counts 50.",
            over_time(
                "sum by (outcome) (rate(lienthong_delivery_attempts_total[$__rate_interval]))", "{{outcome}}"
            ),
            names=OUTCOMES,
            stacked=True,
        ),
        lines(
            "Hồ sơ gửi mỗi giây theo thao tác · Dossiers per second by operation",
            "Kể cả lần gửi không thành. / Failed ones included.",
            over_time(
                "sum by (operation) (rate(lienthong_delivery_attempts_total[$__rate_interval]))",
                "{{operation}}",
            ),
            names=PORTAL_OPERATIONS,
            stacked=True,
        ),
    ]


def _times() -> Panels:
    return [
        lines(
            "Thời gian gọi Cổng, p95 · Call time, p95",
            "Theo thao tác, kể cả lần lỗi. / By operation, failures included.",
            over_time(
                "histogram_quantile(0.95, sum by (le, operation)"
                " (rate(lienthong_portal_call_seconds_bucket[$__rate_interval])))",
                "{{operation}}",
            ),
            unit=SECONDS,
            names=PORTAL_OPERATIONS,
            width=8,
        ),
        lines(
            "Số lần gọi mỗi giây · Calls per second",
            "Theo thao tác. / By operation.",
            over_time(
                "sum by (operation) (rate(lienthong_portal_call_seconds_count[$__rate_interval]))",
                "{{operation}}",
            ),
            unit=PER_SECOND,
            names=PORTAL_OPERATIONS,
            width=8,
        ),
        lines(
            "Đăng nhập mỗi phút · Logins per minute",
            "Theo kết quả. / By outcome.",
            over_time(
                "60 * sum by (outcome) (rate(lienthong_portal_logins_total[$__rate_interval]))", "{{outcome}}"
            ),
            names=OUTCOMES,
            links=[to_runbook("LienThongPortalRefusesLogin")],
            width=8,
        ),
    ]
