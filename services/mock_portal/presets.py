"""Weather by name: conditions that stand in a data file each."""

from functools import cache
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.mock_kit.faults import MAX_FAULT_SECONDS
from services.mock_portal.keeping import switched
from services.mock_portal.orders.conditions import Conditions
from services.mock_portal.orders.faults import AnyFaultOrder
from services.mock_portal.portal import Portal

_FOLDER: Final = Path(__file__).with_name("presets_data")


class UnknownPreset(Exception):
    """There is no preset of this name; the text gives those that are."""

    def __init__(self, name: str) -> None:
        known = ", ".join(preset.name for preset in all_presets())
        super().__init__(f"{name}: không có kịch bản này / no such preset; có / there are: {known}")


class Cycle(BaseModel):
    """A rule that comes again and again, each time with a duration of its own."""

    model_config = ConfigDict(extra="forbid")

    every_seconds: float = Field(gt=0)
    times: int = Field(ge=1, le=500)
    fault: AnyFaultOrder

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        if self.fault.starts_after_seconds + self.every_seconds * (self.times - 1) > MAX_FAULT_SECONDS:
            raise ValueError("the last one begins after more than a day")
        return self

    def orders(self) -> list[AnyFaultOrder]:
        first = self.fault.starts_after_seconds
        return [
            self.fault.model_copy(update={"starts_after_seconds": first + self.every_seconds * number})
            for number in range(self.times)
        ]


class Preset(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    vi: str
    en: str
    conditions: Conditions = Conditions()
    cycles: list[Cycle] = []
    switches: dict[str, JsonValue] = {}


@cache
def all_presets() -> tuple[Preset, ...]:
    """Read the data files, in order of their names."""
    files = sorted(_FOLDER.glob("*.json"))
    return tuple(Preset.model_validate_json(file.read_bytes()) for file in files)


def find_preset(name: str) -> Preset:
    """Find a preset by its name, or raise `UnknownPreset`."""
    for preset in all_presets():
        if preset.name == name:
            return preset
    raise UnknownPreset(name)


def apply_preset(portal: Portal, preset: Preset) -> None:
    """Replace what was ordered before, switches too; what the portal holds stays."""
    portal.adopt(switched(portal.initial_settings, preset.switches))
    repeated = [order for cycle in preset.cycles for order in cycle.orders()]
    conditions = preset.conditions.model_copy(update={"faults": [*preset.conditions.faults, *repeated]})
    conditions.impose_on(portal)
