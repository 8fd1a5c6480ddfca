"""What all dashboards have in common: variables, ways to one another, and rows of panels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grafana_foundation_sdk.builders.dashboard import (
    AnnotationQuery,
    Dashboard,
    DatasourceVariable,
    QueryVariable,
    Row,
    TextBoxVariable,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from deploy.grafana.boards.link import CONSOLE, TITLES, to_board, to_console
from deploy.grafana.boards.query import SOURCE

#: As in provisioning/datasources/prometheus.yml.
SOURCE_NAME: Final = "Liên Thông"
SOURCE_UID: Final = "lienthong-prometheus"
TAG: Final = "lienthong"

Panels = Sequence[Builder[dashboard.Panel]]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it, from left to right."""

    title: str
    panels: Panels


def board(
    uid: str,
    about: str,
    *sections: Section,
    console: str,
    variables: Sequence[Builder[dashboard.VariableModel]] = (),
    since: str = "now-3h",
) -> dashboard.Dashboard:
    """Put a dashboard together; `console` is the address that its links to the console begin with."""
    built = framed(uid, TITLES[uid], about).time(since, "now").refresh("10s")
    built.links([*(to_board(other) for other in TITLES if other != uid), to_console()])
    built.annotation(_outages()).variables([_source(), _console(console), *variables])
    for section in sections:
        built.with_row(Row(section.title))
        for panel in section.panels:
            built.with_panel(panel)
    return numbered(built)


def framed(uid: str, title: str, about: str) -> Dashboard:
    """Begin a dashboard in Vietnam's time that only its code can change."""
    return (
        Dashboard(title)
        .uid(uid)
        .description(about)
        .tags([TAG])
        .readonly()
        .timezone("Asia/Ho_Chi_Minh")
        .week_start("monday")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .version(1)
    )


def numbered(built: Dashboard) -> dashboard.Dashboard:
    """Give each panel the number by which links name it."""
    whole = built.build()
    for number, panel in enumerate(whole.panels or [], start=1):
        panel.id_val = number
    return whole


def choice_of(name: str, label: str, query: str) -> QueryVariable:
    """Let the reader choose one of a label's values."""
    return (
        QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query({"query": query, "refId": name})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.NATURAL_ASC)
    )


def _outages() -> AnnotationQuery:
    """Mark the portal's outages on every chart: they explain most of what one sees there."""
    return (
        AnnotationQuery()
        .name("Cổng gián đoạn · Portal outage")
        .datasource(SOURCE)
        .expr("max(lienthong_portal_outage_open) == 1")
        .enable(True)
        .icon_color("red")
    )


def _source() -> DatasourceVariable:
    return (
        DatasourceVariable("datasource")
        .label("Nguồn dữ liệu · Data source")
        .type("prometheus")
        .current(VariableOption(text=SOURCE_NAME, value=SOURCE_UID))
    )


def _console(address: str) -> TextBoxVariable:
    return (
        TextBoxVariable(CONSOLE)
        .label("Trang theo dõi · Console")
        .default_value(address)
        .current(VariableOption(text=address, value=address))
        .options([VariableOption(text=address, value=address, selected=True)])
    )
