"""What a panel asks Prometheus."""

from typing import Final

from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.dashboard import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat, QueryEditorMode

#: A variable of every dashboard, so that one Grafana can show several installations.
SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")


def over_time(expression: str, legend: str = "") -> Dataquery:
    """Ask for the whole time in view."""
    return _query(expression).range().legend_format(legend)


def at_the_end(expression: str, legend: str = "") -> Dataquery:
    """Ask for the latest moment in view."""
    return _query(expression).instant().legend_format(legend)


def as_rows(expression: str) -> Dataquery:
    """Ask for the latest moment in view, a row per series and a column per label."""
    return _query(expression).instant().format(PromQueryFormat.TABLE)


def lettered(queries: tuple[Dataquery, ...]) -> list[Dataquery]:
    """Name queries A, B, C, by which a table's columns go."""
    return [query.ref_id(chr(ord("A") + place)) for place, query in enumerate(queries)]


def _query(expression: str) -> Dataquery:
    return Dataquery().datasource(SOURCE).editor_mode(QueryEditorMode.CODE).expr(expression)
