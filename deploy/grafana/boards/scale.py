"""How figures are read: units, the values at which they change colour, and words in the place of numbers."""

from collections.abc import Mapping
from typing import Final

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    DynamicConfigValue,
    SpecialValueMap,
    SpecialValueMatch,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from services.core.domain.wording import Bilingual

# Grafana's names of units.
NUMBER: Final = "locale"
SHARE: Final = "percentunit"
SECONDS: Final = "s"
PER_SECOND: Final = "reqps"
BYTES: Final = "bytes"
MOMENT: Final = "dateTimeFromNow"
PLAIN: Final = "none"

GREEN: Final = "green"
ORANGE: Final = "orange"
RED: Final = "red"
BLUE: Final = "blue"

#: From which value on a figure has a colour; the first value is `None`, the lowest there is.
Steps = tuple[tuple[float | None, str], ...]

#: A figure that is neither good nor bad.
NEUTRAL: Final[Steps] = ((None, BLUE),)
#: One is one too many.
NONE_ALLOWED: Final[Steps] = ((None, GREEN), (1, RED))
#: Somebody's work, but nobody's alarm.
WORK: Final[Steps] = ((None, GREEN), (1, ORANGE))
#: What should be at the top of a share.
HIGH_SHARE: Final[Steps] = ((None, RED), (0.9, ORANGE), (0.99, GREEN))

UP_OR_DOWN: Final = {"0": (Bilingual("Hoạt động", "up"), GREEN), "1": (Bilingual("Gián đoạn", "down"), RED)}
YES_OR_NO: Final = {"1": (Bilingual("Có", "yes"), GREEN), "0": (Bilingual("Không", "no"), ORANGE)}
RUNS_OR_NOT: Final = {"1": (Bilingual("Chạy", "runs"), GREEN), "0": (Bilingual("Dừng", "stopped"), RED)}
#: What Grafana's formats make "Infinity years" of.
ENDLESS: Final = {"Infinity": (Bilingual("Không có", "none"), GREEN)}
NO_WORDS: Final[Mapping[str, tuple[Bilingual, str]]] = {}


def both(words: Bilingual) -> str:
    """Write both languages as titles and legends have them."""
    return f"{words.vi} · {words.en}"


def thresholds(steps: Steps) -> ThresholdsConfig:
    """Give the colours of a figure."""
    return (
        ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=colour) for value, colour in steps])
    )


def said_as(words: Mapping[str, tuple[Bilingual, str]]) -> list[ValueMapping]:
    """Put words and colours in the place of numbers, and a dash in the place of what is unknown."""
    known: list[ValueMapping] = []
    if words:
        known.append(
            ValueMap(
                {
                    value: ValueMappingResult(text=both(text), color=colour, index=place)
                    for place, (value, (text, colour)) in enumerate(words.items())
                }
            )
        )
    unknown = DashboardSpecialValueMapOptions(SpecialValueMatch.NULL_AND_NAN, ValueMappingResult(text="–"))
    return [*known, SpecialValueMap(unknown)]


def shown_as(title: str) -> DynamicConfigValue:
    """Give a series or a column another name than the one it comes with."""
    return DynamicConfigValue(id_val="displayName", value=title)
