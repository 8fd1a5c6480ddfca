"""The kinds of panels that the dashboards are made of, each with the house's manners.

A title is "Vietnamese · English" and `about` "Vietnamese / English"; units and steps come from `scale`.
Widths are in columns of 24.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders.dashboard import DashboardLink, FieldColor
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import FieldColorModeId

from deploy.grafana.boards.query import SOURCE, at_the_end, lettered, over_time
from deploy.grafana.boards.scale import (
    NEUTRAL,
    NO_WORDS,
    NUMBER,
    Steps,
    both,
    said_as,
    shown_as,
    thresholds,
)
from services.core.domain.wording import Bilingual

FIGURE_HEIGHT: Final = 4
CHART_HEIGHT: Final = 8

Links = Sequence[DashboardLink]
#: Names of label values, for legends.
Words = Mapping[str, Bilingual]
NO_NAMES: Final[Words] = {}

P = TypeVar("P", stat.Panel, timeseries.Panel, statetimeline.Panel, bargauge.Panel, table.Panel)


def figure(
    title: str,
    about: str,
    expression: str,
    *,
    unit: str = NUMBER,
    steps: Steps = NEUTRAL,
    said: Mapping[str, tuple[Bilingual, str]] = NO_WORDS,
    links: Links = (),
    width: int = 4,
    height: int = FIGURE_HEIGHT,
    decimals: int | None = None,
) -> stat.Panel:
    """Show one large figure of the latest moment; `said` puts words in the place of values.

    Not the last of a range, as is common: that would go on showing health where nothing is measured any more.
    """
    panel = framed(
        stat.Panel(), title, about, (at_the_end(expression),), links=links, width=width, height=height
    )
    panel.unit(unit).thresholds(thresholds(steps)).mappings(said_as(said)).no_value("–")
    if decimals is not None:
        panel.decimals(decimals)
    return (
        panel.color_scheme(FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .color_mode(
            BigValueColorMode.VALUE if steps is NEUTRAL and not said else BigValueColorMode.BACKGROUND
        )
        .graph_mode(BigValueGraphMode.NONE)
        .text_mode(BigValueTextMode.AUTO)
        .reduce_options(_latest())
    )


def lines(
    title: str,
    about: str,
    *queries: Dataquery,
    unit: str = NUMBER,
    names: Words = NO_NAMES,
    stacked: bool = False,
    limits: Steps = NEUTRAL,
    links: Links = (),
    width: int = 12,
) -> timeseries.Panel:
    """Draw lines over time; `limits` are drawn across them, `names` stand for label values in the legend."""
    panel = framed(timeseries.Panel(), title, about, queries, links=links, width=width, height=CHART_HEIGHT)
    style = GraphThresholdsStyleMode.OFF if limits is NEUTRAL else GraphThresholdsStyleMode.DASHED
    panel.unit(unit).min(0).thresholds(thresholds(limits)).mappings(said_as(NO_WORDS))
    panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(style))
    panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL if stacked else StackingMode.NONE))
    return (
        _named(panel, names)
        .color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .line_width(1)
        .fill_opacity(40 if stacked else 8)
        .show_points(VisibilityMode.NEVER)
        .span_nulls(False)
        .legend(_legend())
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    )


def course(
    title: str,
    about: str,
    expression: str,
    legend: str,
    *,
    said: Mapping[str, tuple[Bilingual, str]],
    names: Words = NO_NAMES,
    links: Links = (),
    width: int = 12,
    height: int = CHART_HEIGHT,
) -> statetimeline.Panel:
    """Draw coloured strips over time, one per series."""
    panel = framed(
        statetimeline.Panel(),
        title,
        about,
        (over_time(expression, legend),),
        links=links,
        width=width,
        height=height,
    )
    panel.mappings(said_as(said)).thresholds(thresholds(NEUTRAL))
    return (
        _named(panel, names)
        .color_scheme(FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .merge_values(True)
        .show_value(VisibilityMode.NEVER)
        .row_height(0.9)
        .line_width(0)
        .fill_opacity(70)
        .legend(_legend())
    )


def bars(
    title: str,
    about: str,
    *queries: Dataquery,
    unit: str = NUMBER,
    steps: Steps = NEUTRAL,
    most: float | None = None,
    empty: str = "–",
    names: Words = NO_NAMES,
    links: Links = (),
    width: int = 8,
    height: int = CHART_HEIGHT,
) -> bargauge.Panel:
    """Show a bar per series, of the latest moment, up to `most`; `empty` says that there are none."""
    panel = framed(bargauge.Panel(), title, about, queries, links=links, width=width, height=height)
    panel.unit(unit).min(0).thresholds(thresholds(steps)).mappings(said_as(NO_WORDS)).no_value(empty)
    if most is not None:
        panel.max(most)
    return (
        _named(panel, names)
        .color_scheme(FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .reduce_options(_latest())
    )


def framed(
    panel: P,
    title: str,
    about: str,
    queries: tuple[Dataquery, ...],
    *,
    links: Links,
    width: int,
    height: int,
) -> P:
    """Give a panel what every one has."""
    panel.title(title).description(about).datasource(SOURCE)
    panel.span(width).height(height).links([*links])
    panel.targets([*lettered(queries)])
    return panel


def _named(panel: P, names: Words) -> P:
    for value, words in names.items():
        panel.override_by_name(value, [shown_as(both(words))])
    return panel


def _latest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False).fields("")


def _legend() -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs([])
    )
