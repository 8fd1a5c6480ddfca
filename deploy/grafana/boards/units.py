"""How the units stand, and one unit by itself."""

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.board import Panels, Section, board, choice_of
from deploy.grafana.boards.grid import Column, Rows, grid
from deploy.grafana.boards.link import to_console, to_runbook
from deploy.grafana.boards.names import STEPS
from deploy.grafana.boards.panel import bars, figure, lines
from deploy.grafana.boards.query import at_the_end, over_time
from deploy.grafana.boards.scale import (
    GREEN,
    HIGH_SHARE,
    NONE_ALLOWED,
    ORANGE,
    PLAIN,
    RED,
    SECONDS,
    SHARE,
    Steps,
)

_AGE: Final[Steps] = ((None, GREEN), (900, ORANGE), (86_400, RED))
_COVERAGE: Final[Steps] = ((None, RED), (0.5, ORANGE), (0.8, GREEN))
#: Half and four fifths of all points.
_POINTS: Final[Steps] = ((None, RED), (50, ORANGE), (80, GREEN))
_ROW: Final = Rows(
    "unit", "Đơn vị · Unit", leads_to="/d/lienthong-units?var-unit=${__value.raw}&${__url_time_range}"
)


def units(console: str) -> Dashboard:
    """Rank all units, then show the chosen one."""
    return board(
        "lienthong-units",
        "Đơn vị nào cần giúp, và vì sao. Bấm mã đơn vị để xem riêng."
        " / Which units need help, and why. Click a unit's code to see it alone.",
        Section("Xếp hạng · Ranking", _ranking()),
        Section("Nhiều nhất · Most", _most()),
        Section("Đơn vị $unit · Unit $unit", [*_unit_now(), *_unit_course()]),
        console=console,
        variables=[
            choice_of("unit", "Đơn vị · Unit", "label_values(lienthong_unit_dossiers_received_total, unit)")
        ],
        since="now-24h",
    )


def _ranking() -> Panels:
    return [
        grid(
            "Các đơn vị · Units",
            "Số hồ sơ từ trước đến nay; điểm 766 là ước tính tháng này."
            " / Dossiers of all time; points of index 766 are this month's estimate.",
            _ROW,
            (
                Column(
                    "Báo trễ oan · Falsely late", _of_each("lienthong_unit_false_late"), steps=NONE_ALLOWED
                ),
                Column("Bị coi là quá hạn · Flagged late", _of_each("lienthong_unit_flagged_late")),
                Column("Chưa đồng bộ · Unsynced", _of_each("lienthong_unit_unsynced")),
                Column(
                    "Chờ lâu nhất · Oldest",
                    _of_each("lienthong_unit_oldest_unsynced_age_seconds"),
                    SECONDS,
                    _AGE,
                ),
                Column("Tiếp nhận · Received", _of_each("lienthong_unit_dossiers_received_total")),
                Column("Xử lý xong · Ended", _of_each("lienthong_unit_dossiers_ended_total")),
                Column(
                    "Được ghi nhận · Accepted",
                    f"{_of_each('lienthong_unit_dossiers_accepted_total')}"
                    f" / ({_of_each('lienthong_unit_dossiers_ended_total')} > 0)",
                    SHARE,
                    HIGH_SHARE,
                ),
                Column(
                    "Điểm 766 · Index 766",
                    'max by (unit) (lienthong_index766_points{indicator="TOTAL"})',
                    PLAIN,
                    _POINTS,
                ),
            ),
            links=[to_console("/index766")],
            height=12,
        )
    ]


def _most() -> Panels:
    return [
        bars(
            "Báo trễ oan · Falsely late",
            "10 đơn vị nhiều nhất. / The ten units with most.",
            at_the_end(f"topk(10, {_of_each('lienthong_unit_false_late')})", "{{unit}}"),
            steps=NONE_ALLOWED,
            links=[to_console(), to_runbook("LienThongFalseLateRising")],
        ),
        bars(
            "Chưa đồng bộ · Unsynced",
            "10 đơn vị nhiều nhất. / The ten units with most.",
            at_the_end(f"topk(10, {_of_each('lienthong_unit_unsynced')})", "{{unit}}"),
            links=[to_runbook("LienThongBacklogOld")],
        ),
        bars(
            "Điểm 766 thấp nhất · Fewest points of index 766",
            "10 đơn vị thấp nhất tháng này, ước tính. / The ten lowest this month, estimated.",
            at_the_end(
                'bottomk(10, max by (unit) (lienthong_index766_points{indicator="TOTAL"}))', "{{unit}}"
            ),
            unit=PLAIN,
            steps=_POINTS,
            most=100,
            links=[to_console("/index766")],
        ),
    ]


