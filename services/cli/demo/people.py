"""Who comes to the desk, and who sits behind it."""

import random
from dataclasses import dataclass
from typing import Final

_OFFICERS: Final = ("Bùi Thị Thủy", "Đinh Công Sứ", "Nguyễn Hải Yến", "Quách Tất Liêm", "Hà Văn Di")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who hands in a dossier; `birth` is a year or a day."""

    name: str
    identity_number: str
    birth: str


def choose_officer(chance: random.Random) -> str:
    """Pick one of the desk's officers."""
    return chance.choice(_OFFICERS)
