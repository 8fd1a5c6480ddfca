"""Tables: a row per value of a label, a column per question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.models.common import TableCellHeight
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    ValueMap,
    ValueMappingResult,
)

from deploy.grafana.boards.panel import CHART_HEIGHT, Links, Words, framed
from deploy.grafana.boards.query import as_rows, lettered
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

_COLOURED_TEXT: Final = DynamicConfigValue(id_val="custom.cellOptions", value={"type": "color-text"})


@dataclass(frozen=True, slots=True)
class Column:
    """A question whose answer has the label of the rows and no other; `steps` colour its figures."""

    title: str
    expression: str
    unit: str = NUMBER
    steps: Steps = NEUTRAL


@dataclass(frozen=True, slots=True)
class Rows:
    """The label that makes the rows, words for its values, and the address behind each of them."""

    label: str
    title: str
    names: Words | None = None
    leads_to: str | None = None


def grid(
    title: str,
    about: str,
    rows: Rows,
    columns: Sequence[Column],
    *,
    links: Links = (),
    width: int = 24,
    height: int = CHART_HEIGHT,
) -> table.Panel:
    """Join the answers of two or more questions by the label; the first column's largest are on top."""
    queries = tuple(as_rows(column.expression) for column in columns)
    panel = framed(table.Panel(), title, about, queries, links=links, width=width, height=height)
    panel.thresholds(thresholds(NEUTRAL)).mappings(said_as(NO_WORDS)).no_value("–")
    panel.override_by_name(rows.label, _heading(rows))
    for query, column in zip(lettered(queries), columns, strict=True):
        panel.override_by_name(f"Value #{query.build().ref_id}", _look(column))
    return (
        panel.show_header(True)
        .cell_height(TableCellHeight.SM)
        .sort_by([common.TableSortByFieldState().display_name(columns[0].title).desc(True)])
        .with_transformation(DataTransformerConfig(id_val="merge", options={}))
        .with_transformation(_without(["Time"]))
    )


def listing(
    title: str,
    about: str,
    expression: str,
    columns: Sequence[Rows],
    *,
    empty: str,
    links: Links = (),
    width: int = 24,
    height: int = CHART_HEIGHT,
) -> table.Panel:
    """List series by their labels, without their values; `empty` is what is said when there are none."""
    panel = framed(
        table.Panel(), title, about, (as_rows(expression),), links=links, width=width, height=height
    )
    panel.thresholds(thresholds(NEUTRAL)).no_value(empty)
    for column in columns:
        panel.override_by_name(column.label, _heading(column))
    return (
        panel.show_header(True)
        .cell_height(TableCellHeight.SM)
        .with_transformation(_without(["Time", "Value"]))
    )


def _heading(rows: Rows) -> list[DynamicConfigValue]:
    look = [shown_as(rows.title)]
    if rows.names:
        words = {value: ValueMappingResult(text=both(name)) for value, name in rows.names.items()}
        look.append(DynamicConfigValue(id_val="mappings", value=[ValueMap(words)]))
    if rows.leads_to is not None:
        link = {"title": rows.title, "url": rows.leads_to, "targetBlank": False}
        look.append(DynamicConfigValue(id_val="links", value=[link]))
    return look


def _look(column: Column) -> list[DynamicConfigValue]:
    look = [shown_as(column.title), DynamicConfigValue(id_val="unit", value=column.unit)]
    if column.steps is not NEUTRAL:
        colours = thresholds(column.steps).build()
        look += [_COLOURED_TEXT, DynamicConfigValue(id_val="thresholds", value=colours)]
    return look


def _without(fields: Sequence[str]) -> DataTransformerConfig:
    options = {"excludeByName": dict.fromkeys(fields, True), "indexByName": {}, "renameByName": {}}
    return DataTransformerConfig(id_val="organize", options=options)
