"""How numbers and times are written: the Vietnamese way, in Vietnamese time."""

from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Final

from services.core.domain.deadline import VIETNAM
from services.core.domain.wording import Bilingual

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR

#: Larger unit, its seconds, then the smaller one and its seconds.
_SCALES: Final = (
    (Bilingual("ngày", "d"), _DAY, Bilingual("giờ", "h"), _HOUR),
    (Bilingual("giờ", "h"), _HOUR, Bilingual("phút", "min"), _MINUTE),
    (Bilingual("phút", "min"), _MINUTE, Bilingual("giây", "s"), 1),
)


def write_moment(at: datetime) -> str:
    """Write an instant to the second: `21/11/2026 03:48:29`."""
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def write_number(number: float) -> str:
    """Write a whole number: `10.071`."""
    return f"{round(number):,}".replace(",", ".")


def write_share(share: float) -> str:
    """Write a share in per cent, rounded down, so that only all of something is 100 %."""
    percent = (Decimal(str(share)) * 100).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return f"{percent} %".replace(".0 ", " ").replace(".", ",")


def write_points(points: Decimal) -> str:
    """Write points and per cent with the two decimals that are published: `17,35`."""
    return f"{points:.2f}".replace(".", ",")


def write_span(seconds: float) -> Bilingual:
    """Write a length of time in its two largest units: `2 giờ 5 phút`."""
    whole = max(0, int(seconds))
    for large, large_seconds, small, small_seconds in _SCALES:
        if whole >= large_seconds:
            most, rest = divmod(whole, large_seconds)
            less = rest // small_seconds
            return Bilingual(_joined(most, large.vi, less, small.vi), _joined(most, large.en, less, small.en))
    return Bilingual(f"{whole} giây", f"{whole} s")


def write_call_time(seconds: float) -> str:
    """Write how long a call took: `0,25 s`."""
    return f"{max(seconds, 0.0):.2f} s".replace(".", ",")


def _joined(most: int, large: str, less: int, small: str) -> str:
    return f"{most} {large} {less} {small}" if less else f"{most} {large}"
