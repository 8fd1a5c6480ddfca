"""Provinces as they have been since 1 July 2025, and the older codes that live on in numbers and papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PRESENT_PROVINCES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "01": (),
        "04": (),
        "08": ("02",),
        "11": (),
        "12": (),
        "14": (),
        "15": ("10",),
        "19": ("06",),
        "20": (),
        "22": (),
        "24": ("27",),
        "25": ("17", "26"),
        "31": ("30",),
        "33": ("34",),
        "37": ("35", "36"),
        "38": (),
        "40": (),
        "42": (),
        "44": ("45",),
        "46": (),
        "48": ("49",),
        "51": ("62",),
        "52": ("64",),
        "56": ("58",),
        "66": ("54",),
        "68": ("60", "67"),
        "75": ("70",),
        "79": ("74", "77"),
        "80": ("72",),
        "82": ("87",),
        "86": ("83", "84"),
        "91": ("89",),
        "92": ("93", "94"),
        "96": ("95",),
    }
)
"""Present code to the codes that were merged into it; both kinds stand in personal numbers."""

# Real ward codes end below 40000, so that none of these can be taken for a real place.
_WARD_BASE: Final = 90_000
WARDS_PER_PROVINCE: Final = 20


@dataclass(frozen=True, slots=True)
class Address:
    """Codes without names, as the real answer has them; a district only before July 2025."""

    province: str
    ward: str
    detail: str
    district: str = ""
    country: str = "VN"


def ward_code(province: str, number: int) -> str:
    """Give an invented five-digit code; the same number of another province is another ward."""
    return str(_WARD_BASE + int(province) * WARDS_PER_PROVINCE + number)
