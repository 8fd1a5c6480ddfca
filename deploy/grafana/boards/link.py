"""Where a panel leads: a page of the console, a page of the runbook, another dashboard."""

from typing import Final

from grafana_foundation_sdk.builders.dashboard import DashboardLink
from grafana_foundation_sdk.models.dashboard import DashboardLinkType

#: The variable that holds the console's address.
CONSOLE: Final = "console"
#: The dashboards, in the order of the links on top of each.
TITLES: Final = {
    "lienthong-overview": "Tổng quan · Overview",
    "lienthong-delivery": "Đồng bộ · Delivery",
    "lienthong-portal": "Cổng DVCQG · Portal",
    "lienthong-citizens": "Tra cứu và công dân số · Look-ups and onboarding",
    "lienthong-units": "Đơn vị · Units",
    "lienthong-system": "Hệ thống · System",
    "lienthong-runbook": "Sổ tay trực · Runbook",
}


def to_console(path: str = "/") -> DashboardLink:
    """Lead to a page of the console, which says what to do and with which command."""
    return _link("Trang theo dõi · Console").url("${" + CONSOLE + "}" + path).target_blank(True)


def to_runbook(alert: str) -> DashboardLink:
    """Lead to an alert's page; the uid of that dashboard is the alert's name."""
    return _link(f"Sổ tay trực · Runbook: {alert.removeprefix('LienThong')}").url(f"/d/{alert}")


def to_board(uid: str) -> DashboardLink:
    """Lead to another dashboard, at the same time and of the same installation."""
    return _link(TITLES[uid]).url(f"/d/{uid}").keep_time(True).include_vars(True)


def on_panel(uid: str) -> DashboardLink:
    """Lead from a panel to the dashboard that says more."""
    return _link(TITLES[uid]).url(f"/d/{uid}?${{__url_time_range}}&${{__all_variables}}")


def _link(title: str) -> DashboardLink:
    return DashboardLink(title).type(DashboardLinkType.LINK)
