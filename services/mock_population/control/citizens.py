"""The people in the database: to choose from, and to add to."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.mock_population.citizen import Birth, Citizen, Relative, Sex, Trait
from services.mock_population.control.access import DatabaseDep
from services.mock_population.place import Address

router = APIRouter(prefix="/_control/citizens", tags=["citizens"])

# Letters of any script, digits, and what stands between the words of a name or an address.
_PLAIN_TEXT = r"^[\w ,.'/()-]*$"
_PROVINCE = r"^[0-9]{2}$"
_WARD = r"^[0-9]{5}$"


class AddressOut(BaseModel):
    province: str
    district: str
    ward: str
    detail: str


class AddressIn(BaseModel):
    """`district` stands in addresses before July 2025 only."""

    model_config = ConfigDict(extra="forbid")

    province: str = Field(pattern=_PROVINCE)
    ward: str = Field(pattern=_WARD)
    detail: str = Field(default="", max_length=200, pattern=_PLAIN_TEXT)
    district: str = Field(default="", pattern=r"^([0-9]{3})?$")

    def address(self) -> Address:
        return Address(self.province, self.ward, self.detail, self.district)


class CitizenIn(BaseModel):
    """A person of the tester's own; living alone, and known by the year when no day is given."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(pattern=r"^[0-9]{12}$")
    old_card: str = Field(default="", pattern=r"^([0-9]{9})?$")
    name: str = Field(min_length=1, max_length=100, pattern=_PLAIN_TEXT)
    sex: Sex
    birth_year: int = Field(ge=1900, le=2100)
    birth_date: date | None = None
    residence: AddressIn
    former_residence: AddressIn | None = None

    @model_validator(mode="after")
    def _birth_agrees(self) -> Self:
        if self.birth_date is not None and self.birth_date.year != self.birth_year:
            raise ValueError("birth_date is not in birth_year")
        return self

    def citizen(self) -> Citizen:
        residence = self.residence.address()
        return Citizen(
            number=self.number,
            old_card=self.old_card,
            name=self.name,
            sex=self.sex,
            birth=Birth(self.birth_year, self.birth_date),
            birth_registration=residence,
            home_town=residence,
            residence=residence,
            former_residence=self.former_residence.address() if self.former_residence else None,
            household="",
            head=Relative(self.name, self.number, self.old_card),
            relation_to_head="01",
            traits=frozenset({Trait.ADDED}),
        )


class CitizenOut(BaseModel):
    """What a caller has to know in order to ask: `birth` is `yyyyMMdd`, or `yyyy` for some old people."""

    number: str
    old_card: str
    name: str
    sex: Sex
    birth: str
    residence: AddressOut
    household: str
    head_number: str
    traits: list[Trait]


class CitizenPage(BaseModel):
    rows: list[CitizenOut]
    next_offset: int | None


@router.get("")
async def list_citizens(
    database: DatabaseDep,
    trait: Trait | None = None,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> CitizenPage:
    """List people in order of creation, only those with one trait if wanted."""
    rows = database.register.page(trait=trait, offset=offset, limit=limit + 1)
    following = offset + limit if len(rows) > limit else None
    return CitizenPage(rows=[_shown(citizen) for citizen in rows[:limit]], next_offset=following)


@router.post("", status_code=201)
async def put_citizen(order: CitizenIn, database: DatabaseDep) -> CitizenOut:
    """Add a person, or replace the one with this number; a reset takes it back."""
    citizen = order.citizen()
    database.register.put(citizen)
    return _shown(citizen)


def _shown(citizen: Citizen) -> CitizenOut:
    home = citizen.residence
    return CitizenOut(
        number=citizen.number,
        old_card=citizen.old_card,
        name=citizen.name,
        sex=citizen.sex,
        birth=citizen.birth.compact or str(citizen.birth.year),
        residence=AddressOut(
            province=home.province, district=home.district, ward=home.ward, detail=home.detail
        ),
        household=citizen.household,
        head_number=citizen.head.number,
        traits=sorted(citizen.traits),
    )
