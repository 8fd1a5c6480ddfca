"""Invented citizens: common Vietnamese names, numbers of the right shape that belong to nobody on purpose."""

import random
from dataclasses import dataclass
from typing import Final

_FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Bùi", "Đinh", "Quách", "Hà", "Đỗ", "Vũ", "Lường")
_WOMEN: Final = (
    "Thị Hoa",
    "Thị Lan",
    "Thu Hằng",
    "Thị Mai",
    "Ngọc Ánh",
    "Thị Bích",
    "Thanh Huyền",
    "Thị Yến",
)
_MEN: Final = (
    "Văn Hùng",
    "Văn Nam",
    "Đức Anh",
    "Quang Huy",
    "Văn Thắng",
    "Minh Tuấn",
    "Xuân Trường",
    "Văn Ổn",
)
_OFFICERS: Final = ("Bùi Thị Thủy", "Đinh Công Sứ", "Nguyễn Hải Yến", "Quách Tất Liêm", "Hà Văn Di")
#: Hòa Bình's code in identity numbers (portal-interface 4.6).
_PROVINCE: Final = "017"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who hands in a dossier."""

    name: str
    identity_number: str


def invent_person(chance: random.Random) -> Person:
    """Make up a person born from 1950 to 2005 whose number agrees with sex and year."""
    is_woman = chance.random() < 0.5  # noqa: PLR2004 - half and half
    born = chance.randint(1950, 2005)
    century_and_sex = (2 if born >= 2000 else 0) + int(is_woman)  # noqa: PLR2004 - the century's digit
    given = chance.choice(_WOMEN if is_woman else _MEN)
    number = f"{_PROVINCE}{century_and_sex}{born % 100:02}{chance.randrange(1_000_000):06}"
    return Person(f"{chance.choice(_FAMILY)} {given}", number)


def choose_officer(chance: random.Random) -> str:
    """Pick one of the desk's officers."""
    return chance.choice(_OFFICERS)
