"""How dossiers get to the portal, and which do not."""

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.board import Panels, Section, board
from deploy.grafana.boards.link import on_panel, to_console, to_runbook
from deploy.grafana.boards.names import CAUSES, DELIVERY_STATES, OWNERS, PARKED, STAGES
from deploy.grafana.boards.panel import CHART_HEIGHT, bars, figure, lines
from deploy.grafana.boards.query import at_the_end, over_time
from deploy.grafana.boards.scale import GREEN, NONE_ALLOWED, ORANGE, RED, SECONDS, SHARE, WORK, Steps

_SLOW: Final[Steps] = ((None, GREEN), (300, ORANGE), (900, RED))

#: Of the histogram's bounds, those that say something to people.
_BOUNDS: Final = {
    "1.0": "1 giây · 1 s",
    "10.0": "10 giây · 10 s",
    "60.0": "1 phút · 1 min",
    "300.0": "5 phút · 5 min",
    "900.0": "15 phút · 15 min",
    "3600.0": "1 giờ · 1 h",
    "86400.0": "1 ngày · 1 day",
}


def delivery(console: str) -> Dashboard:
    """Show backlog, pace, what waits for people, and how the objectives are doing."""
    return board(
        "lienthong-delivery",
        "Hồ sơ tới Cổng DVCQG ra sao, hồ sơ nào còn chờ."
        " / How dossiers get to the portal, and which still wait.",
        Section("Bây giờ · Now", _now()),
        Section("Hàng đợi · Backlog", _backlog()),
        Section("Nhịp gửi · Pace", _pace()),
        Section("Chờ cán bộ · Waiting for a person", _parked()),
        Section("Báo trễ oan và mục tiêu · Falsely late, and the objectives", _objectives()),
        console=console,
    )


def _now() -> Panels:
    return [
        figure(
            "Chờ gửi · To be sent",
            "Hồ sơ có việc cần gửi, kể cả đang gửi và chưa rõ kết quả."
            " / Dossiers with something to be sent, in hand or of unknown outcome included.",
            'sum(lienthong:deliveries:by_state{state=~"due|leased|unknown"})',
            links=[to_console()],
        ),
        figure(
            "Hồ sơ chờ gửi lâu nhất · Oldest to be sent",
            "Không tính hồ sơ chờ cán bộ. / Without those that wait for a person.",
            'max(lienthong_deliveries_oldest_age_seconds{state!="parked"})',
            unit=SECONDS,
            steps=_SLOW,
            links=[to_runbook("LienThongBacklogOld")],
        ),
        figure(
            "Được ghi nhận mỗi phút · Accepted per minute",
            "Kết thúc mà Cổng đã ghi nhận, trung bình 5 phút. / Endings acknowledged, mean of five minutes.",
            "60 * lienthong:dossiers_accepted:rate5m",
            decimals=1,
            links=[to_runbook("LienThongNothingCompletes")],
        ),
        figure(
            "Độ trễ p95 · Sync lag, p95",
            "Từ khi cơ quan báo xử lý xong đến khi Cổng ghi nhận; mục tiêu 99 % trong 5 phút."
            " / From the report of an ending to its acknowledgement; objective: 99 % within five minutes.",
            "lienthong:sync_lag_seconds:p95_5m",
            unit=SECONDS,
            steps=((None, GREEN), (60, ORANGE), (300, RED)),
            links=[to_runbook("LienThongSlowEndings")],
        ),
        figure(
            "Chờ cán bộ · Parked",
            "Bị từ chối hoặc không gửi được; cần người xử lý."
            " / Refused or not fit to be sent; a person has to look.",
            'sum(lienthong:deliveries:by_state{state="parked"})',
            steps=WORK,
            links=[to_console("/parked"), to_runbook("LienThongParked")],
        ),
        figure(
            "Bị bỏ quên · Passed over",
            "Đến lượt hơn một giờ mà chưa được gửi. / Due for over an hour and not tried.",
            "max(lienthong_queue_starving)",
            steps=NONE_ALLOWED,
            links=[to_runbook("LienThongQueueStarving")],
        ),
    ]


def _backlog() -> Panels:
    return [
        lines(
            "Chưa đồng bộ theo trạng thái · Unsynced by state",
            "Chưa rõ kết quả thì hỏi Cổng trước khi gửi lại."
            " / Where the outcome is unknown, the portal is asked before anything is sent again.",
            over_time('lienthong:deliveries:by_state{state!="synced"}', "{{state}}"),
            names=DELIVERY_STATES,
            stacked=True,
            links=[to_console()],
        ),
        lines(
            "Chờ lâu nhất theo trạng thái · Oldest by state",
            "Tính từ lúc hồ sơ có việc cần gửi. / Since the dossier became due.",
            over_time("max by (state) (lienthong_deliveries_oldest_age_seconds)", "{{state}}"),
            unit=SECONDS,
            names=DELIVERY_STATES,
            links=[to_runbook("LienThongBacklogOld")],
        ),
    ]


