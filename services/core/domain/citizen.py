"""What is known of a citizen, from whom and since when, so that nobody has to be asked twice.

Kept by identity number. Dossiers are typed by hand: a mistyped number must never mix two people up, so what a
dossier says counts only if it gives the name that the record has. An authority's word (a match in the
population database, or an officer's correction) outranks a dossier's; among equals the newer one counts.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.core.domain.errors import DomainError
from services.core.domain.filing import Applicant, ApplicantKind
from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import Address, Match, folded


class CitizenNotFound(DomainError):
    """Nobody with this number, or under this id, is on record."""

    code = "citizen-not-found"


class Source(StrEnum):
    """Where a value comes from."""

    LOOK_UP = "look_up"
    CORRECTION = "correction"
    DOSSIER = "dossier"


class CitizenField(StrEnum):
    """What may be known. Addresses from the population database come as codes of areas with a detail."""

    NAME = "name"
    BIRTH = "birth"
    SEX = "sex"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    PORTAL_ACCOUNT = "portal_account"
    PERMANENT_ADDRESS = "permanent_address"
    PRESENT_ADDRESS = "present_address"


#: Fields of an applicant that say something of the person, by the same name here.
_OF_APPLICANT: Final = (
    CitizenField.NAME,
    CitizenField.BIRTH,
    CitizenField.PHONE,
    CitizenField.EMAIL,
    CitizenField.ADDRESS,
    CitizenField.PORTAL_ACCOUNT,
)


@dataclass(frozen=True, slots=True)
class CitizenFacts:
    """What one source says of one person at one time. Personal data."""

    identity_number: str = dataclasses.field(repr=False)
    values: Mapping[CitizenField, str] = dataclasses.field(repr=False)
    source: Source
    as_of: datetime
    dossier_code: str | None = None

    @property
    def name_key(self) -> str:
        """Give the name as it is compared: without case, accents and spaces."""
        return folded(self.values[CitizenField.NAME])


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value with its origin."""

    field: CitizenField
    value: str = dataclasses.field(repr=False)
    source: Source
    as_of: datetime


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper that was digitised in an earlier dossier of its owner, to be used again instead of asked for.

    `is_result` for one that an authority gave out. `usual` if dossiers of the procedure in question carry it.
    """

    name: str
    code: str | None
    link: str
    is_result: bool
    dossier_code: str
    unit_code: str
    digitised_at: datetime
    valid_until: date | None
    usual: bool

    def is_valid_on(self, day: date) -> bool:
        """Tell whether it may still be used; one without an end is valid."""
        return self.valid_until is None or self.valid_until >= day


@dataclass(frozen=True, slots=True)
class Prefill:
    """What need not be asked. `contradictions` counts filings that gave this number with another name."""

    citizen_id: UUID
    values: tuple[KnownValue, ...]
    papers: tuple[KeptPaper, ...]
    contradictions: int


def facts_of_applicant(applicant: Applicant, *, as_of: datetime) -> CitizenFacts | None:
    """Give what a dossier says of its owner; `None` if that is no person with a number."""
    if applicant.kind is not ApplicantKind.CITIZEN or applicant.identity_number is None:
        return None
    said = {name: getattr(applicant, name) for name in _OF_APPLICANT}
    values = {name: value for name, value in said.items() if value is not None}
    return CitizenFacts(applicant.identity_number, values, Source.DOSSIER, as_of)


def facts_of_correction(
    old: Applicant, new: Applicant, *, as_of: datetime, dossier_code: str
) -> CitizenFacts | None:
    """Give what an officer corrected of an owner, which outranks what dossiers say.

    With another number it is what the dossier says of another person. `None` if nothing is to be learned.
    """
    facts = facts_of_applicant(new, as_of=as_of)
    if facts is None or old == new:
        return None
    if old.identity_number != new.identity_number:
        return replace(facts, dossier_code=dossier_code)
    kept = {
        name: value
        for name, value in facts.values.items()
        if name is CitizenField.NAME or value != getattr(old, name)
    }
    return replace(facts, values=kept, source=Source.CORRECTION, dossier_code=dossier_code)


def facts_of_match(match: Match, *, asked: IdentityNumber, as_of: datetime) -> CitizenFacts | None:
    """Give what the population database says; `None` if it speaks of another number than was asked about."""
    if match.number != asked or not folded(match.name):
        return None
    said = {
        CitizenField.NAME: match.name,
        CitizenField.BIRTH: match.birth.text,
        CitizenField.SEX: match.sex and match.sex.value,
        CitizenField.PERMANENT_ADDRESS: _written(match.permanent_address),
        CitizenField.PRESENT_ADDRESS: _written(match.present_address),
    }
    values = {name: value for name, value in said.items() if value}
    return CitizenFacts(asked.reveal(), values, Source.LOOK_UP, as_of)


def _written(address: Address | None) -> str | None:
    """Write an address in one line: the detail, then the codes from the smallest area to the largest."""
    if address is None:
        return None
    parts = (address.detail, address.ward, address.district, address.province)
    return ", ".join(part for part in parts if part) or None
