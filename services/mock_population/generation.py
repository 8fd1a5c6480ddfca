"""Invented households: the same seed gives the same people, and none of them can be taken for a real one."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from services.mock_population.citizen import Birth, Citizen, Relative, Sex, Trait, relative
from services.mock_population.name import FEMALE, MALE, SURNAMES, full_name
from services.mock_population.personal_number import personal_number
from services.mock_population.place import PRESENT_PROVINCES, WARDS_PER_PROVINCE, Address, ward_code

# Every generated number ends in 999xxx, every generated old card begins with 999.
_SERIAL_BASE: Final = 999_000
_OLD_CARD_BASE: Final = 999_000_000
# Children born later never had a nine-digit card.
_LAST_OLD_CARD_YEAR: Final = 2001
_YEAR_ONLY_BEFORE: Final = 1945
_YEAR_ONLY_SHARE: Final = 0.6
_MOVED_SHARE: Final = 0.2
_ALONE_SHARE: Final = 0.2
_LAST_BIRTH_YEAR: Final = 2025
_SPECIAL_CASES: Final = 20
_HEAD, _SPOUSE, _CHILD = "01", "02", "03"
_MARRIED: Final = "2"


class Registrar:
    """Gives out numbers, each once."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._serials: dict[str, int] = {}
        self._cards = 0
        self._households = 0

    def number(self, province: str, sex: Sex, year: int) -> str:
        prefix = personal_number(province, sex, year, 0)[:6]
        serial = self._serials.get(prefix, 0)
        self._serials[prefix] = serial + 1
        return personal_number(province, sex, year, _SERIAL_BASE + serial)

    def old_card(self, year: int) -> str:
        if year > _LAST_OLD_CARD_YEAR:
            return ""
        self._cards += 1
        return str(_OLD_CARD_BASE + self._cards)

    def household(self) -> str:
        self._households += 1
        return f"GL{self._households:07d}"

    def address(self, province: str, *, district: str = "") -> Address:
        ward = ward_code(province, self.chance.randrange(WARDS_PER_PROVINCE))
        return Address(province, ward, f"Số {self.chance.randint(1, 300)}, thôn Giả Lập", district)

    def birth(self, first: int, last: int) -> Birth:
        year = self.chance.randint(first, last)
        if year < _YEAR_ONLY_BEFORE and self.chance.random() < _YEAR_ONLY_SHARE:
            return Birth(year, None)
        return Birth(year, date(year, 1, 1) + timedelta(days=self.chance.randrange(365)))


def generate(count: int, *, seed: int) -> list[Citizen]:
    """Invent whole households until there are `count` people, then the cases that make look-ups go wrong."""
    registrar = Registrar(random.Random(seed))  # noqa: S311 - a repeatable world, not cryptography
    people: list[Citizen] = []
    while len(people) < count:
        people += _household(registrar)
    return [*people, *_namesakes(registrar, people), *_card_sharers(registrar, people)]


def _household(registrar: Registrar) -> list[Citizen]:
    chance = registrar.chance
    province = chance.choice(tuple(PRESENT_PROVINCES))
    members = _family(registrar, province)
    head, residence, household = relative(members[0]), registrar.address(province), registrar.household()
    former = _former(registrar, province) if chance.random() < _MOVED_SHARE else None
    return [
        replace(
            member,
            household=household,
            head=head,
            residence=residence,
            former_residence=former,
            traits=member.traits | ({Trait.MOVED} if former else set()),
        )
        for member in members
    ]


def _former(registrar: Registrar, province: str) -> Address:
    """Give an address of before July 2025: an older province where one was merged in, and a district."""
    older = registrar.chance.choice(PRESENT_PROVINCES[province] or (province,))
    return registrar.address(older, district=f"{registrar.chance.randint(900, 999)}")


def _family(registrar: Registrar, province: str) -> list[Citizen]:
    """Give the head of the household first."""
    chance = registrar.chance
    head = _person(registrar, chance.choice(tuple(Sex)), registrar.birth(1935, 2000), province)
    if chance.random() < _ALONE_SHARE:
        return [head]
    year = head.birth.year
    other = Sex.FEMALE if head.sex is Sex.MALE else Sex.MALE
    spouse = _person(registrar, other, registrar.birth(year - 3, year + 3), province)
    head = replace(head, spouse=relative(spouse), marital_status=_MARRIED)
    spouse = replace(spouse, spouse=relative(head), marital_status=_MARRIED, relation_to_head=_SPOUSE)
    children = (_child(registrar, head, spouse, province) for _ in range(chance.randint(0, 3)))
    return [head, spouse, *children]


def _child(registrar: Registrar, head: Citizen, spouse: Citizen, province: str) -> Citizen:
    father, mother = (head, spouse) if head.sex is Sex.MALE else (spouse, head)
    year = head.birth.year
    birth = registrar.birth(year + 20, min(year + 35, _LAST_BIRTH_YEAR))
    child = _person(registrar, registrar.chance.choice(tuple(Sex)), birth, province, father.name.split()[0])
    return replace(child, relation_to_head=_CHILD, father=relative(father), mother=relative(mother))


def _person(
    registrar: Registrar, sex: Sex, birth: Birth, province: str, surname: str | None = None
) -> Citizen:
    """Give someone who lives alone where they were born."""
    chance = registrar.chance
    # Numbers keep the province of registration, whether it has been merged away since or not.
    registered = chance.choice((province, *PRESENT_PROVINCES[province]))
    name = full_name(surname or chance.choice(SURNAMES), chance.choice(MALE if sex is Sex.MALE else FEMALE))
    number, old_card = registrar.number(registered, sex, birth.year), registrar.old_card(birth.year)
    place = registrar.address(registered)
    traits = {Trait.YEAR_ONLY} if birth.day is None else set()
    return Citizen(
        number=number,
        name=name,
        sex=sex,
        birth=birth,
        birth_registration=place,
        home_town=place,
        residence=place,
        household=registrar.household(),
        head=Relative(name, number, old_card),
        relation_to_head=_HEAD,
        old_card=old_card,
        traits=frozenset(traits | (set() if old_card else {Trait.NO_OLD_CARD})),
    )


def _namesakes(registrar: Registrar, people: Sequence[Citizen]) -> Iterator[Citizen]:
    """Give some people a double of the same name, sex and day of birth, with a number of their own."""
    for one in _some(people):
        province = registrar.chance.choice(tuple(PRESENT_PROVINCES))
        double = _person(registrar, one.sex, one.birth, province)
        yield replace(_named(double, one.name), traits=double.traits | {Trait.NAMESAKE})


def _card_sharers(registrar: Registrar, people: Sequence[Citizen]) -> Iterator[Citizen]:
    """Give some people a stranger with the same nine-digit card, as two provinces used to issue them."""
    for one in _some([person for person in people if person.old_card]):
        province = registrar.chance.choice(tuple(PRESENT_PROVINCES))
        stranger = _person(registrar, one.sex, registrar.birth(1950, _LAST_OLD_CARD_YEAR), province)
        head = Relative(stranger.name, stranger.number, one.old_card)
        traits = stranger.traits | {Trait.SHARED_OLD_CARD}
        yield replace(stranger, old_card=one.old_card, head=head, traits=traits)


def _some(people: Sequence[Citizen]) -> Sequence[Citizen]:
    return people[:: max(1, len(people) // _SPECIAL_CASES)][:_SPECIAL_CASES]


def _named(citizen: Citizen, name: str) -> Citizen:
    return replace(citizen, name=name, head=replace(citizen.head, name=name))
