"""How numbers and times are written, in Vietnamese time; the Vietnamese way unless English is asked for."""

from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Final

from services.console.language import Language
from services.core.domain.deadline import VIETNAM
from services.core.domain.wording import Bilingual

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_MARKS: Final = str.maketrans(",.", ".,")

#: Larger unit, its seconds, then the smaller one and its seconds.
_SCALES: Final = (
    (Bilingual("ngày", "d"), _DAY, Bilingual("giờ", "h"), _HOUR),
    (Bilingual("giờ", "h"), _HOUR, Bilingual("phút", "min"), _MINUTE),
    (Bilingual("phút", "min"), _MINUTE, Bilingual("giây", "s"), 1),
)


def write_moment(at: datetime) -> str:
    """Write an instant to the second: `21/11/2026 03:48:29`."""
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def write_day(day: date) -> str:
    """Write a day: `21/11/2026`."""
    return f"{day:%d/%m/%Y}"


def write_number(number: float, language: Language = Language.VIETNAMESE) -> str:
    """Write a whole number: `10.071`."""
    return _in(language, f"{round(number):,}")


def write_share(share: float | Decimal, language: Language = Language.VIETNAMESE) -> str:
    """Write a share in per cent, rounded down, so that only all of something is 100 %."""
    percent = (Decimal(str(share)) * 100).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return _in(language, f"{percent} %".replace(".0 ", " "))


def write_points(points: Decimal, language: Language = Language.VIETNAMESE) -> str:
    """Write points and per cent with the two decimals that are published: `17,35`."""
    return _in(language, f"{points:.2f}")


def write_span(seconds: float) -> Bilingual:
    """Write a length of time in its two largest units: `2 giờ 5 phút`."""
    whole = max(0, int(seconds))
    for large, large_seconds, small, small_seconds in _SCALES:
        if whole >= large_seconds:
            most, rest = divmod(whole, large_seconds)
            less = rest // small_seconds
            return Bilingual(_joined(most, large.vi, less, small.vi), _joined(most, large.en, less, small.en))
    return Bilingual(f"{whole} giây", f"{whole} s")


def write_call_time(seconds: float, language: Language = Language.VIETNAMESE) -> str:
    """Write how long a call took: `0,25 s`."""
    return _in(language, f"{max(seconds, 0.0):.2f} s")


def _in(language: Language, english: str) -> str:
    """Swap the two marks of a number where the language has them the other way round."""
    return english if language is Language.ENGLISH else english.translate(_MARKS)


def _joined(most: int, large: str, less: int, small: str) -> str:
    return f"{most} {large} {less} {small}" if less else f"{most} {large}"
