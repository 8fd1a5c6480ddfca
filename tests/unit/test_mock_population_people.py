"""The invented people: consistent, repeatable, and never to be taken for real ones."""

from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mock_population.citizen import Citizen, Sex, Trait, as_known_before
from services.mock_population.generation import generate
from services.mock_population.name import MARKER, folded, parts
from services.mock_population.personal_number import personal_number
from services.mock_population.place import PRESENT_PROVINCES
from services.mock_population.register import Claim, Register

PEOPLE = generate(3000, seed=11)
PROVINCES = set(PRESENT_PROVINCES) | {old for olds in PRESENT_PROVINCES.values() for old in olds}


def claim_of(citizen: Citizen) -> Claim:
    birth = citizen.birth.compact or str(citizen.birth.year)
    return Claim(citizen.number, citizen.old_card, citizen.name, birth)


def test_the_reform_left_34_of_63_provinces() -> None:
    assert len(PRESENT_PROVINCES) == 34
    assert len(PROVINCES) == 63


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert generate(200, seed=4) == generate(200, seed=4)
    assert generate(200, seed=4) != generate(200, seed=5)


def test_a_number_tells_province_sex_century_and_year() -> None:
    for citizen in PEOPLE:
        number, year = citizen.number, citizen.birth.year
        assert len(number) == 12
        assert number[1:3] == citizen.birth_registration.province
        assert number[1:3] in PROVINCES
        assert int(number[3]) % 2 == (citizen.sex is Sex.FEMALE)
        assert int(number[3]) // 2 == (year // 100 - 19)
        assert int(number[4:6]) == year % 100


@pytest.mark.parametrize(
    ("sex", "year", "wanted"),
    [
        (Sex.MALE, 1990, "001090999000"),
        (Sex.FEMALE, 1990, "001190999000"),
        (Sex.MALE, 2004, "001204999000"),
        (Sex.FEMALE, 2000, "001300999000"),
    ],
)
def test_known_numbers(sex: Sex, year: int, wanted: str) -> None:
    assert personal_number("01", sex, year, 999_000) == wanted


def test_a_number_without_a_serial_left_is_an_error() -> None:
    with pytest.raises(ValueError, match="no number left"):
        personal_number("01", Sex.MALE, 1990, 1_000_000)


def test_numbers_are_unique_and_everyone_is_marked_as_invented() -> None:
    assert max(Counter(citizen.number for citizen in PEOPLE).values()) == 1
    assert all(f" {MARKER} " in citizen.name for citizen in PEOPLE)
    assert all(citizen.number[6:9] == "999" for citizen in PEOPLE)
    assert all(citizen.old_card[:3] in ("999", "") for citizen in PEOPLE)
    assert all(citizen.residence.ward >= "90000" for citizen in PEOPLE)


def test_a_household_shares_its_head_and_its_address() -> None:
    households = defaultdict(list)
    for citizen in PEOPLE:
        households[citizen.household].append(citizen)

    assert max(map(len, households.values())) > 3
    for members in households.values():
        assert {member.residence for member in members} == {members[0].residence}
        assert {member.head.number for member in members} == {members[0].number}


def test_relatives_are_people_of_the_register() -> None:
    by_number = {citizen.number: citizen for citizen in PEOPLE}
    children = [citizen for citizen in PEOPLE if citizen.father and citizen.mother]

    assert len(children) > 500
    for child in children:
        assert child.father is not None
        assert child.mother is not None
        father, mother = by_number[child.father.number], by_number[child.mother.number]
        assert (father.sex, mother.sex) == (Sex.MALE, Sex.FEMALE)
        assert father.birth.year < child.birth.year
        assert folded(child.name.split()[0]) == folded(father.name.split()[0])
        assert father.spouse is not None
        assert father.spouse.number == mother.number


@pytest.mark.parametrize("trait", [trait for trait in Trait if trait is not Trait.ADDED])
def test_every_trait_has_people(trait: Trait) -> None:
    assert len(Register(PEOPLE).page(trait=trait, offset=0, limit=10)) == 10


def test_everyone_is_found_by_what_is_known_of_them() -> None:
    register = Register(PEOPLE)

    assert all(register.match(claim_of(citizen)) == [citizen] for citizen in PEOPLE)


def test_an_older_record_is_of_the_same_person() -> None:
    mover = next(c for c in PEOPLE if Trait.MOVED in c.traits and c.spouse)

    before = as_known_before(mover)

    assert (before.number, before.name, before.birth) == (mover.number, mover.name, mover.birth)
    assert before.residence != mover.residence
    assert before.residence.district
    assert before.spouse is None


def test_a_replaced_person_is_no_longer_found_under_the_old_card() -> None:
    old = next(citizen for citizen in PEOPLE if citizen.old_card)
    register = Register([old])
    by_card = Claim("", old.old_card, old.name, str(old.birth.year))
    assert register.match(by_card) == [old]

    register.put(replace(old, old_card=""))

    assert register.match(by_card) == []
    assert len(register) == 1


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert folded(folded(name)) == folded(name)


def test_spellings_of_one_name_fold_to_the_same() -> None:
    assert folded("Đặng Giả Lập Ơn") == folded("DANG GIA LAP ON") == folded("ĐẶNGGIẢLẬPƠN") == "DANGGIALAPON"


def test_a_name_has_three_parts() -> None:
    assert parts("ĐẶNG GIẢ LẬP AN") == ("ĐẶNG", "GIẢ LẬP", "AN")
    assert parts("AN") == ("", "", "AN")