def _pace() -> Panels:
    return [
        lines(
            "Xử lý xong và được ghi nhận mỗi phút · Ended and accepted per minute",
            "Hai đường phải đi cùng nhau. / The two should go together.",
            over_time(
                "60 * max(rate(lienthong_dossiers_ended_total[$__rate_interval]))", "xử lý xong · ended"
            ),
            over_time(
                "60 * max(rate(lienthong_dossiers_accepted_total[$__rate_interval]))", "ghi nhận · accepted"
            ),
            width=8,
            links=[on_panel("lienthong-portal")],
        ),
        lines(
            "Độ trễ đồng bộ · Sync lag",
            "Từ khi cơ quan báo xử lý xong đến khi Cổng ghi nhận, cả khi Cổng gián đoạn."
            " / From the report of the ending to the acknowledgement, outages included.",
            over_time("lienthong:sync_lag_seconds:p50_5m", "p50"),
            over_time("lienthong:sync_lag_seconds:p95_5m", "p95"),
            over_time("lienthong:sync_lag_seconds:p99_5m", "p99"),
            unit=SECONDS,
            limits=((None, GREEN), (300, RED)),
            width=8,
            links=[to_runbook("LienThongSlowEndings")],
        ),
        bars(
            "Độ trễ trong khoảng đang xem · Sync lag in view",
            "Phần hồ sơ được ghi nhận trong thời gian này hoặc nhanh hơn."
            " / Share of endings acknowledged within this time or less.",
            *(at_the_end(_within(bound), f"trong {time}") for bound, time in _BOUNDS.items()),
            unit=SHARE,
            steps=((None, RED), (0.5, ORANGE), (0.99, GREEN)),
            most=1,
        ),
        lines(
            "Độ trễ theo chặng, p95 trong một giờ · Lag by stage, p95 of an hour",
            "Xử lý xong → vào hàng đợi → Cổng ghi nhận → thấy trên Cổng (hỏi mẫu)."
            " / Desk finish → queued → accepted → visible on the portal (a sample is asked about).",
            over_time("lienthong:sync_lag_seconds:p95_1h_by_stage", "{{stage}}"),
            unit=SECONDS,
            names=STAGES,
            width=16,
        ),
        figure(
            "Đã ghi nhận mà chưa thấy · Acknowledged, not shown",
            "Trong mẫu đã hỏi, Cổng đã ghi nhận mà khi tra cứu chưa cho thấy; vài giờ không hết thì đối soát."
            " / Of the sample, acknowledged and not shown when looked up; reconcile if it stays for hours.",
            "max(lienthong_accepted_unseen)",
            steps=WORK,
            width=8,
            height=CHART_HEIGHT,
            links=[to_console("/reconciliation")],
        ),
    ]


def _within(bound: str) -> str:
    lag, stage = "lienthong_sync_lag_seconds", 'stage="accepted"'
    within = f'max(increase({lag}_bucket{{{stage}, le="{bound}"}}[$__range]))'
    return f"{within} / max(increase({lag}_count{{{stage}}}[$__range]))"


def _parked() -> Panels:
    return [
        lines(
            "Chờ cán bộ theo nguyên nhân · Parked by cause",
            "Mỗi nhóm có cách sửa ở trang theo dõi. / The console has the fix for each group.",
            over_time("sum by (cause) (max by (cause, owner) (lienthong_parked))", "{{cause}}"),
            names=PARKED,
            stacked=True,
            links=[to_console("/parked"), to_runbook("LienThongParked")],
            width=6,
        ),
        lines(
            "Chờ cán bộ lâu nhất · Oldest parked",
            "Theo nguyên nhân. / By cause.",
            over_time("max by (cause) (lienthong_parked_oldest_age_seconds)", "{{cause}}"),
            unit=SECONDS,
            names=PARKED,
            links=[to_console("/parked")],
            width=6,
        ),
        bars(
            "Chờ cán bộ theo bên xử lý · Parked by who has to act",
            "Đơn vị sửa hồ sơ; danh mục, tài khoản, Cổng là việc vận hành."
            " / Units mend dossiers; catalogue, accounts and the portal are for operations.",
            at_the_end("sum by (owner) (max by (cause, owner) (lienthong_parked))", "{{owner}}"),
            steps=WORK,
            names=OWNERS,
            links=[to_console("/parked"), to_runbook("LienThongParked")],
            width=6,
        ),
        bars(
            "Bị Cổng từ chối theo thủ tục · Refused by procedure",
            "10 thủ tục nhiều nhất. / The ten procedures with most.",
            at_the_end("sort_desc(max by (procedure) (lienthong_parked_refused) > 0)", "{{procedure}}"),
            steps=((None, ORANGE), (3, RED)),
            empty="Không có · none",
            links=[to_console("/parked"), to_runbook("LienThongPortalRefusesProcedure")],
            width=6,
        ),
    ]


def _objectives() -> Panels:
    return [
        lines(
            "Đang báo trễ oan theo nguyên nhân · Falsely late and open, by cause",
            "Cổng chưa ghi nhận kết thúc. / The portal has not acknowledged the ending.",
            over_time("max by (cause) (lienthong_false_late_open)", "{{cause}}"),
            names=CAUSES,
            stacked=True,
            links=[to_console()],
            width=8,
        ),
        lines(
            "Báo trễ oan do ta, phần của hồ sơ kết thúc · Falsely late through us, share of endings",
            "Đường đứt: mục tiêu 0,1 %. / Dashed: the objective, 0.1 %.",
            over_time("lienthong:false_late:share_1h", "1 h"),
            over_time("lienthong:false_late:share_6h", "6 h"),
            over_time("lienthong:false_late:share_3d", "3 d"),
            unit=SHARE,
            limits=((None, GREEN), (0.001, RED)),
            links=[to_runbook("LienThongFalseLateRising")],
            width=8,
        ),
        lines(
            "Ghi nhận sau hơn 5 phút, phần của hồ sơ kết thúc · Later than five minutes, share of endings",
            "Khi Cổng hoạt động. Đường đứt: mục tiêu 1 %."
            " / While the portal is up. Dashed: the objective, 1 %.",
            over_time("lienthong:accepted_slow:share_1h", "1 h"),
            over_time("lienthong:accepted_slow:share_6h", "6 h"),
            over_time("lienthong:accepted_slow:share_3d", "3 d"),
            unit=SHARE,
            limits=((None, GREEN), (0.01, RED)),
            links=[to_runbook("LienThongSlowEndings")],
            width=8,
        ),
    ]
