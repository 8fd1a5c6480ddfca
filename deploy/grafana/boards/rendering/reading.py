"""How a panel wants its figures read: units, colours and words, as the dashboard's JSON says."""

from collections.abc import Mapping
from math import isinf
from typing import Any, Final

#: Grafana's colours.
COLOURS: Final = {"green": "#73BF69", "orange": "#FF9830", "red": "#F2495C", "blue": "#5794F2"}
_THOUSAND: Final = 1000
_STEADY: Final = 100


def written(value: float, unit: str, *, decimals: int | None = None) -> str:
    """Write a figure as Vietnamese readers expect it, in a unit that Grafana names."""
    if isinf(value):
        return "∞"
    match unit:
        case "percentunit":
            return f"{_number(100 * value, 1 if decimals is None else decimals)} %"
        case "s":
            return _duration(value)
        case "bytes":
            return f"{_number(value / 2**20, 0)} MiB"
        case "reqps":
            return f"{_number(value, 1)}/s"
        case _:
            return _number(value, 2 if decimals is None else decimals)


def colour_of(value: float, field: Mapping[str, Any]) -> str:
    """Give the colour of the highest threshold that the value has reached."""
    chosen = "blue"
    for step in field.get("thresholds", {}).get("steps", []):
        if step["value"] is None or value >= step["value"]:
            chosen = step["color"]
    return COLOURS[chosen]


def mapped(value: str, field: Mapping[str, Any]) -> tuple[str, str | None] | None:
    """Give the words, and perhaps the colour, that stand for a value."""
    for mapping in field.get("mappings", []):
        if mapping["type"] == "value" and value in mapping["options"]:
            found = mapping["options"][value]
            return found["text"], COLOURS.get(found.get("color", ""))
    return None


def overridden(panel: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give what a panel says of one series or column, laid over what it says of all."""
    field: dict[str, Any] = dict(panel["fieldConfig"]["defaults"])
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"]["options"] == name:
            field |= {change["id"]: change["value"] for change in override["properties"]}
    return field


def plain(value: float) -> str:
    """Write a value as mappings have it for a key."""
    if isinf(value):
        return "Infinity"
    return str(int(value)) if value == int(value) else str(value)


def _number(value: float, decimals: int) -> str:
    if value == int(value):
        decimals = 0 if abs(value) < _THOUSAND or decimals > 1 else decimals
    elif abs(value) >= _STEADY:
        decimals = 0
    return f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _duration(seconds: float) -> str:
    for size, name in ((86_400, "ngày"), (3600, "giờ"), (60, "phút")):
        if seconds >= size:
            return f"{_number(seconds / size, 1)} {name}"
    if seconds >= 1 or seconds == 0:
        return f"{_number(seconds, 1)} s"
    return f"{_number(_THOUSAND * seconds, 1)} ms"
