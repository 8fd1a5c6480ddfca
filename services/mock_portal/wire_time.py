"""The portal's own notation of time: `yyyyMMddHHmmss` on Vietnam's clock, empty when absent."""

from datetime import datetime
from typing import Final

from services.mock_kit.moments import HANOI

_LENGTH: Final = 14
_PLAUSIBLE_YEARS: Final = range(1900, 2200)


def parse_wire_time(text: str) -> datetime:
    """Read `20240207100000` as an aware time in Vietnam.

    Raises `ValueError` for another notation, an impossible date, or a year outside 1900-2199 (one
    vendor's failed date sums travel as year 0001).
    """
    return _clock_time_of(text).replace(tzinfo=HANOI)


def is_wire_time(text: str) -> bool:
    """Whether `parse_wire_time` would read it; costs half as much."""
    try:
        _clock_time_of(text)
    except ValueError:
        return False
    return True


def _clock_time_of(text: str) -> datetime:
    if len(text) != _LENGTH or not text.isascii() or not text.isdigit():
        raise ValueError("not yyyyMMddHHmmss")
    moment = datetime.fromisoformat(f"{text[:8]}T{text[8:]}")
    if moment.year not in _PLAUSIBLE_YEARS:
        raise ValueError("implausible year")
    return moment


def format_wire_time(moment: datetime) -> str:
    return moment.astimezone(HANOI).strftime("%Y%m%d%H%M%S")
