"""What the database knows of one person."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from services.mock_population.place import Address


class Sex(StrEnum):
    """As on the wire: 1 male is inferred, 0 female follows from it."""

    MALE = "1"
    FEMALE = "0"


class Trait(StrEnum):
    """Why a person is interesting to a tester."""

    YEAR_ONLY = "year_only"
    """Born long ago; only the year is on record."""
    NAMESAKE = "namesake"
    """Another person has the same name and date of birth."""
    SHARED_OLD_CARD = "shared_old_card"
    """Another person has the same nine-digit card number."""
    MOVED = "moved"
    """Lived elsewhere before: a stale answer differs."""
    NO_OLD_CARD = "no_old_card"
    ADDED = "added"
    """Put in by the tester."""


@dataclass(frozen=True, slots=True)
class Birth:
    """A date, or the year alone."""

    year: int
    day: date | None

    @property
    def compact(self) -> str:
        """`yyyyMMdd`, or empty when only the year is known."""
        return "" if self.day is None else self.day.strftime("%Y%m%d")


@dataclass(frozen=True, slots=True)
class Relative:
    name: str
    number: str
    old_card: str
    nationality: str = "VN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """`relation_to_head` and `marital_status` are codes whose list is not public; see docs."""

    number: str
    name: str
    sex: Sex
    birth: Birth
    birth_registration: Address
    home_town: Address
    residence: Address
    household: str
    head: Relative
    relation_to_head: str
    former_residence: Address | None = None
    old_card: str = ""
    marital_status: str = "1"
    ethnic_group: str = "01"
    father: Relative | None = None
    mother: Relative | None = None
    spouse: Relative | None = None
    traits: frozenset[Trait] = field(default_factory=frozenset)


def relative(citizen: Citizen) -> Relative:
    return Relative(citizen.name, citizen.number, citizen.old_card)


def as_known_before(citizen: Citizen) -> Citizen:
    """Give an older record of the person: unmarried, and at the old address if there was a move."""
    residence = citizen.former_residence or citizen.residence
    return replace(citizen, residence=residence, marital_status="1", spouse=None)