def _unit_now() -> Panels:
    return [
        figure(
            "Báo trễ oan · Falsely late",
            "Mọi nguyên nhân, còn chờ và đã ghi nhận. / All causes, open and settled.",
            _of_chosen("lienthong_unit_false_late"),
            steps=NONE_ALLOWED,
            links=[to_console()],
        ),
        figure(
            "Bị coi là quá hạn · Flagged late",
            "Kể cả trễ thật. / Rightly late ones included.",
            _of_chosen("lienthong_unit_flagged_late"),
        ),
        figure(
            "Chưa đồng bộ · Unsynced",
            "Kể cả hồ sơ chờ cán bộ. / Parked ones included.",
            _of_chosen("lienthong_unit_unsynced"),
            links=[to_console("/parked")],
        ),
        figure(
            "Chờ lâu nhất · Oldest unsynced",
            "Kể từ lúc có việc cần gửi. / Since it became due.",
            _of_chosen("lienthong_unit_oldest_unsynced_age_seconds"),
            unit=SECONDS,
            steps=_AGE,
        ),
        figure(
            "Được ghi nhận · Accepted",
            "Phần hồ sơ xử lý xong mà Cổng đã ghi nhận. / Share of endings that the portal has acknowledged.",
            f"{_of_chosen('lienthong_unit_dossiers_accepted_total')}"
            f" / ({_of_chosen('lienthong_unit_dossiers_ended_total')} > 0)",
            unit=SHARE,
            steps=HIGH_SHARE,
        ),
        figure(
            "Điểm 766 · Index 766",
            "Ước tính tháng này. / This month's estimate.",
            'max(lienthong_index766_points{indicator="TOTAL", unit="$unit"})',
            unit=PLAIN,
            steps=_POINTS,
            decimals=2,
            links=[to_console("/index766?unit=$unit")],
        ),
    ]


def _unit_course() -> Panels:
    return [
        lines(
            "Tiếp nhận, xử lý xong, được ghi nhận mỗi giờ · Received, ended, accepted per hour",
            "Của đơn vị đang chọn. / Of the chosen unit.",
            over_time(_hourly("lienthong_unit_dossiers_received_total"), "tiếp nhận · received"),
            over_time(_hourly("lienthong_unit_dossiers_ended_total"), "xử lý xong · ended"),
            over_time(_hourly("lienthong_unit_dossiers_accepted_total"), "ghi nhận · accepted"),
            width=8,
        ),
        lines(
            "Chưa đồng bộ và quá hạn · Unsynced and late",
            "Của đơn vị đang chọn. / Of the chosen unit.",
            over_time(_of_chosen("lienthong_unit_unsynced"), "chưa đồng bộ · unsynced"),
            over_time(_of_chosen("lienthong_unit_flagged_late"), "bị coi là quá hạn · flagged late"),
            over_time(_of_chosen("lienthong_unit_false_late"), "báo trễ oan · falsely late"),
            width=8,
        ),
        bars(
            "Công dân số · Onboarding",
            "Phần người thuộc diện đã hoàn thành từng bước. / Share of those eligible who have a step done.",
            at_the_end(
                'sort_desc(max by (step) (lienthong_unit_onboarding_coverage{unit="$unit"}))', "{{step}}"
            ),
            unit=SHARE,
            steps=_COVERAGE,
            most=1,
            names=STEPS,
        ),
    ]


def _of_each(metric: str) -> str:
    return f"max by (unit) ({metric})"


def _of_chosen(metric: str) -> str:
    return f'max({metric}{{unit="$unit"}})'


def _hourly(metric: str) -> str:
    return f'3600 * max(rate({metric}{{unit="$unit"}}[$__rate_interval]))'
