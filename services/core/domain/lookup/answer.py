"""What a question to the population database can come to. Faults are values; no value shows whom it is about."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from services.core.domain.identity import IdentityNumber, Sex
from services.core.domain.lookup.identity import Birth


class Result(StrEnum):
    """What is kept of an outcome, for the dossier, for the record and for metrics."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


class Refusal(StrEnum):
    """Why a question was turned down; the first two are ours, and nothing was asked."""

    NO_ACCOUNT = "no_account"  #: no officer of the unit has a number to ask with
    NO_BIRTH = "no_birth"  #: an old card's number says no year, and the dossier says none either
    BY_DATABASE = "by_database"


@dataclass(frozen=True, slots=True)
class Address:
    """Codes as the database gives them, without names; `district` stands in records from before July 2025."""

    province: str
    ward: str
    detail: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The person on record: number, name and birth all fit what was asked.

    What is missing on record is `None`. The only place where a population answer is held in full.
    """

    number: IdentityNumber
    name: str = field(repr=False)
    birth: Birth = field(repr=False)
    sex: Sex | None = field(default=None, repr=False)
    permanent_address: Address | None = field(default=None, repr=False)
    present_address: Address | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Somebody was found who is not whom we asked about; `fields` are `number`, `name` or `birth`."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nobody was found: no such number, or name or birth do not fit it. Which, the database does not tell."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The question was turned down; asking the same again cannot succeed. `detail` names nobody."""

    why: Refusal
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No answer, or one that speaks of the service and not of the question; `retry_after` is its own wish."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """An answer came that cannot be read."""

    reason: str


Outcome = Match | Mismatch | NotFound | Refused | Unavailable | Unknown

_RESULTS: Final = {
    Match: Result.MATCH,
    Mismatch: Result.MISMATCH,
    NotFound: Result.NOT_FOUND,
    Refused: Result.REFUSED,
    Unavailable: Result.UNAVAILABLE,
    Unknown: Result.UNKNOWN,
}


def result_of(outcome: Outcome) -> Result:
    """Name an outcome."""
    return _RESULTS[type(outcome)]
